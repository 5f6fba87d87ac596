/**
 * A least-recently-used cache of objects, bounded by bytes. `through(key, load, sizeOf)`
 * answers `{value, hit}`; calls for one key that come together share one load, and a value
 * whose size is undefined is not kept.
 */
export function cacheOf(maxBytes) {
  const kept = new Map(); // in the order of use
  const loading = new Map();
  let bytes = 0;

  function keep(key, value, size) {
    kept.set(key, { value, size });
    bytes += size;
    for (const [oldest, entry] of kept) {
      if (bytes <= maxBytes) break;
      kept.delete(oldest);
      bytes -= entry.size;
    }
  }

  async function loaded(key, load, sizeOf) {
    const value = await load();
    const size = sizeOf(value);
    if (size !== undefined) keep(key, value, size);
    return value;
  }

  return {
    async through(key, load, sizeOf) {
      const entry = kept.get(key);
      if (entry) {
        kept.delete(key);
        kept.set(key, entry);
        return { value: entry.value, hit: true };
      }
      if (!loading.has(key)) {
        loading.set(key, loaded(key, load, sizeOf).finally(() => loading.delete(key)));
      }
      return { value: await loading.get(key), hit: false };
    },
  };
}
