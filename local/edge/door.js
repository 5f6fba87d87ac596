import http from 'node:http';
import { forward } from './forward.js';

const OPEN = /^http:\/\/([a-z0-9-]+\.)*kvs\.internal(\/key-value-stores\/[^?#]*(?:\?[^#]*)?)$/;

/**
 * The inner door: a proxy to the KeyValueStore's API, and to nothing else.
 *
 * The AWS SDK puts the account id before that API's host, which no resolver on a laptop knows.
 * So the one function that writes there is given the endpoint http://kvs.internal and this door
 * as HTTP_PROXY: it sends absolute-form targets (RFC 9112, section 3.2.2), which go on to the
 * local AWS with the path, the Host and so the SigV4A signature as they were.
 */
export function innerDoor(config) {
  return http.createServer(async (request, response) => {
    const target = OPEN.exec(request.url);
    if (!target) {
      response.writeHead(403, { 'content-type': 'text/plain' }).end('Only the key value store is behind this door.\n');
      return;
    }
    const headers = { ...request.headers, host: new URL(request.url).host };
    await forward(config.aws_endpoint, request, response, { path: target[2], headers });
  });
}
