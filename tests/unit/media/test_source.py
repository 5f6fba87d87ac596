"""What Probe says of an upload, and which uploads are turned away."""

from typing import Any

import pytest

from cliffhanger.media.source import Rejection, Source, examine, read_probe, refused_probe


def video(**properties: Any) -> dict[str, Any]:
    rate = {"Numerator": 30, "Denominator": 1}
    return {
        "Index": 1,
        "TrackType": "video",
        "Codec": "AVC",
        "Duration": 60.0,
        "VideoProperties": {"Width": 1080, "Height": 1920, "FrameRate": rate, **properties},
    }


AUDIO = {"Index": 2, "TrackType": "audio", "Codec": "AAC", "AudioProperties": {"Channels": 2}}


def probe(*tracks: dict[str, Any], duration: float = 60.0, size: int = 40_000_000) -> Any:
    container = {"Format": "mp4", "Duration": duration, "Tracks": list(tracks)}
    return {"ProbeResults": [{"Container": container, "Metadata": {"FileSize": size}}]}


def source(**changes: Any) -> Source:
    found = read_probe(probe(video(), AUDIO))
    assert isinstance(found, Source)
    return found.model_copy(update=changes)


def test_an_upright_file_is_read_as_it_is() -> None:
    assert source() == Source(
        container="mp4",
        duration_seconds=60.0,
        width=1080,
        height=1920,
        rotation=0,
        display_width=1080,
        display_height=1920,
        video_codec="AVC",
        frame_rate=30.0,
        audio_tracks=1,
        size=40_000_000,
    )


@pytest.mark.parametrize(
    ("rotation", "shown"),
    [(90, (1080, 1920)), (270, (1080, 1920)), (180, (1920, 1080)), (None, (1920, 1080))],
)
def test_a_phone_lying_on_its_side_is_measured_as_it_is_shown(
    rotation: int | None, shown: tuple[int, int]
) -> None:
    found = read_probe(probe(video(Width=1920, Height=1080, Rotation=rotation)))
    assert isinstance(found, Source)
    assert (found.display_width, found.display_height) == shown
    assert (found.width, found.height) == (1920, 1080)


def test_an_anamorphic_picture_is_measured_in_square_pixels() -> None:
    shape = {"Numerator": 64, "Denominator": 45}
    found = read_probe(probe(video(Width=720, Height=576, SampleAspectRatio=shape)))
    assert isinstance(found, Source)
    assert (found.display_width, found.display_height) == (1024, 576)


UNKNOWN_AUDIO = AUDIO | {"Codec": "UNKNOWN"}
NO_RATE: dict[str, Any] = {"FrameRate": None}
COVERS = [
    video(Width=600, Height=600, **NO_RATE) | {"Codec": "MJPEG"},
    video(Width=600, Height=600, FrameRate={"Numerator": 90_000, "Denominator": 1})
    | {"Codec": "MJPEG"},
    video(Width=600, Height=600, **NO_RATE) | {"Codec": "UNKNOWN"},  # PNG
]


@pytest.mark.parametrize("cover", COVERS, ids=["jpeg", "jpeg with the rate of a clock", "png"])
def test_a_cover_is_not_taken_for_the_picture(cover: dict[str, Any]) -> None:
    for tracks in ([cover, video(), AUDIO], [video(), AUDIO, cover]):
        found = read_probe(probe(*tracks))
        assert isinstance(found, Source)
        assert (found.video_codec, found.width, found.height) == ("AVC", 1080, 1920)
    alone = read_probe(probe(AUDIO, cover))
    assert isinstance(alone, Rejection)
    assert alone.code == "no_video"


def test_moving_pictures_in_jpeg_are_a_video() -> None:
    found = read_probe(probe(video() | {"Codec": "MJPEG"}))
    assert isinstance(found, Source)
    assert found.video_codec == "MJPEG"


