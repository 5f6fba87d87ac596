"""The ladder: which sizes a source is encoded in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from cliffhanger.media.ladder import Rung, renditions

LADDER = (
    Rung(name="360p", short_side=360, max_bitrate=700_000, quality=7),
    Rung(name="1080p", short_side=1080, max_bitrate=6_000_000, quality=9),
    Rung(name="720p", short_side=720, max_bitrate=4_000_000, quality=8),
    Rung(name="540p", short_side=540, max_bitrate=2_000_000, quality=7),
)


def sizes(width: int, height: int) -> list[tuple[str, int, int]]:
    return [(r.name, r.width, r.height) for r in renditions(width, height, LADDER)]


def test_a_portrait_source_gets_every_rung_upright_and_the_largest_first() -> None:
    assert sizes(1080, 1920) == [
        ("1080p", 1080, 1920),
        ("720p", 720, 1280),
        ("540p", 540, 960),
        ("360p", 360, 640),
    ]


def test_a_landscape_source_of_the_same_pixels_gets_the_same_rungs_lying() -> None:
    assert sizes(1920, 1080)[0] == ("1080p", 1920, 1080)
    assert sizes(1920, 1080)[-1] == ("360p", 640, 360)


def test_a_source_between_two_rungs_starts_at_the_lower_one() -> None:
    assert [name for name, _, _ in sizes(1000, 1778)] == ["720p", "540p", "360p"]


def test_a_source_that_is_just_the_lowest_rung_is_not_scaled_up() -> None:
    assert sizes(360, 640) == [("360p", 360, 640)]


def test_a_source_under_the_lowest_rung_is_no_matter_of_the_ladder() -> None:
    with pytest.raises(ValueError, match="no rung fits a picture of 358x640"):
        renditions(358, 640, LADDER)


def test_a_rendition_carries_the_bitrate_and_quality_of_its_rung() -> None:
    top = renditions(2160, 3840, LADDER)[0]
    assert (top.max_bitrate, top.quality) == (6_000_000, 9)


@given(st.integers(360, 4000), st.integers(360, 4000))
def test_no_rendition_is_odd_or_larger_than_its_source_or_distorted(
    width: int, height: int
) -> None:
    for rendition in renditions(width, height, LADDER):
        assert rendition.width % 2 == 0
        assert rendition.height % 2 == 0
        assert rendition.width <= width
        assert rendition.height <= height
        kept = rendition.width * height / width
        assert abs(rendition.height - kept) <= 2 * max(1, height / width)


@pytest.mark.parametrize("change", [{"short_side": 361}, {"quality": 11}, {"max_bitrate": 1}])
def test_a_rung_that_cannot_be_encoded_is_refused(change: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        Rung.model_validate({**LADDER[0].model_dump(), **change})
