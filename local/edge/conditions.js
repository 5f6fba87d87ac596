/** Whether the client's copy is the stored one (RFC 9110, sections 13.1.2 and 13.1.3). */
export function notModified(asked, stored) {
  const tags = asked['if-none-match'];
  if (tags !== undefined) {
    const weak = (tag) => tag.trim().replace(/^W\//, '');
    return tags.trim() === '*' || tags.split(',').some((tag) => weak(tag) === weak(stored.etag ?? ''));
  }
  const since = Date.parse(asked['if-modified-since'] ?? '');
  return since >= Date.parse(stored['last-modified'] ?? '');
}

/**
 * The one byte range that is asked for of `size` bytes: `{first, last}`, 'unsatisfiable', or
 * null for the whole object (no range, several, one that cannot be read, or an If-Range that
 * names another version: RFC 9110, sections 13.1.5 and 14.2).
 */
export function rangeOf(asked, size, etag) {
  if (asked['if-range'] !== undefined && asked['if-range'] !== etag) return null;
  const match = /^bytes=(\d*)-(\d*)$/.exec(asked.range ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return null;
  if (match[1] === '') {
    const length = Math.min(Number(match[2]), size);
    return length === 0 ? 'unsatisfiable' : { first: size - length, last: size - 1 };
  }
  const first = Number(match[1]);
  const last = match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  if (match[2] !== '' && Number(match[2]) < first) return null;
  return first >= size ? 'unsatisfiable' : { first, last };
}