def test_the_first_audio_track_that_can_be_decoded_is_taken() -> None:
    usable = AUDIO | {"Index": 3}
    found = read_probe(probe(video(), UNKNOWN_AUDIO, usable))
    assert isinstance(found, Source)
    assert (found.audio_tracks, found.audio_stream) == (2, 3)
    found = read_probe(probe(video(), AUDIO, UNKNOWN_AUDIO | {"Index": 3}))
    assert isinstance(found, Source)
    assert found.audio_stream is None, "the first one is"


@pytest.mark.parametrize(("transfer", "name"), [("SMPTE_2084", "HDR10"), ("ARIB_B67", "HLG")])
def test_high_dynamic_range_is_turned_away_and_ten_bits_alone_are_not(
    transfer: str, name: str
) -> None:
    found = read_probe(probe(video(BitDepth=10, TransferCharacteristics=transfer)))
    assert isinstance(found, Rejection)
    assert found.code == "high_dynamic_range"
    assert name in found.detail
    assert "Export it in SDR" in found.detail
    found = read_probe(probe(video(BitDepth=10, TransferCharacteristics="ITU_709")))
    assert isinstance(found, Source)


def test_a_silent_file_has_no_audio_track() -> None:
    found = read_probe(probe(video()))
    assert isinstance(found, Source)
    assert found.audio_tracks == 0


@pytest.mark.parametrize(
    ("response", "code"),
    [
        ({"ProbeResults": []}, "not_media"),
        ({"ProbeResults": [{"Metadata": {"FileSize": 5}}]}, "not_media"),
        (probe(), "truncated"),
        (probe(AUDIO), "no_video"),
        (probe({**video(), "Codec": "THEORA"}), "unsupported_codec"),
        (probe({**video(), "Codec": "UNKNOWN"}), "unsupported_codec"),
        (probe(video(), {**AUDIO, "Codec": "UNKNOWN"}), "unsupported_codec"),
        (probe({**video(), "Duration": 0}, duration=0), "truncated"),
        (probe(video(BitRate=16_000_000), size=60_000_000), "truncated"),
    ],
)
def test_a_file_that_cannot_be_encoded_is_turned_away(response: Any, code: str) -> None:
    found = read_probe(response)
    assert isinstance(found, Rejection)
    assert found.code == code
    assert found.detail.endswith(".")


def test_a_second_audio_track_in_a_strange_format_does_no_harm() -> None:
    assert isinstance(read_probe(probe(video(), AUDIO, {**AUDIO, "Codec": "UNKNOWN"})), Source)


def test_a_file_of_the_size_that_its_tracks_declare_is_whole() -> None:
    assert isinstance(read_probe(probe(video(BitRate=16_000_000), size=120_000_000)), Source)


def test_a_refused_probe_rejects_the_file_only_where_the_file_is_at_fault() -> None:
    not_media, truncated = (
        refused_probe("BadRequestException"),
        refused_probe("UnprocessableEntityException"),
    )
    assert not_media
    assert not_media.code == "not_media"
    assert truncated
    assert truncated.code == "truncated"
    assert refused_probe("TooManyRequestsException") is None
    assert refused_probe("NotFoundException") is None


def test_an_episode_at_the_limits_is_accepted() -> None:
    at_limit = source(duration_seconds=180.0, display_width=360, display_height=640)
    assert examine(at_limit, max_duration_seconds=180, min_short_side=360) is None


def test_an_episode_that_is_too_long_says_by_how_much() -> None:
    rejection = examine(
        source(duration_seconds=245.0), max_duration_seconds=180, min_short_side=360
    )
    assert rejection
    assert rejection.code == "too_long"
    assert "4 min 5 s" in rejection.detail
    assert "3 min 0 s" in rejection.detail


def test_a_picture_that_is_too_small_says_its_size() -> None:
    small = source(display_width=320, display_height=568)
    rejection = examine(small, max_duration_seconds=180, min_short_side=360)
    assert rejection
    assert rejection.code == "too_small"
    assert "320x568" in rejection.detail
