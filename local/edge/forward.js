import http from 'node:http';
import { pipeline } from 'node:stream/promises';

// `expect` too: Node's own server has answered it.
const HOP_BY_HOP = [
  'connection', 'expect', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te',
  'trailer', 'transfer-encoding', 'upgrade',
];

/**
 * Sends a request on to `endpoint`, both bodies as streams and the answer unchanged. `path` and
 * `headers` replace the request's own. A server that cannot be reached is a 502.
 */
export async function forward(endpoint, request, response, { path, headers }) {
  const { hostname, port } = new URL(endpoint);
  const outgoing = http.request({ hostname, port, path, method: request.method, headers: endToEnd(headers) });
  const answered = new Promise((resolve, reject) => {
    outgoing.once('response', resolve).on('error', reject);
  });
  response.once('close', () => outgoing.destroy());
  try {
    // The answer may come before the body has been read, and the reader may then hang up.
    pipeline(request, outgoing).catch(() => {});
    const answer = await answered;
    response.writeHead(answer.statusCode, endToEnd(answer.headers));
    await pipeline(answer, response);
  } catch (error) {
    if (response.headersSent) response.destroy();
    else response.writeHead(502, { 'content-type': 'text/plain' }).end(`The origin did not answer: ${error.code}\n`);
  }
}

/** Headers without those of one connection (RFC 9110, section 7.6.1). */
function endToEnd(headers) {
  const named = String(headers.connection ?? '').toLowerCase().split(',').map((name) => name.trim());
  const kept = Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name) && !named.includes(name));
  return Object.fromEntries(kept);
}
