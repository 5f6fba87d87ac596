"""What a transcoding costs: an estimate from output minutes, in Amazon's list prices.

The prices are those of MediaConvert's Basic tier, on demand, in us-east-1, as listed in 2026. A
month's volume and another region change them; the bill has the truth.
Source: aws.amazon.com/mediaconvert/pricing: 0.0075 dollars for a normalized minute of the first
tier, times 2 for HD, 4 for UHD and 0.4 for sound; an output is billed for at least ten seconds.
"""

import math
from collections.abc import Sequence

from cliffhanger.media.models import AssetRendition, Cost

PRICES_OF = "2026-11 us-east-1"
_HD_PIXELS = 1280 * 720
_UHD_PIXELS = 1920 * 1080 + 1
_SHORTEST_SECONDS = 10
# Micro-dollars a minute at up to 30 frames a second; twice that up to 60.
_SD, _HD, _UHD, _SOUND = 7_500, 15_000, 30_000, 3_000
_COMMON_FRAME_RATE = 30


def estimate(
    renditions: Sequence[AssetRendition],
    *,
    duration_ms: int,
    frame_rate: int,
    has_audio: bool,
) -> Cost:
    """Return what the job of an asset costs. Frame captures are free.

    Args:
        renditions: the sizes that were made.
        duration_ms: the length of the video.
        frame_rate: frames a second, 0 where it is not known.
        has_audio: whether there is an output of sound.
    """
    seconds = max(_SHORTEST_SECONDS, math.ceil(duration_ms / 1000))
    factor = 2 if frame_rate > _COMMON_FRAME_RATE else 1
    rates = [factor * _rate(one.width * one.height) for one in renditions]
    rates += [_SOUND] if has_audio else []
    return Cost(
        usd_micros=round(sum(rates) * seconds / 60),
        output_seconds=seconds * len(rates),
        prices=PRICES_OF,
    )


def _rate(pixels: int) -> int:
    if pixels < _HD_PIXELS:
        return _SD
    return _HD if pixels < _UHD_PIXELS else _UHD
