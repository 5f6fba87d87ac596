"""Job settings, as the arguments of one ffmpeg."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from local.mediaconvert.encoder import Plan, caption_sources, plan
from local.mediaconvert.inspection import Media
from local.mediaconvert.pictures import crf, size
from tests.unit.local_mediaconvert.jobs_for_tests import media, request, with_captions


def planned(job: dict[str, Any], source: Media | None = None, **captions: Path) -> Plan:
    return plan(
        job["Settings"],
        source or media(),
        source=Path("/scratch/input"),
        captions=captions,
        scratch=Path("/scratch"),
    )


def after(arguments: tuple[str, ...], name: str) -> list[str]:
    return [value for flag, value in pairwise(arguments) if flag == name]


def graph(job: dict[str, Any], source: Media | None = None) -> str:
    return after(planned(job, source).arguments, "-filter_complex")[0]


def first_h264(job: dict[str, Any]) -> dict[str, Any]:
    output = job["Settings"]["OutputGroups"][0]["Outputs"][0]
    found: dict[str, Any] = output["VideoDescription"]["CodecSettings"]["H264Settings"]
    return found


def test_the_source_is_decoded_once_and_split_for_every_picture() -> None:
    arguments = planned(request()).arguments
    assert arguments.count("-i") == 1
    assert graph(request()).startswith("[0:v:0]split=4[s0][s1][s2][s3];")


def test_each_rung_is_scaled_to_its_size_and_capped_at_its_bitrate() -> None:
    arguments = planned(request()).arguments
    assert "scale=720:1280" in graph(request())
    assert "scale=360:640" in graph(request())
    assert after(arguments, "-maxrate") == ["4000000", "700000"]
    assert after(arguments, "-crf") == ["22", "24"]


def test_a_better_quality_level_is_a_lower_rate_factor() -> None:
    assert [crf(level) for level in (1, 7, 10)] == [36, 24, 18]
    assert crf(7, fine_tune=1 / 3) < crf(7)


def test_every_output_has_mediaconverts_file_names() -> None:
    arguments = planned(request()).arguments
    assert "/scratch/0/index_720p.m3u8" in arguments
    assert after(arguments, "-hls_fmp4_init_filename") == [
        "index_720pinit.cmfv",
        "index_360pinit.cmfv",
        "index_audioinit.cmfa",
    ]
    assert after(arguments, "-hls_segment_filename")[0] == "/scratch/0/index_720p_%09d.cmfv"
    assert "/scratch/1/poster.%07d.jpg" in arguments
    assert arguments[-1] == "/scratch/2/thumbnail.%07d.jpg"


def test_idrs_are_forced_at_every_gop_and_segments_cut_there() -> None:
    arguments = planned(request()).arguments
    assert after(arguments, "-force_key_frames") == ["expr:gte(t,n_forced*2)"] * 2
    assert after(arguments, "-hls_time") == ["2"] * 3


@pytest.mark.parametrize(
    ("units", "gop", "expected"),
    [("SECONDS", 1.0, "1"), ("FRAMES", 45.0, "1.5"), ("AUTO", None, "2")],
)
def test_the_gop_is_read_in_its_own_unit(units: str, gop: float | None, expected: str) -> None:
    job = request()
    first_h264(job).update(GopSizeUnits=units, GopSize=gop)
    forced = after(planned(job).arguments, "-force_key_frames")[0]
    assert forced == f"expr:gte(t,n_forced*{expected})"


def test_the_frame_rate_follows_the_source_unless_one_is_specified() -> None:
    job, source = request(), media(rate=Fraction(30000, 1001))
    assert graph(job, source).count("fps=30000/1001") == 2
    first_h264(job).update(
        FramerateControl="SPECIFIED", FramerateNumerator=60, FramerateDenominator=1
    )
    assert graph(job, source).count("fps=60,") == 1


def test_a_silent_source_has_no_audio_output_even_where_the_job_asks_for_one() -> None:
    silent = planned(request(), media(audio=False))
    assert "aac" not in silent.arguments
    assert [track.stem for track in silent.groups[0].tracks] == ["index_720p", "index_360p"]


def test_rotation_is_left_to_the_metadata_on_auto_and_dropped_otherwise() -> None:
    job = request()
    assert "-noautorotate" not in planned(job, media(rotation=90)).arguments
    job["Settings"]["Inputs"][0]["VideoSelector"] = {"Rotate": "DEGREES_90"}
    assert "-noautorotate" in planned(job).arguments
    assert "transpose=clock" in graph(job)
    del job["Settings"]["Inputs"][0]["VideoSelector"]
    assert "-noautorotate" in planned(job).arguments


def test_frames_are_captured_at_the_asked_rate_and_no_more_than_asked() -> None:
    posters, thumbnails = after(planned(request()).arguments, "-frames:v")
    assert r"gte(t-prev_selected_t\,2)" in graph(request())
    assert posters == "2"
    assert r"gte(t-prev_selected_t\,5)" in graph(request())
    assert int(thumbnails) >= 1


def test_captions_become_a_webvtt_file_in_the_same_process() -> None:
    job = with_captions(request())
    assert caption_sources(job["Settings"]) == {"Captions 1": "s3://uploads/en.srt"}
    arguments = plan(
        job["Settings"],
        media(),
        source=Path("/scratch/input"),
        captions={"Captions 1": Path("/scratch/captions0.srt")},
        scratch=Path("/scratch"),
    ).arguments
    assert after(arguments, "-i") == ["/scratch/input", "/scratch/captions0.srt"]
    assert "/scratch/0/index_en_000000001.vtt" in arguments


@pytest.mark.parametrize(
    ("asked", "expected"),
    [({}, (720, 1280)), ({"Width": 360}, (360, 640)), ({"Height": 640}, (360, 640))],
)
def test_a_side_that_is_not_given_follows_the_source(
    asked: dict[str, int], expected: tuple[int, int]
) -> None:
    assert size(asked, (720, 1280)) == expected


def test_a_cover_before_the_picture_is_not_encoded() -> None:
    found = media()
    assert found.video is not None
    picture = replace(found.video, index=1)
    source = replace(found, video=picture, covers=(replace(picture, index=0, codec="mjpeg"),))
    assert graph(request(), source).startswith("[0:v:1]split=4")


def test_audio_can_be_chosen_by_its_place_among_all_tracks() -> None:
    found = media()
    (first,) = found.audio
    source = replace(found, audio=(first, replace(first, index=first.index + 1)))
    job = request()
    for stream, chosen in ((first.index + 1, "0:a:0"), (first.index + 2, "0:a:1")):
        for selector in job["Settings"]["Inputs"][0]["AudioSelectors"].values():
            selector |= {"SelectorType": "STREAM", "Streams": [stream]}
        assert chosen in after(planned(job, source).arguments, "-map")
