/**
 * The path of a target as it may stand in a log: no query, and no token, also none in a target
 * that only resembles a media URL.
 */
export function shownPath(url) {
  const path = url.split('?')[0];
  const media = /^\/media\/([A-Za-z0-9_-]{1,64})\.[^/]*(\/[A-Za-z0-9._/-]*)?$/.exec(path);
  if (media) return `/media/${media[1]}.***${shortened(media[2] ?? '')}`;
  return /media/i.test(path) ? '/media/***' : shortened(path);
}

/** Ids have some thirty characters; what is much longer in one run may be a secret. */
const shortened = (path) => path.replace(/[^/.]{40,}/g, '***').slice(0, 200);
