"""Bills: what AWS takes for a million calls, for a thousand hours, and for a title. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bench.calling import Cost
from bench.logs import MOST
from cliffhanger.media.cost import estimate
from cliffhanger.media.models import AssetRendition
from infra.stage import read_stage
from local.layout import ROOT

_TELLS_THE_BUS = {"unlock", "purchase", "progress"}
_SEGMENT_SECONDS = 2
_REVOCATIONS_AND_KEY = 5  # reads of the edge's key store for a request
_MILLION, _GB = 1e6, 1e9
Prices = Mapping[str, Any]


@dataclass(frozen=True)
class Bill:
    """Dollars, by what they are for."""

    parts: Mapping[str, float]

    @property
    def total(self) -> float:
        """All of it."""
        return sum(self.parts.values())


def per_million(cost: Cost, name: str, prices: Prices) -> Bill:
    """Return what a million warm calls of an operation cost."""
    each, gb, assumed = prices["per_million"], prices["per_gb"], prices["assumed"]
    events = 1 if name in _TELLS_THE_BUS else 0
    waits = (cost.trips + events) * assumed["milliseconds_of_a_trip"]
    seconds = (assumed["milliseconds_of_a_call"] + waits) / 1000
    compute = seconds * assumed["memory_gb"] * gb["lambda_seconds"] * _MILLION
    logged = (MOST + assumed["log_bytes_of_lambda"]) * _MILLION / _GB * gb["logs"]
    written = cost.write_units + cost.index_units
    table = cost.read_units * each["read_units"] + written * each["write_units"]
    return Bill(
        {
            "edge and WAF": each["cloudfront_requests"] + each["waf_requests"],
            "gateway": each["http_api_calls"],
            "Lambda": each["lambda_calls"] + compute,
            "DynamoDB": table,
            "events": events * each["events"],
            "logs and traces": logged + assumed["traced_share"] * each["traces"],
        }
    )


def per_thousand_hours(operations: Mapping[str, Bill], prices: Prices) -> dict[str, Bill]:
    """Return what a thousand hours of watching cost: delivery, its checks, and the API.

    The list of episodes has each one's path, so an app asks once an evening, and for each unlock.
    """
    each, assumed = prices["per_million"], prices["assumed"]
    hours = 1000
    episodes = hours * 3600 / assumed["episode_seconds"]
    gigabytes = hours * 3600 * assumed["average_megabits"] * _MILLION / 8 / _GB
    # A segment of picture and one of sound; a master and two playlists of each episode.
    requests = (hours * 3600 / _SEGMENT_SECONDS * 2 + episodes * 3) / _MILLION
    checks = each["cloudfront_functions"] + _REVOCATIONS_AND_KEY * each["cloudfront_key_reads"]
    calls = {
        "playback check": hours / assumed["hours_an_evening"],
        "unlock": hours * assumed["unlocks_an_hour"],
        "progress": hours * assumed["reports_an_hour"],
    }
    api = sum(operations[name].total * count / _MILLION for name, count in calls.items())
    return {
        "delivery": Bill(
            {
                "egress": gigabytes * prices["per_gb"]["egress"],
                "requests": requests * each["cloudfront_requests"],
                "checks at the edge": requests * checks,
                "S3": requests * assumed["edge_cache_misses"] * each["s3_gets"],
                "API": api,
            }
        )
    }


def per_title(delivery: Bill, prices: Prices) -> dict[str, Bill]:
    """Return what a title costs for some numbers of viewers, with a year of its storage.

    Args:
        delivery: of a thousand hours of watching.
        prices: of everything else, and what is assumed.
    """
    assumed = prices["assumed"]
    ladder = read_stage(ROOT / "stages" / "prod.toml").media.ladder
    renditions = [
        AssetRendition(
            name=rung.name,
            width=rung.short_side,
            height=rung.short_side * 16 // 9,
            max_bitrate=rung.max_bitrate,
        )
        for rung in ladder
    ]
    job = estimate(
        renditions,
        duration_ms=assumed["episode_seconds"] * 1000,
        frame_rate=30,
        has_audio=True,
    )
    bits = sum(rung.max_bitrate for rung in ladder) * assumed["bitrate_share"]
    seconds = assumed["episodes"] * assumed["episode_seconds"]
    kept = bits / 8 * seconds / _GB
    hours = assumed["watched_share"] * seconds / 3600  # of one viewer
    return {
        f"{viewers:,} viewers": Bill(
            {
                "MediaConvert": job.usd_micros * assumed["episodes"] / _MILLION,
                "storage": kept * prices["per_gb"]["storage_month"] * 12,
                "delivery": viewers * hours * delivery.total / 1000,
            }
        )
        for viewers in (0, *assumed["viewers"])
    }
