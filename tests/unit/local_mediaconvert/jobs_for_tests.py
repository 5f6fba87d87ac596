"""A job of three renditions, sound and a poster, as the transcoding function asks for it."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

import pytest

from cliffhanger.media.job_settings import job_settings
from cliffhanger.media.ladder import Rendition
from cliffhanger.media.source import Source
from local.mediaconvert import validation, wire
from local.mediaconvert.errors import BadRequest
from local.mediaconvert.inspection import Audio, Media, Video

ROLE = "arn:aws:iam::000000000000:role/transcoding"
RENDITIONS = tuple(
    Rendition(name=f"{w}p", width=w, height=h, max_bitrate=rate, quality=quality)
    for w, h, rate, quality in ((720, 1280, 4_000_000, 8), (360, 640, 700_000, 7))
)


def media(*, audio: bool = True, rotation: int = 0, rate: Fraction = Fraction(30)) -> Media:
    size = (1280, 720) if rotation in (90, 270) else (720, 1280)
    picture = Video(0, "h264", "avc1", *size, rotation, Fraction(1), rate, 8, 6.0, None)
    sound = (Audio(1, "aac", 2, 48_000, "eng", 6.0, None),) if audio else ()
    return Media("mp4", 6.0, 1_000_000, None, picture, sound)


def request(*, audio: bool = True) -> dict[str, Any]:
    """A CreateJob request in the model's names."""
    source = Source(
        container="mp4",
        duration_seconds=6.0,
        width=720,
        height=1280,
        rotation=0,
        display_width=720,
        display_height=1280,
        video_codec="AVC",
        frame_rate=30.0,
        audio_tracks=int(audio),
        size=1_000_000,
    )
    settings = job_settings(
        source,
        RENDITIONS,
        input_uri="s3://uploads/episode.mp4",
        destination_uri="s3://media/drm/1/1/",
        segment_seconds=2,
    )
    return copy.deepcopy({"Role": ROLE, "Settings": settings})


def with_captions(job: dict[str, Any], file: str = "s3://uploads/en.srt") -> dict[str, Any]:
    source = {"SourceType": "SRT", "FileSourceSettings": {"SourceFile": file}}
    job["Settings"]["Inputs"][0]["CaptionSelectors"] = {"Captions 1": {"SourceSettings": source}}
    caption = {
        "CaptionSelectorName": "Captions 1",
        "CustomLanguageCode": "en",
        "LanguageDescription": "English",
        "DestinationSettings": {"DestinationType": "WEBVTT"},
    }
    job["Settings"]["OutputGroups"][0]["Outputs"].append(
        {
            "NameModifier": "_en",
            "ContainerSettings": {"Container": "CMFC"},
            "CaptionDescriptions": [caption],
        }
    )
    return job


def submit(job: dict[str, Any]) -> dict[str, Any]:
    """Over the wire and through validation, as the server takes a request."""
    received = wire.read("CreateJob", wire.write("CreateJobRequest", job))
    validation.check(received)
    return received


@contextmanager
def refused(*, because: str) -> Iterator[None]:
    with pytest.raises(BadRequest, match=because):
        yield
