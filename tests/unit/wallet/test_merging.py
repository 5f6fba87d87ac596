"""A guest becomes an account: nothing is lost, nothing comes twice, and nobody gets in between."""

import pytest

from cliffhanger import clock, dynamo, ids
from cliffhanger.wallet import balance, changes, grants, ledger, wallets
from cliffhanger.wallet.audit import audit
from cliffhanger.wallet.changes import Writes
from cliffhanger.wallet.entries import Cause
from cliffhanger.wallet.merging import MergedElsewhere, merge_writes
from cliffhanger.wallet.refunds import Taken
from tests.unit.wallet.wallet_steps import buy, coins, promote, refund, spend

GUEST = "vwr_01JD0000000000000000000001"
ACCOUNT = "vwr_01JD0000000000000000000002"


def merge(guest_id: str = GUEST, account_id: str = ACCOUNT) -> Writes:
    return changes.commit(lambda: (merge_writes(guest_id, account_id, now=clock.now()), []))


def test_coins_of_each_kind_and_debt_add_up(stage: None) -> None:
    spent = buy(30, viewer_id=GUEST)
    spend(30, viewer_id=GUEST)
    buy(10, 5, viewer_id=GUEST)
    refund(spent, Taken(), 100_000, viewer_id=GUEST)
    buy(100, 20, viewer_id=ACCOUNT)
    merge()
    assert coins(ACCOUNT) == (110, 25, 30), "no debt is paid by a merge"
    for viewer_id in (GUEST, ACCOUNT):
        assert audit(viewer_id).faults == ()


def test_merging_again_writes_nothing(stage: None) -> None:
    buy(10, viewer_id=GUEST)
    merge()
    assert merge().writes == ()
    assert coins(ACCOUNT) == (10, 0, 0)


def test_who_asks_for_the_guest_is_led_to_the_account(stage: None) -> None:
    bought = buy(10, viewer_id=GUEST)
    merge()
    buy(5, viewer_id=GUEST)
    assert balance.read(GUEST).spendable == balance.read(ACCOUNT).spendable == 15
    refund(bought, Taken(), 100_000, viewer_id=GUEST)
    assert coins(ACCOUNT) == (5, 0, 0)
    assert [one.kind for one in ledger.every(GUEST, "production")] == ["purchase", "merge_out"]


@pytest.mark.parametrize("had_coins", [True, False])
def test_a_grant_that_read_the_guest_before_the_merge_lands_in_the_account(
    stage: None, had_coins: bool
) -> None:
    if had_coins:
        buy(10, viewer_id=GUEST)
    merged: list[Writes] = []

    def prepare() -> tuple[changes.Change, list[dynamo.Write]]:
        cause = Cause("campaign", "x")
        wallet = wallets.read(GUEST)
        change = grants.promote(
            wallet, 7, expires_at=None, cause=cause, key="once", now=clock.now()
        )
        if not merged:
            merged.append(merge())
        return change, []

    assert changes.commit(prepare).viewer_id == ACCOUNT
    assert balance.read(ACCOUNT).promotional == 7
    assert audit(GUEST).faults == ()


def test_the_coins_that_paid_a_guests_debt_come_back_in_the_account(stage: None) -> None:
    bought = buy(30, viewer_id=GUEST)
    spend(30, viewer_id=GUEST)
    taken = refund(bought, Taken(), 100_000, viewer_id=GUEST)
    promote(30, viewer_id=GUEST)
    merge()
    refund(bought, taken, 0, viewer_id=GUEST)
    assert coins(ACCOUNT) == (0, 30, 0)


def test_the_sandbox_merges_with_the_sandbox(stage: None) -> None:
    buy(10, viewer_id=GUEST, environment="sandbox")
    merge()
    assert coins(ACCOUNT) == (0, 0, 0)
    assert balance.read(ACCOUNT, "sandbox").paid == 10


def test_a_guest_goes_into_one_account_alone(stage: None) -> None:
    other = ids.new("vwr")
    buy(10, viewer_id=GUEST)
    merge()
    with pytest.raises(MergedElsewhere):
        merge(GUEST, other)
    with pytest.raises(MergedElsewhere):
        merge(ACCOUNT, GUEST)
    assert coins(ACCOUNT) == (10, 0, 0)


def test_an_account_that_was_merged_itself_passes_the_guest_on(stage: None) -> None:
    last = ids.new("vwr")
    buy(10, viewer_id=GUEST)
    merge(ACCOUNT, last)
    merge(GUEST, ACCOUNT)
    assert merge(GUEST, ACCOUNT).writes == ()
    assert coins(last) == (10, 0, 0)
