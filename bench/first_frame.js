// From the playback call to the first frame: what it took, and the bytes that had come by then.
// Evaluated in a page with hls.js; `path` is a master playlist below the sitting's base, or null.
async ({ api, episode, token, path }) => {
  performance.clearResourceTimings();
  performance.setResourceTimingBufferSize(2000);
  const started = performance.now();
  const answer = await fetch(`${api}/episodes/${episode}/playback`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{"unlock": "none"}',
  });
  const sitting = await answer.json();
  const video = document.createElement('video');
  video.muted = true;
  document.body.append(video);
  // As the demo player opens a picture; a poor line, so that both begin with the same rung.
  const hls = new Hls({ maxBufferLength: 30, enableWorker: false, abrEwmaDefaultEstimate: 500000 });
  const shown = new Promise((resolve, reject) => {
    video.requestVideoFrameCallback(resolve);
    hls.on(Hls.Events.ERROR, (_, error) => error.fatal && reject(new Error(error.details)));
  });
  hls.on(Hls.Events.MANIFEST_PARSED, () => video.play());
  hls.loadSource(path ? sitting.base_url + path : sitting.url);
  hls.attachMedia(video);
  await shown;
  const at = performance.now();
  const done = performance.getEntriesByType('resource').filter((one) => one.responseEnd <= at);
  const bytes = done.reduce((sum, one) => sum + one.transferSize, 0);
  hls.destroy();
  video.remove();
  return { ms: at - started, bytes, files: done.length };
}
