import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { cacheOf } from './cache.js';
import { notModified, rangeOf } from './conditions.js';
import { signedReader } from './sigv4.js';

const CACHED_BYTES = 8 * 1024 * 1024; // an object above it is streamed, not kept
const IMMUTABLE = 'public, max-age=31536000, immutable';
const KEPT = ['content-type', 'content-encoding', 'etag', 'last-modified', 'cache-control'];
const TYPES = {
  aac: 'audio/aac', jpg: 'image/jpeg', m3u8: 'application/vnd.apple.mpegurl', m4s: 'video/iso.segment',
  mp4: 'video/mp4', mpd: 'application/dash+xml', vtt: 'text/vtt', webp: 'image/webp',
};
const CORS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'content-length, content-range, etag, x-cache',
};

/**
 * The private media bucket behind the distribution. Returns `serve(uri, request, response)`:
 * the object named by the URI that the function let through, from the cache or from S3.
 * The cache key is that URI alone, so all viewers share one entry. Resolves to 'Hit', 'Miss'
 * or 'Error'.
 */
export function mediaOrigin(config) {
  const read = signedReader(config, 's3');
  const cache = cacheOf(64 * 1024 * 1024);
  const fetchObject = (uri, headers) => read(`/${config.media_bucket}${uri}`, headers);

  async function load(uri) {
    const answer = await fetchObject(uri);
    if (!answer.ok) {
      await answer.body?.cancel();
      return { status: answer.status };
    }
    const headers = objectHeaders(uri, answer.headers);
    const size = Number(answer.headers.get('content-length'));
    if (size > CACHED_BYTES) {
      await answer.body.cancel();
      return { status: 200, headers, size };
    }
    return { status: 200, headers, size, body: Buffer.from(await answer.arrayBuffer()), at: Date.now() };
  }

  return async function serve(uri, request, response) {
    const { value: object, hit } = await cache.through(uri, () => load(uri), (it) => it.body?.length);
    if (object.status !== 200) {
      refuse(response, object.status);
      return 'Error';
    }
    const headers = { ...object.headers, ...CORS, 'x-cache': `${hit ? 'Hit' : 'Miss'} from cloudfront` };
    if (hit) headers.age = String(Math.floor((Date.now() - object.at) / 1000));
    if (notModified(request.headers, object.headers)) {
      response.writeHead(304, headers).end();
    } else if (object.body) {
      answerFrom(object, headers, request, response);
    } else {
      await stream(await fetchObject(uri, rangeHeader(request)), headers, request, response);
    }
    return hit ? 'Hit' : 'Miss';
  };
}

function answerFrom(object, headers, request, response) {
  const range = rangeOf(request.headers, object.size, object.headers.etag);
  if (range === 'unsatisfiable') {
    response.writeHead(416, { ...headers, 'content-range': `bytes */${object.size}` }).end();
    return;
  }
  const body = range ? object.body.subarray(range.first, range.last + 1) : object.body;
  if (range) headers['content-range'] = `bytes ${range.first}-${range.last}/${object.size}`;
  response.writeHead(range ? 206 : 200, { ...headers, 'content-length': body.length });
  response.end(request.method === 'HEAD' ? undefined : body);
}

async function stream(answer, headers, request, response) {
  for (const name of ['content-length', 'content-range']) {
    if (answer.headers.has(name)) headers[name] = answer.headers.get(name);
  }
  response.writeHead(answer.status, headers);
  if (request.method === 'HEAD' || !answer.body) {
    await answer.body?.cancel();
    response.end();
  } else {
    await pipeline(Readable.fromWeb(answer.body), response);
  }
}

const rangeHeader = ({ headers }) => (headers.range ? { range: headers.range } : {});

function objectHeaders(uri, stored) {
  const headers = { 'accept-ranges': 'bytes', 'cache-control': IMMUTABLE };
  for (const name of KEPT) if (stored.has(name)) headers[name] = stored.get(name);
  const type = TYPES[uri.split('.').pop()];
  if (type && /^(binary|application)\/octet-stream/.test(headers['content-type'] ?? 'binary/octet-stream')) {
    headers['content-type'] = type;
  }
  return headers;
}

/** Without the right to list, the bucket answers 403 for what is not there, too. */
function refuse(response, status) {
  const missing = status === 404 || status === 403;
  const body = missing
    ? '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>'
    : 'The origin did not answer.';
  response.writeHead(missing ? 403 : 502, {
    ...CORS,
    'cache-control': 'no-store',
    'content-type': missing ? 'application/xml' : 'text/plain',
    'x-cache': 'Error from cloudfront',
  });
  response.end(body);
}
