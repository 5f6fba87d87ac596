import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

const TYPES = {
  css: 'text/css; charset=utf-8', html: 'text/html; charset=utf-8', ico: 'image/x-icon',
  jpg: 'image/jpeg', js: 'text/javascript; charset=utf-8', mjs: 'text/javascript; charset=utf-8', json: 'application/json', png: 'image/png',
  svg: 'image/svg+xml', webp: 'image/webp', woff2: 'font/woff2',
};
// Segments of plain names alone: no escape, no dot segment, no empty one, no hidden file.
const PLAIN = /^(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/;

/** Returns `serve(pathname, request, response)`: the demo player's files, and hls.js. */
export function staticFiles(config) {
  const require = createRequire(import.meta.url);

  async function fileOf(pathname) {
    if (pathname === '/vendor/hls.min.mjs') return require.resolve('hls.js/dist/hls.min.mjs');
    const inside = pathname === '/' || pathname === '/demo/' ? '/index.html' : pathname.replace(/^\/demo\//, '/');
    if (!PLAIN.test(inside)) return null;
    if (pathname !== '/' && !pathname.startsWith('/demo/')) return null;
    const root = await realpath(config.demo_dir);
    const file = await realpath(path.join(root, inside)).catch(() => null);
    const within = file?.startsWith(root + path.sep); // a link must not lead out either
    return within && (await stat(file)).isFile() ? file : null;
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
