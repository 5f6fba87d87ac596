import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';

const TYPES = {
  css: 'text/css; charset=utf-8', html: 'text/html; charset=utf-8', ico: 'image/x-icon',
  jpg: 'image/jpeg', js: 'text/javascript; charset=utf-8', mjs: 'text/javascript; charset=utf-8', json: 'application/json', png: 'image/png',
  svg: 'image/svg+xml', webp: 'image/webp', woff2: 'font/woff2',
};
// Segments of plain names alone: no escape, no dot segment, no empty one, no hidden file.
const PLAIN = /^(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/;

const LIBRARIES = {
  '/vendor/hls.min.mjs': 'hls.js/dist/hls.min.mjs',
  '/vendor/swagger-ui.css': 'swagger-ui-dist/swagger-ui.css',
  '/vendor/swagger-ui-bundle.js': 'swagger-ui-dist/swagger-ui-bundle.js',
};
const REFERENCE = fileURLToPath(new URL('../reference', import.meta.url));
const API_DOCUMENT = fileURLToPath(new URL('../../docs/openapi.json', import.meta.url));

/** Returns `serve(pathname, request, response)`: the demo player, the API reference, their libraries. */
export function staticFiles(config) {
  const require = createRequire(import.meta.url);

  async function fileBelow(folder, inside) {
    if (!PLAIN.test(inside)) return null;
    const root = await realpath(folder);
    const file = await realpath(path.join(root, inside)).catch(() => null);
    const within = file?.startsWith(root + path.sep); // a link must not lead out either
    return within && (await stat(file)).isFile() ? file : null;
  }

  async function fileOf(pathname) {
    if (Object.hasOwn(LIBRARIES, pathname)) return require.resolve(LIBRARIES[pathname]);
    if (pathname === '/docs/openapi.json') return API_DOCUMENT;
    if (pathname === '/') return fileBelow(config.demo_dir, '/index.html');
    for (const [start, folder] of [['/demo/', config.demo_dir], ['/docs/', REFERENCE]]) {
      if (!pathname.startsWith(start)) continue;
      return fileBelow(folder, `/${pathname.slice(start.length) || 'index.html'}`);
    }
    return null;
  }

  return async function serve(pathname, request, response) {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    const file = await fileOf(pathname);
    if (!file) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found.\n');
      return;
    }
    response.writeHead(200, {
      'cache-control': 'no-cache',
      'content-length': (await stat(file)).size,
      'content-type': TYPES[file.split('.').pop()] ?? 'application/octet-stream',
    });
    if (request.method === 'HEAD') response.end();
    else await pipeline(createReadStream(file), response);
  };
}
