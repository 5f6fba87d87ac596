"""Refunds: what they take, what becomes debt, and what comes back."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest

from cliffhanger import clock
from cliffhanger.wallet import ledger
from cliffhanger.wallet.entries import Account
from cliffhanger.wallet.refunds import Taken
from tests.unit.gateway import VIEWER
from tests.unit.wallet.wallet_steps import buy, coins, promote, refund, spend

NONE = Taken()
ALL = 100_000


def last_postings() -> Mapping[Account, int]:
    return list(ledger.every(VIEWER, "production"))[-1].postings


def test_a_refund_takes_that_purchase_and_no_other(stage: None) -> None:
    first = buy(100, 10)
    buy(50, 5)
    taken = refund(first, NONE, ALL)
    assert coins() == (50, 5, 0)
    assert (taken.paid, taken.bonus, taken.debt) == (100, 10, 0)


def test_what_has_been_spent_becomes_debt_though_other_coins_are_there(stage: None) -> None:
    first = buy(100)
    spend(70)
    buy(50)
    refund(first, NONE, ALL)
    assert coins() == (50, 0, 70)
    assert last_postings() == {"paid": -30, "debt": -70, "store": 100}


@pytest.mark.parametrize(("share", "left"), [(50_000, (50, 5)), (33_333, (67, 7)), (1, (100, 10))])
def test_a_partial_refund_takes_its_share_of_both_kinds_in_whole_coins(
    stage: None, share: int, left: tuple[int, int]
) -> None:
    refund(buy(100, 10), NONE, share)
    assert coins() == (*left, 0)


def test_a_partial_refund_makes_no_debt_while_the_purchase_has_coins(stage: None) -> None:
    bought = buy(100, 10)
    spend(10)  # the bonus
    refund(bought, NONE, 50_000)
    assert coins() == (45, 0, 0)


def test_a_share_that_was_taken_is_not_taken_again(stage: None) -> None:
    bought = buy(100)
    taken = refund(bought, NONE, 40_000)
    assert refund(bought, taken, 40_000) == taken
    taken = refund(bought, taken, ALL)
    assert (coins(), taken.coins) == ((0, 0, 0), 100)


def test_the_next_coins_pay_the_debt_and_the_ledger_says_so(stage: None) -> None:
    bought = buy(100)
    spend(100)
    refund(bought, NONE, ALL)
    buy(60, 10)
    assert coins() == (0, 0, 30)
    promote(40)
    assert coins() == (0, 10, 0)
    kinds = [one.kind for one in ledger.every(VIEWER, "production")]
    assert kinds[-4:] == ["purchase", "debt_paid", "promotion", "debt_paid"]
    assert last_postings() == {"promotional": -30, "debt": 30}


def test_a_reversal_restores_exactly_what_was_taken(stage: None) -> None:
    bought = buy(100, 10)
    spend(40)
    before = coins()
    taken = refund(bought, NONE, ALL)
    assert coins() == (0, 0, 40)
    assert refund(bought, taken, 0) == NONE
    assert coins() == before


def test_a_reversal_after_the_debt_was_paid_brings_the_coins_back_that_paid_it(stage: None) -> None:
    bought = buy(100, gross_micros=1_000_000)
    spend(100)
    taken = refund(bought, NONE, ALL)
    buy(100, gross_micros=9_000_000)
    assert coins() == (0, 0, 0)
    refund(bought, taken, 0)
    assert coins() == (100, 0, 0)
    (move,) = spend(100).entry.moves
    assert move.value
    assert move.value.gross_micros == -9_000_000, "the first million was spent already"


def test_a_partial_reversal_lifts_debt_first(stage: None) -> None:
    bought = buy(100)
    spend(60)
    taken = refund(bought, NONE, ALL)
    taken = refund(bought, taken, 50_000)
    assert coins() == (0, 0, 10)
    refund(bought, taken, 0)
    assert coins() == (40, 0, 0)


def test_promotional_coins_that_paid_a_debt_come_back_to_stay(
    stage: None, later: Callable[..., None]
) -> None:
    bought = buy(10)
    spend(10)
    taken = refund(bought, NONE, ALL)
    promote(10, clock.now() + timedelta(days=1))
    later(days=2)
    refund(bought, taken, 0)
    later(days=900)
    spend(10)
    assert coins() == (0, 0, 0)


def test_a_debt_does_not_stop_a_viewer_from_spending_what_is_there(stage: None) -> None:
    bought = buy(10)
    spend(10)
    buy(20)
    refund(bought, NONE, ALL)
    spend(20)
    assert coins() == (0, 0, 10)


def test_a_refund_finds_a_purchase_among_many(memory: None) -> None:
    packs = [buy(1) for _ in range(50)]
    refund(packs[-1], NONE, ALL)
    refund(packs[20], NONE, ALL)
    assert coins() == (48, 0, 0)
    spend(48)
    assert coins() == (0, 0, 0)


def test_a_third_that_is_one_piece_of_three_takes_that_piece(stage: None) -> None:
    bought = buy(3_000_000, 300).model_copy(update={"pieces": 3})
    taken = refund(bought, NONE, ALL // 3)
    assert (taken.paid, taken.bonus) == (1_000_000, 100)
    refund(bought, taken, ALL * 2 // 3)
    assert coins() == (1_000_000, 100, 0)
