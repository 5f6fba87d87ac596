"""An ordinary call writes at most 600 bytes: its line, and what it counts."""

import importlib
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from cliffhanger import log
from cliffhanger.routing import Route
from functions.registry import HTTP_FUNCTIONS
from tests.unit.entitlements.owning import unlock_drama
from tests.unit.gateway import event
from tests.unit.pipeline import Transcoder, arrived, complete, deliver, told, upload
from tests.unit.playback.viewing import play, season
from tests.unit.purchases.core.market import TOKEN, Market
from tests.unit.wallet.wallet_steps import buy
from tests.unit.written import Now, Written

MOST = 600
ROUTES = [(one.name, route) for one in HTTP_FUNCTIONS for route in one.routes]
CONTEXT = SimpleNamespace(aws_request_id="0f8fad5b-d9cb-469f-a165-70867728950e")
LONGEST_ID = "c" * 64
CLAIMS = {"token_use": "access", "username": "vwr_01JD0000000000000000000000"}


def size(lines: list[str]) -> int:
    return sum(len(line.encode()) for line in lines)


@pytest.mark.parametrize(("name", "route"), ROUTES, ids=[one.operation for _, one in ROUTES])
def test_whatever_a_route_is_called_with_its_line_is_short(
    stage: None, written: Written, monkeypatch: pytest.MonkeyPatch, name: str, route: Route
) -> None:
    service_named(name, monkeypatch)
    handler = importlib.import_module(f"functions.{name}.handler").handler
    sent = event(
        f"{route.method} {route.full_path}",
        {"nonsense": True},
        claims=CLAIMS | {"cognito:groups": "[studio]"},
        path=dict.fromkeys(route.parameters, "x" * 26),
        headers={"x-correlation-id": LONGEST_ID},
    )
    sent["requestContext"]["requestId"] = "JKJaXmPLvHcESHA="
    handler(sent, CONTEXT)
    lines = written()
    (line,) = [one for one in lines if json.loads(one).get("message") == route.operation]
    assert len(line.encode()) <= MOST, line
    read = json.loads(line)
    assert (read["service"], read["correlation_id"]) == (name, LONGEST_ID)
    assert read["xray_trace_id"]
    assert "location" not in read


def service_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Log as this function does in its stage."""
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", name)
    log.logger.cache_clear()
    for one in log.logger().handlers:
        one.stream = Now()  # type: ignore[attr-defined]


def test_a_call_that_counts_something_stays_short_with_all_that_it_writes(
    key: str, market: Market, written: Written
) -> None:
    locked, _ = season(2, free_episodes=0, episode_price=60)
    calls: list[Callable[[], Any]] = [
        lambda: play(locked, {"unlock": "none"}),
        lambda: play(locked, {"unlock": "coins"}),
        lambda: buy(500) and unlock_drama(locked["drama_id"]),
        lambda: market.claim(market.shop.buy(account_token=TOKEN).signed_transaction),
        market.tell_all,
    ]
    written()
    for call in calls:
        call()
        lines = written()
        assert size(lines) <= 2 * MOST if call == market.tell_all else size(lines) <= MOST, lines


def test_a_message_of_a_queue_writes_a_short_line(
    transcoder: Transcoder, episode: Any, written: Written
) -> None:
    written()
    deliver(arrived(upload(episode)))
    (job,) = transcoder.jobs
    deliver(told(job, "PROGRESSING", jobProgress={"jobPercentComplete": 40}))
    deliver(complete(job))
    lines = written()
    assert len(lines) > 3
    for line in lines:
        assert len(line.encode()) <= MOST, line
