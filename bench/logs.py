"""Bytes of log for each call."""

import io
from collections.abc import Sequence

from bench import operations, world
from bench.calling import answer, handler_of
from bench.operations import Context, Event, Operation
from bench.row import Line, Progress, Row, at_most
from bench.stage import caught_by, silent, stage

MOST = 600


def log_bytes() -> dict[str, int]:
    """Return the bytes that a warm call of each operation logs, and that of a refusal."""
    with silent(), stage() as shop:
        found = operations.of(world.made(episodes=20), shop)
        told = {}
        for name, operation in found.items():
            answer(operation, operation.event())
            told[name] = _written(operation, operation.event())
        refused = found["unlock"].event() | {"body": '{"unlock": "none"}'}
        told["a refusal"] = _written(found["unlock"], refused)
    return told


def _written(operation: Operation, event: Event) -> int:
    stream = io.StringIO()
    caught_by(stream)
    handler_of(operation)(event, Context)
    return len(stream.getvalue().encode())


def measure(progress: Progress) -> Sequence[Line]:
    """Call every operation and count what it writes."""
    progress("calling every operation")
    return [
        Line(what=name, measured=f"{found} bytes", **at_most(found, MOST, "bytes"))
        for name, found in log_bytes().items()
    ]


ROW = Row(
    name="logs",
    title="Log bytes of one call",
    measure=measure,
    reading=(
        "One structured line a call, with the operation, the status, the time it took, the ids of"
        " the gateway, of Lambda and of the trace. No token, receipt or personal data is in it."
    ),
)
