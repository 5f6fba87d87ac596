import { fileURLToPath } from 'node:url';
import { apiOrigin, nothingThere } from './api.js';
import { cloudFrontFunction } from './cloudfront.js';
import { keyValueStore } from './kvs.js';
import { mediaOrigin } from './origin.js';
import { staticFiles } from './static.js';
import { standInStores } from './stores.js';

const PLAYBACK = fileURLToPath(new URL('../../functions/edge/playback.js', import.meta.url));
const DEPLOYED = [
  'api_id', 'media_bucket', 'kvs_arn', 'demo_dir', 'region', 'access_key', 'secret_key',
];
const NOT_PLAIN = /\\|%2f|%2e|%00|(^|\/|%5c)\.{1,2}(\/|%5c|$)|^[^/]|\/\/|^\/media/i;
const BACKSLASH = /%5c/i;

/**
 * The distribution's behaviours: `route(request, response)` picks one by the raw target, and
 * resolves to what the cache said of it. Null while the configuration does not yet name what
 * a deployment makes.
 */
export async function behavioursOf(config) {
  if (DEPLOYED.some((name) => config[name] === undefined)) return null;
  const runFunction = await cloudFrontFunction(PLAYBACK, {
    kvs: keyValueStore(config),
    byteStrings: config.byte_strings,
  });
  const origin = mediaOrigin(config);
  const api = apiOrigin(config);
  const files = staticFiles(config);
  const stores = standInStores(config);

  /** The function sees the target as it came, byte for byte, and answers every refusal itself. */
  async function media(request, response) {
    const result = await runFunction(request, request.socket.remoteAddress);
    if (result.statusCode === undefined) return origin(result.uri, request, response);
    const headers = Object.entries(result.headers ?? {}).map(([name, { value }]) => [name, value]);
    response.writeHead(result.statusCode, {
      ...Object.fromEntries(headers),
      ...(result.body && { 'content-length': Buffer.byteLength(result.body) }),
      'x-cache': 'FunctionGeneratedResponse from cloudfront',
    });
    response.end(request.method === 'HEAD' ? undefined : result.body);
    return 'Function';
  }

  return function route(request, response) {
    if (request.url.startsWith('/media/')) return media(request, response);
    const pathname = request.url.split('?')[0];
    const isCall = pathname.startsWith('/v1/'); // an id may be any word: the API answers it
    if (isCall && NOT_PLAIN.test(pathname)) return nothingThere(response);
    if (NOT_PLAIN.test(pathname) || (!isCall && BACKSLASH.test(pathname))) {
      response.writeHead(403, { 'content-type': 'text/plain' }).end('Forbidden.\n');
      return undefined;
    }
    if (isCall) return api(request, response);
    if (pathname.startsWith('/_stores/')) return stores(pathname, request, response);
    return files(pathname, request, response);
  };
}
