"""The ladder on this machine: one process for all rungs, against a process for each."""

import copy
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.clockwork import in_turn
from bench.results import path_of
from bench.row import Line, Progress, Row, against
from cliffhanger.media.job_settings import job_settings
from cliffhanger.media.ladder import Rendition
from cliffhanger.media.source import Source
from infra.stage import read_stage
from local.layout import ROOT
from local.mediaconvert import encoder
from local.mediaconvert.inspection import inspect
from tests.cloud.clips import FFMPEG, vertical_clip

SECONDS, ROUNDS, GOAL = 5, 4, 0.8


def measure(progress: Progress) -> Sequence[Line]:
    """Transcode a vertical clip to the ladder of the stage, both ways in turn."""
    folder = path_of("ladder")
    progress(f"making a clip of {SECONDS} s")
    clip = vertical_clip(folder / "clip.mp4", seconds=SECONDS, size="1080x1920")
    whole = _settings(clip.stat().st_size)
    count = sum("VideoDescription" in one for one in _outputs(whole))
    ways = {
        "one job": _encoded(clip, [whole]),
        "one for each rung": _encoded(clip, [_only(whole, rung) for rung in range(count)]),
    }
    progress(f"{count} rungs, {ROUNDS} rounds")
    found = in_turn(ways, ROUNDS)
    one, each = found["one job"], found["one for each rung"]
    judged = against(one.least, each.least, GOAL)
    what = f"{count} rungs of a {SECONDS} s clip"
    return [Line(what=what, measured=one.text("s"), baseline=each.text("s"), **judged)]


def _settings(size: int) -> dict[str, Any]:
    source = Source(
        container="mp4",
        duration_seconds=SECONDS,
        width=1080,
        height=1920,
        rotation=0,
        display_width=1080,
        display_height=1920,
        video_codec="AVC",
        frame_rate=30.0,
        audio_tracks=1,
        size=size,
    )
    ladder = read_stage(ROOT / "stages" / "local.toml").media.ladder
    renditions = [
        Rendition(
            name=rung.name,
            width=rung.short_side,
            height=rung.short_side * 16 // 9,
            max_bitrate=rung.max_bitrate,
            quality=rung.quality,
        )
        for rung in ladder
    ]
    return job_settings(
        source,
        renditions,
        input_uri="s3://sources/clip",
        destination_uri="s3://media/drm/1/1/",
        segment_seconds=2,
    )


def _outputs(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = settings["OutputGroups"][0]["Outputs"]
    return found


def _only(settings: dict[str, Any], rung: int) -> dict[str, Any]:
    """Return the job of one rung. The first one makes the sound and the pictures too."""
    made = copy.deepcopy(settings)
    outputs = _outputs(made)
    pictures = [one for one in outputs if "VideoDescription" in one]
    sound = [one for one in outputs if "VideoDescription" not in one]
    made["OutputGroups"][0]["Outputs"] = [pictures[rung], *(sound if rung == 0 else [])]
    if rung:
        made["OutputGroups"] = made["OutputGroups"][:1]
    return made


def _encoded(clip: Path, jobs: Sequence[dict[str, Any]]) -> Callable[[], float]:
    media = inspect(clip)

    def run() -> float:
        return sum(_cpu(clip, job, media) for job in jobs)

    return run


def _cpu(clip: Path, job: dict[str, Any], media: Any) -> float:
    scratch = clip.parent / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    plan = encoder.plan(job, media, source=clip, captions={}, scratch=scratch)
    for group in plan.groups:
        group.folder.mkdir(parents=True)
    process = subprocess.Popen([FFMPEG, *plan.arguments], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"ffmpeg failed: {process.returncode}")
    return used.ru_utime + used.ru_stime


ROW = Row(
    name="ladder",
    title="Ladder transcode on this machine",
    measure=measure,
    reading=(
        "The job that production sends, turned into ffmpeg's arguments by the local transcoder,"
        " against the same outputs in a process for each rung. One process decodes the source once"
        " and splits it. With the fastest preset, decoding and scaling are a large part; with a"
        " slower one the encoders would weigh more, and the gain would be less."
    ),
)
