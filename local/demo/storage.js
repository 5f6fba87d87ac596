// JSON in localStorage. A browser may forbid storage: then the page forgets, and works on.

/** The value stored under `key`, or `fallback` when there is none that can be read. */
export function load(key, fallback) {
  try {
    return JSON.parse(localStorage.getItem(`cliffhanger.${key}`)) ?? fallback;
  } catch {
    return fallback;
  }
}

/** Stores `value` (anything JSON can hold); null removes the key. */
export function save(key, value) {
  try {
    if (value === null) localStorage.removeItem(`cliffhanger.${key}`);
    else localStorage.setItem(`cliffhanger.${key}`, JSON.stringify(value));
  } catch {
    // Storage is full or forbidden: nothing on this page depends on it.
  }
}
