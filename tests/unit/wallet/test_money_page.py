"""docs/money.md shows the ledger as it is really written."""

import re
from collections.abc import Callable, Iterator, Sequence

import pytest

from cliffhanger.dynamo import Write
from cliffhanger.entitlements import refunded
from cliffhanger.wallet import changes, ledger, wallets
from cliffhanger.wallet.audit import audit
from cliffhanger.wallet.changes import Change
from cliffhanger.wallet.entries import Entry
from cliffhanger.wallet.grants import Bought
from cliffhanger.wallet.refunds import Taken
from local.layout import ROOT
from tests.unit.gateway import VIEWER
from tests.unit.wallet.wallet_steps import buy, coins, refund, spend

TEXT = (ROOT / "docs" / "money.md").read_text()
Row = tuple[str, dict[str, int], tuple[int, ...]]
Step = Callable[[], object]


def rows(title: str) -> list[Row]:
    """The kind, postings and wallet of each line of the table below a heading."""
    section = TEXT.split(f"## {title}\n")[1].split("\n## ")[0]
    found = re.findall(r"^\| [^|]+ \| `(\w+)` \| `([^`]+)` \| ([\d, ]+) \|$", section, re.MULTILINE)
    return [
        (kind, postings(told), tuple(map(int, after.split(", ")))) for kind, told, after in found
    ]


def postings(told: str) -> dict[str, int]:
    return {name: int(count) for name, count in (one.split() for one in told.split(", "))}


class Pack:
    """A pack of the page, and what has been taken of it by now."""

    def __init__(self) -> None:
        self.bought: Bought | None = None
        self.taken = Taken()

    def buy(self) -> None:
        self.bought = buy(100, 10)

    def refunded(self, percent: int) -> Step:
        def step() -> None:
            assert self.bought
            self.taken = refund(self.bought, self.taken, percent * 1000)

        return step

    def closed(self) -> None:
        """What it alone has opened closes, as it does before a refund of all of it."""
        bought = self.bought
        assert bought

        def prepare() -> tuple[Change, Sequence[Write]]:
            closing = refunded.close(
                wallets.whole(wallets.read(VIEWER)), bought, due=60, owed=0, key="once"
            )
            assert closing
            return closing.change, closing.writes

        changes.commit(prepare)

    def reopened(self) -> None:
        assert self.bought
        refunded.reopen(VIEWER, "production", self.bought)


PACK = "One pack, from the purchase to the reversed refund"
DEBT = "A debt that the next pack pays"
GONE = "The same where unlocks go"
HALF = "Half of it, then the rest"


def steps(title: str) -> list[Step]:
    first, second = Pack(), Pack()
    return {
        PACK: [first.buy, lambda: spend(60), first.refunded(100), first.refunded(0)],
        GONE: [
            first.buy,
            lambda: spend(60),
            first.closed,
            first.refunded(100),
            first.refunded(0),
            first.reopened,
        ],
        DEBT: [first.buy, lambda: spend(60), first.refunded(100), second.buy, first.refunded(0)],
        HALF: [first.buy, first.refunded(25), first.refunded(100)],
    }[title]


def written(
    title: str, later: Callable[..., None]
) -> Iterator[tuple[list[Entry], tuple[int, ...]]]:
    """The entries of each step, and the wallet after it."""
    seen = 0
    for step in steps(title):
        step()
        every = list(ledger.every(VIEWER, "production"))
        yield every[seen:], coins()
        seen = len(every)
        later(seconds=1)


@pytest.mark.parametrize("title", [PACK, GONE, DEBT, HALF])
def test_the_examples_are_what_the_ledger_says(
    stage: None, later: Callable[..., None], title: str
) -> None:
    told = iter(rows(title))
    for entries, after in written(title, later):
        for place, entry in enumerate(entries, 1):
            kind, posted, wallet = next(told)
            assert (entry.kind, dict(entry.postings)) == (kind, posted)
            assert sum(posted.values()) == 0
            if place == len(entries):
                assert after == wallet
    assert next(told, None) is None, "the page tells of nothing that did not happen"
    assert audit(VIEWER).faults == ()
