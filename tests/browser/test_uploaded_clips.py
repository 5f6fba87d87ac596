"""What a studio uploads plays in a real browser: a real clip, lying, and a made one, upright."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.client import Client
from tests.cloud.clips import real_clip, vertical_clip
from tests.cloud.conftest import Studio, anyone, studio, viewer

__all__ = ["anyone", "studio", "viewer"]  # fixtures

# The page's own policy lets it load hls.js, and nothing else that a test could bring along.
START = """async (url) => {
  const { default: Hls } = await import('/vendor/hls.min.mjs');
  if (!Hls.isSupported()) throw new Error('no media source extensions');
  const video = document.createElement('video');
  video.muted = true;
  document.body.append(video);
  video.loop = true; // a clip lasts two seconds, and a busy machine takes its time
  const hls = new Hls();
  window.clip = { video, hls };
  const ready = new Promise((resolve, reject) => {
    hls.on(Hls.Events.MANIFEST_PARSED, resolve);
    hls.on(Hls.Events.ERROR, (_, error) => error.fatal && reject(new Error(error.details)));
  });
  hls.loadSource(url);
  hls.attachMedia(video);
  await ready;
  await video.play();
  return hls.levels.map((level) => [level.width, level.height]);
}"""
LOOK = """async () => {
  const { video } = window.clip;
  const count = () => video.getVideoPlaybackQuality().totalVideoFrames;
  const [before, end] = [count(), Date.now() + 15_000];
  while (count() <= before && Date.now() < end) {
    await new Promise((done) => setTimeout(done, 50));
  }
  const frames = count();
  return { at: video.currentTime, frames, width: video.videoWidth, height: video.videoHeight };
}"""
SWITCH = """async (level) => {
  const { video, hls } = window.clip;
  hls.currentLevel = level;
  video.currentTime = 0;
  await video.play();
  const wanted = hls.levels[level];
  for (let tries = 0; tries < 400 && video.videoWidth !== wanted.width; tries += 1) {
    await new Promise((done) => setTimeout(done, 50));
  }
  return [video.videoWidth, video.videoHeight];
}"""


@pytest.mark.parametrize("kind", ["real", "vertical"])
def test_an_uploaded_clip_plays_and_switches_its_rung(
    page: Page, cloud: dict[str, Any], studio: Studio, viewer: Client, kind: str, tmp_path: Path
) -> None:
    clip = real_clip() if kind == "real" else vertical_clip(tmp_path / "clip.mp4", seconds=5)
    drama = studio.drama()
    episode = studio.episode(drama["id"])
    assert studio.settled(studio.upload(episode["id"], clip)["id"])["status"] == "ready"
    studio.publish(drama["id"], episode["id"])
    url = viewer.post(f"/episodes/{episode['id']}/playback", {}).body["url"]

    page.goto(cloud["demo_url"])
    levels = page.evaluate(START, url)
    sizes = [[640, 360], [960, 540], [1280, 720]]
    assert sorted(levels) == (sizes if kind == "real" else [size[::-1] for size in sizes])

    before, after = page.evaluate(LOOK), page.evaluate(LOOK)
    assert after["frames"] > before["frames"] > 0, "frames advance"
    assert after["at"] > before["at"] > 0, "the clock moves"
    for level, size in enumerate(levels):
        assert page.evaluate(SWITCH, level) == size
