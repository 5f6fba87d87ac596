"""An evening: eighty episodes of a drama, one after the other, and what it asks of the API."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench import world
from bench.operations import EPISODE_LIST, PLAYBACK, Context, Event
from bench.row import Line, Progress, Row, at_most
from bench.stage import silent, stage
from bench.world import World
from functions.catalog.handler import handler as catalog
from functions.viewing.handler import handler
from tests.unit.entitlements.owning import subscribe
from tests.unit.gateway import VIEWER, Handler, event

EPISODES, UNLOCKS = 80, 20
MOST_BYTES = 4096


@dataclass
class Evening:
    """What an app asked of playback, and where it found each episode."""

    answers: list[bytes] = field(default_factory=list)
    urls: dict[str, str] = field(default_factory=dict)

    @property
    def calls(self) -> int:
        """Every call of playback."""
        return len(self.answers)

    @property
    def largest(self) -> int:
        """The bytes of the largest answer."""
        return max(map(len, self.answers))


def watch(drama: World) -> Evening:
    """Watch a drama as an app does, which knows nothing but answers.

    It reads the public list once, and asks for a playback when its token does not open the next
    episode of it.

    Raises:
        RuntimeError: what it puts together is not the URL that playback answers.
    """
    evening = Evening()
    opened: set[int] = set()
    base_url = ""
    for episode in _listed(drama.drama_id):
        if episode["number"] not in opened:
            answer = _play(episode["id"])
            evening.answers.append(answer)
            told = json.loads(answer)
            opened, base_url = set(_numbers(told["open"])), told["base_url"]
            if told["url"] != base_url + episode["path"]:
                raise RuntimeError(f"{episode['id']} does not play where the list says")
        evening.urls[episode["id"]] = base_url + episode["path"]
    return evening


def evenings() -> dict[str, Evening]:
    """Return the evening of a VIP, and of a viewer who unlocks the last twenty episodes."""
    with silent(), stage():
        subscribe()
        vip = watch(world.made(episodes=EPISODES))
    with silent(), stage():
        payer = watch(world.made(episodes=EPISODES, owned=EPISODES - UNLOCKS))
    return {"80 episodes as VIP": vip, "80 episodes with 20 unlocks": payer}


def _listed(drama_id: str) -> Iterable[dict[str, Any]]:
    query = {"limit": "100"}
    asked = event(EPISODE_LIST, path={"drama_id": drama_id}, query=query)
    found: list[dict[str, Any]] = json.loads(_answered(catalog, asked))["items"]
    return found


def _play(episode_id: str) -> bytes:
    claims = {"token_use": "access", "username": VIEWER}
    body, path = {"unlock": "coins"}, {"episode_id": episode_id}
    return _answered(handler, event(PLAYBACK, body, claims=claims, path=path))


def _answered(function: Handler, asked: Event) -> bytes:
    answer = function(asked, Context)
    if answer["statusCode"] != 200:
        raise RuntimeError(answer["body"])
    return str(answer["body"]).encode()


def _numbers(text: str) -> Iterable[int]:
    for part in text.split(","):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def measure(progress: Progress) -> Sequence[Line]:
    """Watch twice."""
    progress("watching twice eighty episodes")
    lines = []
    for (name, evening), unlocks in zip(evenings().items(), (0, UNLOCKS), strict=True):
        played = len(evening.urls) == EPISODES
        lines += [
            Line(
                what=f"{name}: calls of playback",
                measured=str(evening.calls),
                goal=f"1 + {unlocks}",
                met=played and evening.calls == 1 + unlocks,
            ),
            Line(
                what=f"{name}: largest answer",
                measured=f"{evening.largest} bytes",
                **at_most(evening.largest, MOST_BYTES, "bytes"),
            ),
        ]
    return lines


ROW = Row(
    name="evening",
    title="Playback calls in an evening of 80 episodes",
    measure=measure,
    reading=(
        "Real handlers, and an app that knows nothing but answers. One token opens everything"
        " that is open, so nothing but an unlock needs another. Where an episode stands"
        " is told by the public list, which is cached at the edge and read once: a path opens"
        " nothing without a token. The answers of playback stay small, since they list the episode"
        " asked for and the next ten."
    ),
)
