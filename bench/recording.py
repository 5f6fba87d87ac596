"""What an operation asks of AWS and what it is answered, kept to be played back at the socket."""

import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import operations, world
from bench.calling import answer
from bench.meter import Call, metering
from bench.operations import Event, Operation
from bench.stage import environment, forget, silent, stage
from cliffhanger.catalog import generations

RECORDED = ("playback check", "unlock", "wallet", "purchase")


@dataclass(frozen=True)
class Recording:
    """One warm call: the events before it and its own, and the calls of AWS of each."""

    function: str
    events: tuple[Event, Event]
    before: tuple[Call, ...]
    calls: tuple[Call, ...]
    environment: Mapping[str, str]

    def answers(self) -> dict[str, tuple[list[bytes], list[bytes]]]:
        """Return what is answered for each target: at first, and then again and again."""
        found: dict[str, tuple[list[bytes], list[bytes]]] = {}
        for place, calls in enumerate((self.before, self.calls)):
            for call in calls:
                found.setdefault(call.target, ([], []))[place].append(call.answer)
        return found


def record() -> dict[str, Recording]:
    """Record the operations whose warm CPU is measured."""
    with silent(), stage() as shop:
        found = operations.of(world.made(episodes=80, unlocks=30), shop)
        return {name: _recorded(found[name]) for name in RECORDED}


def _recorded(operation: Operation) -> Recording:
    events = operation.event(), operation.event()
    forget()
    with metering() as before:
        answer(operation, events[0])
        episode_id = events[1].get("pathParameters", {}).get("episode_id")
        if episode_id:
            generations.place(episode_id)  # asked for by the second event's first call alone
    with metering() as measured:
        answer(operation, events[1])
    return Recording(
        function=operation.function,
        events=events,
        before=tuple(before.calls),
        calls=tuple(measured.calls),
        environment=environment(),
    )


def save(recording: Recording, path: Path) -> None:
    """Write what the processes that play it back need, in plain values."""
    kept: dict[str, Any] = {
        "function": recording.function,
        "events": recording.events,
        "calls": [(call.service, call.operation, call.asked) for call in recording.calls],
        "answers": recording.answers(),
    }
    path.write_bytes(pickle.dumps(kept))
