import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';

/** The hash that the signer asks for: plain SHA-256, or its HMAC when it is given a secret. */
class Sha256 {
  constructor(secret) {
    this.hash = secret ? createHmac('sha256', secret) : createHash('sha256');
  }
  update(data) {
    this.hash.update(data);
  }
  async digest() {
    return new Uint8Array(this.hash.digest());
  }
}

/**
 * Returns `get(path, headers, method)`: a signed request without a body to one AWS service at
 * `config.aws_endpoint`, answered as fetch's Response. The path is percent-encoded already.
 */
export function signedReader(config, service) {
  const endpoint = new URL(config.aws_endpoint);
  const signer = new SignatureV4({
    service,
    region: config.region,
    credentials: { accessKeyId: config.access_key, secretAccessKey: config.secret_key },
    sha256: Sha256,
    uriEscapePath: service !== 's3', // S3 alone signs the path as it is sent
  });
  return async (path, headers = {}, method = 'GET') => {
    const request = await signer.sign({
      method,
      protocol: endpoint.protocol,
      hostname: endpoint.hostname,
      port: Number(endpoint.port),
      path,
      query: {},
      headers: { host: endpoint.host, ...headers },
    });
    delete request.headers.host; // fetch sets the same one
    return fetch(new URL(path, endpoint), { method, headers: request.headers });
  };
}
