"""The settings of a job: what MediaConvert is asked to do for an episode."""

from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from cliffhanger.media.job_settings import job_settings
from cliffhanger.media.ladder import Rendition
from cliffhanger.media.source import Source

SOURCE = Source(
    container="mp4",
    duration_seconds=60.0,
    width=1080,
    height=1920,
    rotation=0,
    display_width=1080,
    display_height=1920,
    video_codec="AVC",
    frame_rate=29.97,
    audio_tracks=2,
    size=40_000_000,
)
RENDITIONS = (
    Rendition(name="1080p", width=1080, height=1920, max_bitrate=6_000_000, quality=9),
    Rendition(name="360p", width=360, height=640, max_bitrate=700_000, quality=7),
)


def settings(*, segment_seconds: int = 2, **source: Any) -> dict[str, Any]:
    return job_settings(
        SOURCE.model_copy(update=source),
        RENDITIONS,
        input_uri="s3://uploads/upl_1/episode.mp4",
        destination_uri="s3://media/drm_1/3/7/",
        segment_seconds=segment_seconds,
    )


def cmaf(job: dict[str, Any]) -> dict[str, Any]:
    group: dict[str, Any] = job["OutputGroups"][0]
    return group


def h264(output: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = output["VideoDescription"]["CodecSettings"]["H264Settings"]
    return found


@pytest.mark.parametrize(
    ("stream", "chosen"),
    [
        (None, {"SelectorType": "TRACK", "Tracks": [1]}),
        (3, {"SelectorType": "STREAM", "Streams": [3]}),
    ],
)
def test_the_audio_track_that_can_be_decoded_is_selected(
    stream: int | None, chosen: dict[str, Any]
) -> None:
    (selector,) = settings(audio_stream=stream)["Inputs"][0]["AudioSelectors"].values()
    assert selector == {"DefaultSelection": "DEFAULT", **chosen}


@pytest.mark.parametrize("audio_stream", [None, 3])
@pytest.mark.parametrize("audio_tracks", [0, 1])
@pytest.mark.parametrize("frame_rate", [25.0, 240.0])
def test_the_settings_pass_botocores_own_validation(
    audio_tracks: int, frame_rate: float, audio_stream: int | None
) -> None:
    model = botocore.session.get_session().get_service_model("mediaconvert")
    request = {
        "Role": "arn:aws:iam::000000000000:role/transcoding",
        "Settings": settings(
            audio_tracks=audio_tracks, frame_rate=frame_rate, audio_stream=audio_stream
        ),
    }
    shape = model.operation_model("CreateJob").input_shape
    assert shape
    report = ParamValidator().validate(request, shape)
    assert not report.has_errors(), report.generate_report()


def test_each_rendition_is_an_output_that_plays_with_the_one_audio() -> None:
    *videos, audio = cmaf(settings())["Outputs"]
    assert [(v["NameModifier"], v["VideoDescription"]["Width"]) for v in videos] == [
        ("_1080p", 1080),
        ("_360p", 360),
    ]
    sets = {v["ContainerSettings"]["CmfcSettings"]["AudioRenditionSets"] for v in videos}
    assert sets == {audio["ContainerSettings"]["CmfcSettings"]["AudioGroupId"]}
    assert audio["AudioDescriptions"][0]["CodecSettings"]["Codec"] == "AAC"


def test_a_silent_source_gets_no_audio_at_all() -> None:
    job = settings(audio_tracks=0)
    assert "AudioSelectors" not in job["Inputs"][0]
    outputs = cmaf(job)["Outputs"]
    assert len(outputs) == len(RENDITIONS)
    assert all(output["ContainerSettings"]["CmfcSettings"] == {} for output in outputs)


def test_the_job_stays_in_the_basic_price_tier() -> None:
    for output in cmaf(settings())["Outputs"][:-1]:
        codec = h264(output)
        assert codec["RateControlMode"] == "QVBR"
        assert codec["QualityTuningLevel"] == "SINGLE_PASS_HQ"
        assert codec["CodecProfile"] == "HIGH"


def test_each_rendition_has_the_bitrate_and_quality_of_its_rung() -> None:
    top, low, _ = (h264(o) if "VideoDescription" in o else {} for o in cmaf(settings())["Outputs"])
    assert (top["MaxBitrate"], top["QvbrSettings"]["QvbrQualityLevel"]) == (6_000_000, 9)
    assert (low["MaxBitrate"], low["QvbrSettings"]["QvbrQualityLevel"]) == (700_000, 7)


@pytest.mark.parametrize("segment_seconds", [1, 2, 3, 4, 5, 6])
def test_every_segment_starts_with_an_idr(segment_seconds: int) -> None:
    job = settings(segment_seconds=segment_seconds)
    group = cmaf(job)["OutputGroupSettings"]["CmafGroupSettings"]
    gop = h264(cmaf(job)["Outputs"][0])
    assert group["SegmentLength"] == segment_seconds
    assert segment_seconds % group["FragmentLength"] == 0
    assert segment_seconds % gop["GopSize"] == 0
    assert gop["GopClosedCadence"] == 1


def test_the_master_playlist_is_index_beside_its_segments_and_there_is_no_dash() -> None:
    group = cmaf(settings())["OutputGroupSettings"]["CmafGroupSettings"]
    assert group["Destination"] == "s3://media/drm_1/3/7/index"
    assert group["WriteHlsManifest"] == "ENABLED"
    assert group["WriteDashManifest"] == "DISABLED"


def test_the_frame_rate_follows_the_source_up_to_sixty() -> None:
    normal, slow_motion = (
        h264(cmaf(settings(frame_rate=rate))["Outputs"][0]) for rate in (60.0, 240.0)
    )
    assert normal["FramerateControl"] == "INITIALIZE_FROM_SOURCE"
    assert (slow_motion["FramerateControl"], slow_motion["FramerateNumerator"]) == ("SPECIFIED", 60)


def test_a_rotated_source_is_turned_by_its_own_metadata() -> None:
    assert settings(rotation=90)["Inputs"][0]["VideoSelector"] == {"Rotate": "AUTO"}


def test_the_poster_is_at_most_720_wide() -> None:
    group = settings()["OutputGroups"][1]
    picture = group["Outputs"][0]["VideoDescription"]
    assert group["OutputGroupSettings"]["FileGroupSettings"]["Destination"].endswith("/7/poster")
    assert (picture["Width"], picture["Height"]) == (720, 1280)


def test_a_destination_that_is_no_prefix_is_refused() -> None:
    with pytest.raises(ValueError, match="ends in a slash"):
        job_settings(
            SOURCE, RENDITIONS, input_uri="s3://a/b", destination_uri="s3://a/c", segment_seconds=2
        )


def test_a_job_without_a_rendition_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one rendition"):
        job_settings(SOURCE, (), input_uri="s3://a/b", destination_uri="s3://a/", segment_seconds=2)
