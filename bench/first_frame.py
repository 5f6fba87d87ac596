"""From the playback call to the first frame in Chromium, against segments of ten seconds."""

import statistics
import time
from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Page, sync_playwright

from bench import cloud as clouds
from bench.results import path_of
from bench.row import Line, Progress, Row, against
from local.aws import client
from local.layout import ROOT
from tests.browser.conftest import FLAGS, SYSTEM_CHROMIUM
from tests.client import Client
from tests.cloud.clips import vertical_clip

SECONDS, LONG, ROUNDS, GOAL = 20, 10, 9, 0.5
_OTHER_GENERATION = 90
_SCRIPT = ROOT / "bench" / "first_frame.js"
_HLS = ROOT / "node_modules" / "hls.js" / "dist" / "hls.min.js"


def measure(progress: Progress) -> Sequence[Line]:
    """Publish a clip, transcode it once more in long segments, and open both in turn."""
    cloud = clouds.running(progress)
    progress("transcoding a clip twice")
    member = clouds.studio(cloud)
    clip = vertical_clip(path_of("first_frame") / "clip.mp4", seconds=SECONDS)
    drama = member.drama()
    episode = member.episode(drama["id"])
    asset = member.settled(str(member.upload(episode["id"], clip)["id"]))
    member.publish(drama["id"], episode["id"])
    _again_in_long_segments(cloud, asset["id"])
    viewer = clouds.guest(cloud)
    progress(f"{ROUNDS} rounds in Chromium")
    with sync_playwright() as playwright:
        system = SYSTEM_CHROMIUM if SYSTEM_CHROMIUM.exists() else None
        browser = playwright.chromium.launch(executable_path=system, args=FLAGS)
        rounds = [
            [_opened(browser, cloud, viewer, episode, path) for path in (None, _other(episode))]
            for _ in range(ROUNDS)
        ]
        browser.close()
    member.client.post(f"/studio/dramas/{drama['id']}/unpublish")
    ours, long = zip(*rounds, strict=True)
    return [
        _line("bytes before the first frame", ours, long, "bytes", GOAL),
        _line("milliseconds on the clock", ours, long, "ms", None),
    ]


def _other(episode: dict[str, Any]) -> str:
    return f"{episode['drama_id']}/{episode['slot']}/{_OTHER_GENERATION}/index.m3u8"


def _again_in_long_segments(cloud: dict[str, Any], asset_id: str) -> None:
    """Run the asset's own job again, with nothing changed but the length of its segments."""
    transcoder = client("mediaconvert", endpoint=cloud["mediaconvert_url"], region=cloud["region"])
    source = f"s3://{cloud['buckets']['sources']}/sources/{asset_id}"
    (job,) = transcoder.search_jobs(InputFile=source)["Jobs"]
    job = transcoder.get_job(Id=job["Id"])["Job"]
    settings = job["Settings"]
    for group in settings["OutputGroups"]:
        for one in group["OutputGroupSettings"].values():
            if isinstance(one, dict):
                head, _, name = one["Destination"].rpartition("/")
                before = head.rpartition("/")[0]
                one["Destination"] = f"{before}/{_OTHER_GENERATION}/{name}"
                if "SegmentLength" in one:
                    one["SegmentLength"] = LONG
    made = transcoder.create_job(Role=job["Role"], Settings=settings)["Job"]["Id"]
    deadline = time.monotonic() + 120
    while transcoder.get_job(Id=made)["Job"]["Status"] != "COMPLETE":
        if time.monotonic() > deadline:
            raise RuntimeError("the second transcode did not end")
        time.sleep(0.3)


def _opened(
    browser: Any, cloud: dict[str, Any], viewer: Client, episode: dict[str, Any], path: str | None
) -> dict[str, float]:
    """Open an episode in a phone of its own, whose cache is empty."""
    context = browser.new_context(viewport={"width": 412, "height": 915}, bypass_csp=True)
    page: Page = context.new_page()
    page.goto(cloud["base_url"] + "/v1/dramas")
    page.add_script_tag(path=_HLS)
    asked = {
        "api": cloud["api_url"],
        "episode": episode["id"],
        "token": viewer.token,
        "path": path,
    }
    found: dict[str, float] = page.evaluate(_SCRIPT.read_text(), asked)
    context.close()
    return found


def _line(
    what: str, ours: Sequence[Any], long: Sequence[Any], unit: str, goal: float | None
) -> Line:
    mine, theirs = ([one[unit] for one in some] for some in (ours, long))
    judged = against(statistics.median(mine), statistics.median(theirs), goal) if goal else {}
    if not judged:
        judged = {"ratio": f"{statistics.median(mine) / statistics.median(theirs):.2f}"}
    return Line(what=what, measured=_spread(mine), baseline=_spread(theirs), **judged)


def _spread(figures: Sequence[float]) -> str:
    return f"{statistics.median(figures):,.0f} (from {min(figures):,.0f} to {max(figures):,.0f})"


ROW = Row(
    name="first_frame",
    title=f"From the playback call to the first frame, {SECONDS} s clip",
    measure=measure,
    reading=(
        "Chromium with hls.js on the local cloud, an empty cache each time; bytes are those of all"
        " answers that had ended when the first frame was shown, the playback call too. The"
        " baseline is the same job with segments of ten seconds instead of two. hls.js shows"
        " nothing of a segment before all of it is there, so the length of a segment is what a"
        " viewer waits for."
    ),
)
