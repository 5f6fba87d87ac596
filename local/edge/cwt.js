import { createHmac, timingSafeEqual } from 'node:crypto';
import { Tag, decode as decodeCbor, encode } from 'cbor2';

const MAX_BYTES = 1024;
// The encoder writes a Buffer as its JSON, and the decoder cuts its parts from what it is given.
const decode = (bytes) => decodeCbor(new Uint8Array(bytes), { preferMap: true });

/**
 * `cf.cwt.validateToken` as CloudFront documents it: a COSE_Mac0 with HS256, of at most 1 KB;
 * it throws unless the MAC is right, reads no claim, and gives every claim's key as a string.
 * How it gives byte strings is not documented: `byteStrings` chooses (buffer, text, hex, base64).
 */
export function validateToken(token, { key }, byteStrings = 'buffer') {
  if (!Buffer.isBuffer(token)) throw new TypeError('the token must be a Buffer');
  if (token.length > MAX_BYTES) throw new Error('the token is too large');
  const [protectedBytes, unprotected, payload, tag] = mac0(decode(token));
  const protectedHeaders = decode(protectedBytes);
  if (protectedHeaders.get(1) !== 5) throw new Error('the algorithm is not HS256');
  const structure = encode(['MAC0', protectedBytes, new Uint8Array(), payload]);
  const expected = createHmac('sha256', key).update(structure).digest();
  if (tag.length !== expected.length || !timingSafeEqual(tag, expected)) {
    throw new Error('the MAC does not match');
  }
  return {
    protectedHeaders: plain(protectedHeaders, byteStrings),
    unprotectedHeaders: plain(unprotected, byteStrings),
    payload: plain(decode(payload), byteStrings),
  };
}

/** The four parts of 61(17([...])) or 17([...]). */
function mac0(value) {
  const message = value instanceof Tag && value.tag === 61 ? value.contents : value;
  if (!(message instanceof Tag) || message.tag !== 17 || message.contents.length !== 4) {
    throw new Error('not a COSE_Mac0');
  }
  return message.contents;
}

function plain(value, byteStrings) {
  if (value instanceof Map) {
    const entries = [...value].map(([key, inner]) => [String(key), plain(inner, byteStrings)]);
    return Object.fromEntries(entries);
  }
  if (value instanceof Uint8Array) {
    if (byteStrings === 'buffer') return Buffer.from(value);
    return Buffer.from(value).toString(byteStrings === 'text' ? 'utf8' : byteStrings);
  }
  return Array.isArray(value) ? value.map((inner) => plain(inner, byteStrings)) : value;
}
