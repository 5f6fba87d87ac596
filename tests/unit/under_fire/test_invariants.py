"""Invariants of the wallet that no other room names: see tests/contract/test_invariants.py."""

from collections.abc import Callable

import pytest

from cliffhanger import clock, dynamo
from cliffhanger.dynamo import Item
from cliffhanger.wallet import changes, ledger, spending, wallets
from cliffhanger.wallet.refunds import Taken
from tests.dynamo.backends import on_all_but_moto
from tests.unit.purchases.core.market import ANNA, everything
from tests.unit.under_fire import flows
from tests.unit.under_fire.conftest import Ground
from tests.unit.under_fire.flows import Stage, Step
from tests.unit.wallet.wallet_steps import EPISODE, buy, coins, promote, refund, spend

pytestmark = on_all_but_moto


def ledger_rows() -> dict[tuple[str, str], Item]:
    return {(one["pk"], one["sk"]): one for one in everything() if one["sk"].startswith("LED#")}


def test_the_balance_is_the_sum_of_the_ledger_kind_by_kind(stage: None) -> None:
    first = buy(100, 10)
    promote(7)
    spend(50)
    refund(first, Taken(), 100_000)
    sums = {"paid": 0, "bonus": 0, "promotional": 0, "debt": 0}
    for entry in ledger.every(ANNA, "production"):
        assert sum(entry.postings.values()) == 0, "double entry"
        for account in sums:
            sums[account] += {str(k): v for k, v in entry.postings.items()}.get(account, 0)
    paid, bonus, debt = coins()
    assert (sums["paid"], sums["bonus"] + sums["promotional"]) == (paid, bonus)
    assert abs(sums["debt"]) == debt > 0


@pytest.mark.parametrize(
    "flow",
    [flows.refund_heard, flows.reversal_heard, flows.correction, flows.merge, flows.deletion],
    ids=lambda one: one.__name__,
)
def test_an_entry_is_never_overwritten_by_what_comes_later(
    ground: Ground, flow: Callable[[Stage], Step]
) -> None:
    step = flow(ground.stage)
    before = ledger_rows()
    assert before
    assert step() is not None
    after = ledger_rows()
    assert {at: after[at] for at in before} == before


def test_an_entry_that_is_there_refuses_another_in_its_place(stage: None) -> None:
    buy(10)
    change = spending.spend(wallets.read(ANNA), 5, cause=EPISODE, key="once", now=clock.now())
    entry = change.writes[1]
    changes.commit(lambda: (change, []))
    there = ledger_rows()
    with pytest.raises(dynamo.ConditionFailed):
        dynamo.write(entry)
    assert ledger_rows() == there


def test_a_deletion_keeps_ledger_wallet_and_store_keys_and_nothing_of_the_person(
    ground: Ground,
) -> None:
    step = flows.deletion(ground.stage)
    kept = ("LED#", "WALLET", "PURCHASE")
    before = [one for one in everything() if one["sk"].startswith(kept)]
    assert {one["sk"].partition("#")[0] for one in before} >= {"LED", "WALLET", "PURCHASE"}
    assert step() == 204
    assert [one for one in everything() if one["sk"].startswith(kept)] == before
    (viewer,) = [one for one in everything() if (one["pk"], one["sk"]) == (ANNA, "VIEWER")]
    assert set(viewer) == {"pk", "sk", "deleted_at"}
