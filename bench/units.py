"""Round trips and units of each operation, whatever has grown."""

from collections.abc import Mapping, Sequence

from bench import operations, world
from bench.calling import Cost, cost, warm_call
from bench.row import Line, Progress, Row
from bench.stage import silent, stage

CONTRACT = {
    "playback check": Cost(1, 3, 0, 0),
    "unlock": Cost(2, 8, 6, 0),
    "wallet": Cost(1, 2, 0, 0),
    "purchase": Cost(6, 8, 8, 2),
    "progress": Cost(3, 1.5, 2, 0),
    "history": Cost(2, 1, 0, 0),
    "drama": Cost(1, 0.5, 0, 0),
    "episode list": Cost(1, 0.5, 0, 0),
}
"""What one warm call asks of DynamoDB. A page of a list costs by what stands on it, so the lists of
dramas, entries and access are not here."""

SIZES: Mapping[str, Mapping[str, int]] = {
    "10 episodes": {"episodes": 10},
    "100 episodes": {"episodes": 100},
    "1,000 episodes": {"episodes": 1000},
    "1,000 unlocks": {"episodes": 100, "unlocks": 1_000},
    "10,000 unlocks": {"episodes": 100, "unlocks": 10_000},
    "200 packs": {"episodes": 100, "packs": 200},
    "1,000 viewers": {"episodes": 100, "crowd": 1_000},
    "100,000 viewers": {"episodes": 100, "crowd": 100_000},
}
"""What grows. The first is the baseline of the others."""


def costs(size: Mapping[str, int]) -> dict[str, Cost]:
    """Return what each operation of the contract costs in a world of this size."""
    with silent(), stage() as shop:
        found = operations.of(world.made(**size), shop)
        return {name: cost(warm_call(found[name])[1]) for name in CONTRACT}


def measure(progress: Progress) -> Sequence[Line]:
    """Measure every operation in worlds of every size."""
    found: dict[str, dict[str, Cost]] = {}
    for name, size in SIZES.items():
        progress(name)
        found[name] = costs(size)
    return [_line(name, {size: one[name] for size, one in found.items()}) for name in CONTRACT]


def _line(name: str, by_size: Mapping[str, Cost]) -> Line:
    wanted = CONTRACT[name]
    of_tables = {one.of_tables for one in by_size.values()}
    return Line(
        what=name,
        measured="; ".join(sorted({one.text for one in by_size.values()})),
        ratio="flat" if len(of_tables) == 1 else "grows",
        goal=f"{wanted.text}, flat but for indexes",
        met=of_tables == {wanted.of_tables},
    )


ROW = Row(
    name="units",
    title="Round trips and units of one warm call",
    measure=measure,
    reading=(
        "Real handlers on an emulated DynamoDB; units are computed from the items' bytes."
        " Each operation is measured with 10, 100 and 1,000 episodes in its drama, 1,000 and"
        " 10,000 unlocks of its viewer before, 200 packs unspent, and 1,000 and 100,000"
        " viewers beside: a figure stands here once when it is the same for all of them. A"
        " playback check reads six items in one trip (the viewer with their VIP, unlocks,"
        " drama, and what may be revoked: viewer, drama and episode); an unlock reads them"
        " consistently with both wallets, and writes three items in one transaction. A"
        " purchase grants by a transaction of six units; the others are the key of the request"
        " and the record once the bus was told. Its index units are its record's place among"
        " what is due: the acknowledgement that follows takes it out again. With 200 packs"
        " unspent it takes one more, for the lots that its entry bears."
    ),
)
