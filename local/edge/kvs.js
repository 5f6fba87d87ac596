import { signedReader } from './sigv4.js';

const FRESH_MS = 1000; // AWS propagates a change "within a few seconds"; here it is one

/**
 * The `cf.kvs()` of a CloudFront Function over the KeyValueStore's own API. Values are kept
 * for one second, and so is the absence of a key.
 */
export function keyValueStore(config) {
  const get = signedReader(config, 'cloudfront-keyvaluestore');
  const keys = `/key-value-stores/${encodeURIComponent(config.kvs_arn)}/keys/`;
  const seen = new Map();

  async function read(key) {
    const answer = await get(keys + encodeURIComponent(key));
    if (answer.status === 404) {
      await answer.body?.cancel();
      return null;
    }
    if (!answer.ok) throw new Error(`the key value store answered ${answer.status}`);
    return (await answer.json()).Value;
  }

  async function lookUp(key) {
    const now = Date.now();
    const known = seen.get(key);
    if (known && now - known.at < FRESH_MS) return known.value;
    if (seen.size > 10_000) seen.clear(); // keys of sessions that no longer play
    const value = await read(key);
    seen.set(key, { value, at: now });
    return value;
  }

  return {
    async get(key, options = {}) {
      const value = await lookUp(key);
      if (value === null) throw new Error('KeyNotFound');
      if (options.format === 'json') return JSON.parse(value);
      if (options.format === 'bytes') return Buffer.from(value);
      return value;
    },
    async exists(key) {
      return (await lookUp(key)) !== null;
    },
  };
}
