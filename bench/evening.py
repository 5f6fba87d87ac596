"""An evening: eighty episodes of a drama, one after the other, and what it asks of the API."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench import world
from bench.operations import PLAYBACK, Context
from bench.row import Line, Progress, Row, at_most
from bench.stage import silent, stage
from bench.world import World
from functions.viewing.handler import handler
from tests.unit.entitlements.owning import subscribe
from tests.unit.gateway import VIEWER, event

EPISODES, UNLOCKS = 80, 20
MOST_BYTES = 4096


@dataclass
class Evening:
    """What an app asked for: its calls, and how many of them only asked for more paths."""

    answers: list[bytes] = field(default_factory=list)
    for_paths: int = 0

    @property
    def calls(self) -> int:
        """Every call of playback."""
        return len(self.answers)

    @property
    def largest(self) -> int:
        """The bytes of the largest answer."""
        return max(map(len, self.answers))


def watch(drama: World) -> Evening:
    """Watch a drama as an app does: it calls when the token or the paths it has do not reach."""
    evening = Evening()
    opened: set[int] = set()
    paths: set[str] = set()
    for episode in drama.episodes:
        if episode.number in opened and episode.id in paths:
            continue
        evening.for_paths += episode.number in opened
        answer = _play(episode.id)
        evening.answers.append(answer)
        told = json.loads(answer)
        opened = set(_numbers(told["open"]))
        paths |= {one["episode_id"] for one in told["episodes"]}
    return evening


def evenings() -> dict[str, Evening]:
    """Return the evening of a VIP, and of a viewer who unlocks the last twenty episodes."""
    with silent(), stage():
        subscribe()
        vip = watch(world.made(episodes=EPISODES))
    with silent(), stage():
        payer = watch(world.made(episodes=EPISODES, owned=EPISODES - UNLOCKS))
    return {"80 episodes as VIP": vip, "80 episodes with 20 unlocks": payer}


def _play(episode_id: str) -> bytes:
    claims = {"token_use": "access", "username": VIEWER}
    body, path = {"unlock": "coins"}, {"episode_id": episode_id}
    answer: Any = handler(event(PLAYBACK, body, claims=claims, path=path), Context)
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
        token = evening.calls - evening.for_paths
        lines += [
            Line(
                what=f"{name}: calls for a token",
                measured=str(token),
                goal=f"1 + {unlocks}",
                met=token == 1 + unlocks,
            ),
            Line(
                what=f"{name}: calls of an app that learns paths from answers alone",
                measured=str(evening.calls),
                goal=f"1 + {unlocks}",
                met=evening.calls == 1 + unlocks,
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
        "Real handlers. One token opens everything that is open, so nothing but an unlock needs"
        " another. But an answer lists the paths of the episode asked for and the next ten, which"
        " keeps it small, and a path is told nowhere else: an app asks again every eleven"
        " episodes. All eighty paths would be an answer of some 12 KB. If the public list of"
        " episodes told each one's path, which opens nothing without a token, the figure would be"
        " one."
    ),
)
