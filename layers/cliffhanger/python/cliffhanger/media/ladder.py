"""The ladder: which sizes an episode is encoded in.

A rung is named by its SHORT side, so that one ladder serves portrait and landscape alike:
"1080p" is 1080x1920 upright and 1920x1080 lying. The ladder itself is data of the stage file.
"""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from cliffhanger.model import Model

# MediaConvert's own range for MaxBitrate is 1,000 to 1,152,000,000 bit/s.
Bitrate = Annotated[int, Field(ge=1_000, le=1_152_000_000)]
Quality = Annotated[int, Field(ge=1, le=10)]


class Rung(Model, frozen=True, extra="forbid"):
    """One step of the ladder: `short_side` in pixels, `max_bitrate` in bit/s, QVBR `quality`."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9]{1,16}$")]
    short_side: Annotated[int, Field(ge=32, le=4096, multiple_of=2)]
    max_bitrate: Bitrate
    quality: Quality


class Rendition(Model, frozen=True):
    """One rung applied to one source: `width` and `height` in pixels, both even."""

    name: str
    width: int
    height: int
    max_bitrate: Bitrate
    quality: Quality


def renditions(
    display_width: int, display_height: int, ladder: Sequence[Rung]
) -> tuple[Rendition, ...]:
    """The sizes to encode a source in, the largest first.

    Args:
        display_width: the source's width in pixels, after rotation.
        display_height: its height in pixels, after rotation.
        ladder: the rungs of the stage, in any order.

    Returns:
        One rendition for every rung that is not larger than the source. Nothing is scaled up,
        the aspect is kept to the nearest even pixel.

    Raises:
        ValueError: no rung fits. `source.examine` turns such a source away before this.
    """
    short_side = min(display_width, display_height)
    fitting = sorted(
        (rung for rung in ladder if rung.short_side <= short_side),
        key=lambda rung: rung.short_side,
        reverse=True,
    )
    if not fitting:
        raise ValueError(f"no rung fits a picture of {display_width}x{display_height}")
    return tuple(_fit(rung, display_width, display_height) for rung in fitting)


def _fit(rung: Rung, display_width: int, display_height: int) -> Rendition:
    short_side, long_side = sorted((display_width, display_height))
    # H.264 in 4:2:0 wants even sides; the cap keeps an odd source from growing by a pixel.
    scaled = 2 * round(long_side * rung.short_side / short_side / 2)
    scaled = min(scaled, long_side - long_side % 2)
    upright = display_width <= display_height
    return Rendition(
        name=rung.name,
        width=rung.short_side if upright else scaled,
        height=scaled if upright else rung.short_side,
        max_bitrate=rung.max_bitrate,
        quality=rung.quality,
    )
