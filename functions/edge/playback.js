import cf from 'cloudfront';

// The gate of every media request (CloudFront Functions, viewer-request, cloudfront-js-2.0).
//
//   /media/{kid}.{token}/{drama}/{slot}/{generation}/...  is asked for,
//   /media/{drama}/{slot}/{generation}/...                is cached and read from the bucket.
//
// The token is a CTA-5007 Common Access Token, made by cliffhanger/playback/token.py.
// In the KeyValueStore stand, as text:
//   key:{kid}                  the signing key: 32 bytes in base64url
//   revoked:{session id}       and {viewer id}, {drama id}, {drama id}/{slot}: its presence
//                              revokes; the value, epoch seconds, says when it may be swept.
// Only syntax that the runtime documents is used here: no destructuring, no spread, no
// for-of, no default parameters, no optional chaining, no await inside an expression.

const OPEN_PATH = /^\/media\/([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{40,1366})\/([A-Za-z0-9_-]{1,64})\/(0|[1-9][0-9]{0,4})(\/[A-Za-z0-9_-]{1,64}(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*){1,8})$/;
const OTHER_CHARACTER = /[^A-Za-z0-9._\/-]/; // also a line feed, which `$` would let pass
const MAX_URI = 2048;

// 61(17([<<{1: 5}>>, {}, : tags, HS256 with its full tag, no unprotected header. Those nine
// bytes are twelve characters, so another algorithm is refused before anything is decoded.
const TOKEN_START = '2D3RhEOhAQWg';

const ID = /^[a-z]{2,8}_[0-9A-Za-z]{26}$/;
const HEX = /^[0-9A-Fa-f]+$/;

const CORS = {
    'access-control-allow-origin': { value: '*' },
    'access-control-allow-methods': { value: 'GET, HEAD, OPTIONS' },
    'access-control-allow-headers': { value: '*' },
    'access-control-expose-headers': { value: 'content-length, content-range, etag, x-cache' },
    'access-control-max-age': { value: '86400' }
};

async function handler(event) {
    try {
        const request = event.request;
        if (request.method === 'OPTIONS') {
            // A preflight has no say in what is opened, so it needs no token.
            return { statusCode: 204, statusDescription: 'No Content', headers: CORS };
        }
        if (request.method !== 'GET' && request.method !== 'HEAD') {
            return refusal('method_not_allowed');
        }
        const path = parsed(request.uri);
        if (path === null) {
            return refusal('path_invalid');
        }
        const kvs = cf.kvs();
        const payload = await validated(kvs, path);
        if (payload === null) {
            return refusal('token_invalid');
        }
        const code = objection(payload, path, Math.floor(Date.now() / 1000));
        if (code !== '') {
            return refusal(code);
        }
        const session = sessionId(claim(payload, 7));
        if (session === '') {
            return refusal('token_invalid');
        }
        const gone = await revoked(kvs, [session, claim(payload, 2), path.drama, path.drama + '/' + path.slot]);
        if (gone) {
            return refusal('revoked');
        }
        request.uri = '/media/' + path.drama + '/' + path.slot + path.rest;
        request.querystring = {};
        request.cookies = {};
        return request;
    } catch (error) {
        // A store that cannot be read opens nothing.
        return refusal('edge_error');
    }
}

/** The parts of a raw URI, or null. Nothing is decoded: what needs decoding is refused. */
function parsed(uri) {
    if (typeof uri !== 'string' || uri.length > MAX_URI || OTHER_CHARACTER.test(uri)) {
        return null;
    }
    const parts = OPEN_PATH.exec(uri);
    if (parts === null) {
        return null;
    }
    return { kid: parts[1], token: parts[2], drama: parts[3], slot: Number(parts[4]), rest: parts[5] };
}

/** The claims of a token whose MAC is right, or null. */
async function validated(kvs, path) {
    if (path.token.indexOf(TOKEN_START) !== 0) {
        return null;
    }
    const token = Buffer.from(path.token, 'base64url');
    if (token.toString('base64url') !== path.token) {
        return null; // a second spelling of the same bytes
    }
    try {
        const text = await kvs.get('key:' + path.kid); // throws for a key that is not there
        const key = Buffer.from(text, 'base64url');
        if (key.length !== 32) {
            return null;
        }
        const payload = cf.cwt.validateToken(token, { key: key }).payload;
        return typeof payload === 'object' ? payload : null;
    } catch (error) {
        return null;
    }
}

/** Why these claims do not open this path now; '' if they do. validateToken reads no claim. */
function objection(payload, path, now) {
    const exp = claim(payload, 4);
    const nbf = claim(payload, 5);
    if (claim(payload, 310) !== 1 || !Number.isInteger(exp) || !Number.isInteger(nbf)) {
        return 'token_invalid';
    }
    if (!ID.test(String(claim(payload, 2)))) {
        return 'token_invalid';
    }
    if (now >= exp) {
        return 'token_expired';
    }
    if (now < nbf) {
        return 'token_not_yet_valid';
    }
    const uri = claim(payload, 312);
    const match = claim(uri, 3);
    // A component or match that is not understood here must not be passed over.
    if (count(uri) !== 1 || count(match) !== 1) {
        return 'token_invalid';
    }
    if (claim(match, 1) !== '/media/' + path.drama + '/') {
        return 'drama_not_open';
    }
    const slots = claim(payload, -65537);
    if (typeof slots !== 'string') {
        return 'token_invalid';
    }
    const bitmap = Buffer.from(slots, 'base64url');
    const index = path.slot >> 3;
    if (index >= bitmap.length || (bitmap[index] & (1 << (path.slot & 7))) === 0) {
        return 'slot_not_open';
    }
    return '';
}

/** One after the other: AWS measures no gain from Promise.all here, and warns of its memory. */
async function revoked(kvs, names) {
    for (let i = 0; i < names.length; i++) {
        const found = await kvs.exists('revoked:' + names[i]);
        if (found) {
            return true;
        }
    }
    return false;
}

/**
 * The playback session of the claim cti, or ''. It is a byte string, and how CloudFront hands
 * one over is not documented: as bytes, as text, or as hex or base64 of it. What does not come
 * out as an id is refused, so that a revoked session cannot slip through.
 */
function sessionId(value) {
    let text = value;
    if (typeof value === 'object' && value !== null) {
        text = Buffer.from(value).toString();
    } else if (typeof value === 'string' && !ID.test(value)) {
        text = Buffer.from(value, HEX.test(value) ? 'hex' : 'base64').toString();
    }
    return typeof text === 'string' && ID.test(text) ? text : '';
}

/** A claim by its number; CloudFront's keys are strings, which a number as a key becomes. */
function claim(map, number) {
    const known = typeof map === 'object' && map !== null;
    return known && Object.prototype.hasOwnProperty.call(map, number) ? map[number] : undefined;
}

function count(map) {
    return typeof map === 'object' && map !== null ? Object.keys(map).length : 0;
}

function refusal(code) {
    const headers = Object.assign({}, CORS, {
        'cache-control': { value: 'no-store' },
        'content-type': { value: 'application/problem+json' }
    });
    const body = { type: 'about:blank', title: 'Forbidden', status: 403, code: code };
    return { statusCode: 403, statusDescription: 'Forbidden', headers: headers, body: JSON.stringify(body) };
}
