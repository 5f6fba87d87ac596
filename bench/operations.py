"""The operations that are measured: the function that answers each, and an event for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bench.world import World
from cliffhanger import clock, ids
from cliffhanger.catalog import generations
from tests.unit.gateway import VIEWER, event
from tests.unit.local_apple.shop import Shop
from tests.unit.purchases.core.market import TOKEN

Event = dict[str, Any]
PLAYBACK = "POST /v1/episodes/{episode_id}/playback"


@dataclass(frozen=True)
class Operation:
    """One operation: its function, and how an event for it is made, another one each time."""

    name: str
    function: str
    event: Callable[[], Event]


def of(world: World, shop: Shop) -> Mapping[str, Operation]:
    """Return every operation that is measured, for the viewer of a world."""
    drama = {"drama_id": world.drama_id}
    locked = iter(reversed(world.episodes))

    def play(episode_id: str, **body: str) -> Event:
        return _viewer(PLAYBACK, body, path={"episode_id": episode_id})

    def unlock() -> Event:
        episode = next(locked)
        generations.place(
            episode.id
        )  # where an episode stands never changes: a warm function knows
        return play(episode.id, unlock="coins")

    def buy() -> Event:
        bought = shop.buy(account_token=TOKEN)
        sent = {"store": "apple", "signed_transaction": shop.signed(bought)}
        return _viewer("POST /v1/purchases", sent)

    first = world.episodes[0].id
    found = (
        Operation("playback check", "viewing", lambda: play(first)),
        Operation("unlock", "viewing", unlock),
        Operation("wallet", "wallet", lambda: _viewer("GET /v1/wallet")),
        Operation("purchase", "purchases", buy),
        Operation("wallet entries", "wallet", lambda: _viewer("GET /v1/wallet/entries")),
        Operation("access list", "viewing", lambda: _viewer(_ACCESS, path=drama)),
        Operation("progress", "viewing", lambda: _viewer("POST /v1/progress", _report(first))),
        Operation("history", "viewing", lambda: _viewer("GET /v1/history")),
        Operation("drama", "catalog", lambda: event("GET /v1/dramas/{drama_id}", path=drama)),
        Operation("drama list", "catalog", lambda: event("GET /v1/dramas")),
        Operation("episode list", "catalog", lambda: event(EPISODE_LIST, path=drama)),
    )
    return {one.name: one for one in found}


_ACCESS = "GET /v1/dramas/{drama_id}/access"
EPISODE_LIST = "GET /v1/dramas/{drama_id}/episodes"


class Context:
    """What Lambda hands over beside the event, in its real length."""

    function_name = "Cliffhanger-prod-api-Viewing5A3F9C21-0aBcDeFgHiJk"
    memory_limit_in_mb = 512
    invoked_function_arn = f"arn:aws:lambda:us-east-1:123456789012:function:{function_name}"
    aws_request_id = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"


def _viewer(route: str, body: object = None, **wanted: Any) -> Event:
    claims = {"token_use": "access", "username": VIEWER}
    made = event(route, body, claims=claims, **wanted)
    made["requestContext"]["requestId"] = "JKJaXmPLvHcESHA="
    return made


def _report(episode_id: str) -> object:
    seen = {
        "session_id": ids.new("ses"),
        "episode_id": episode_id,
        "position_seconds": 30.5,
        "watched_seconds": 30.5,
        "at": clock.iso(clock.now()),
    }
    return {"items": [seen]}
