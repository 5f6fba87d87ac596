"""What a viewer's VIP has of subscriptions that ended long ago: nothing, whatever there was."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from cliffhanger import clock, dynamo
from cliffhanger.entitlements import merging, vip, vip_pruning
from cliffhanger.entitlements.vip import VipLine
from cliffhanger.identity import joins, viewers
from cliffhanger.identity.viewers import ConsentPatch, ViewerPatch
from cliffhanger.purchases import settling, subscriptions
from cliffhanger.purchases.store import Environment, Store, Subscription
from tests.dynamo.backends import on_dict_and_local
from tests.unit.entitlements.owning import size
from tests.unit.purchases.core.market import ANNA, BORIS, Market, kept
from tests.unit.purchases.core.test_subscriptions import status

Later = Callable[..., None]
pytestmark = on_dict_and_local
ONE_UNIT = 4_096
"""Bytes of an item that are read for half a unit, or for a whole one when consistent."""
SETTINGS = ViewerPatch(
    auto_unlock=True,
    consent=ConsentPatch(analytics=True, personalized_ads=True, refund_information=True),
)
PLACE: tuple[Store, Environment] = ("google", "production")


def a_week(number: int) -> Subscription:
    """A subscription of Google's for a week from now, with a token of its own."""
    now = clock.now()
    return Subscription(
        store="google",
        environment="production",
        product_id="vip",
        viewer_id=ANNA,
        purchased_at=now,
        told_at=now,
        line_id=f"{number:064x}",
        period_id=f"GPA.{number}",
        state="active",
        expires_at=now + timedelta(days=7),
        auto_renews=False,
    )


def lines(viewer: str = ANNA) -> dict[str, VipLine]:
    return dict(vip.keyed(dynamo.get(*viewers.place(viewer), consistent=True)))


def test_two_hundred_subscriptions_of_the_past_leave_a_small_item(
    market: Market, later: Later
) -> None:
    for number in range(200):
        settling.settle(subscriptions.apply(a_week(number)))
        later(days=8)
    assert len(kept("SUB#", "SUBSCRIPTION")) == 200
    assert size(dynamo.get(*viewers.place(ANNA), consistent=True)) < 3_000
    settling.settle(subscriptions.apply(a_week(200)))
    assert status() == (True, "active")


def test_a_line_stays_for_a_hundred_days_after_its_end(market: Market, later: Later) -> None:
    settling.settle(subscriptions.apply(a_week(1)))
    later(days=106)
    settling.settle(subscriptions.apply(a_week(2)))
    assert len(lines()) == 2
    later(days=2)
    settling.settle(subscriptions.apply(a_week(3)))
    assert len(lines()) == 2


def test_what_begins_again_after_it_went_opens_again(market: Market, later: Later) -> None:
    settling.settle(subscriptions.apply(a_week(1)))
    later(days=120)
    vip_pruning.prune(ANNA)
    assert lines() == {}
    subscriptions.apply(a_week(1).model_copy(update={"period_id": "GPA.1..0"}))
    assert status() == (True, "active")


def test_a_line_that_is_renewed_while_it_is_about_to_go_stays(
    market: Market, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    settling.settle(subscriptions.apply(a_week(1)))
    later(days=120)
    write = dynamo.write

    def raced(one: dynamo.Write) -> Any:
        monkeypatch.setattr(dynamo, "write", write)
        renewed = a_week(1).model_copy(update={"period_id": "GPA.1..0"})
        subscriptions.apply(renewed)
        return write(one)

    monkeypatch.setattr(dynamo, "write", raced)
    vip_pruning.prune(ANNA)
    assert status() == (True, "active")


def test_what_went_may_be_restored_by_another_viewer(market: Market, later: Later) -> None:
    settling.settle(subscriptions.apply(a_week(1)))
    later(days=120)
    vip_pruning.prune(ANNA)
    assert lines() == {}
    again = a_week(1).model_copy(update={"period_id": "GPA.1..0"})
    subscriptions.apply(again, claimant=BORIS, how="restore")
    assert (status(), status(BORIS)) == ((False, None), (True, "active"))


def many(count: int) -> list[Subscription]:
    """Subscriptions that run, each heard of and settled."""
    found = [a_week(number) for number in range(count)]
    for one in found:
        settling.settle(subscriptions.apply(one))
    return found


def ended(one: Subscription) -> Subscription:
    return one.model_copy(update={"state": "expired", "told_at": clock.now()})


def test_fifty_plan_changes_in_a_day_leave_an_item_that_is_read_for_one_unit(
    market: Market, later: Later
) -> None:
    viewers.change(ANNA, SETTINGS, "US")
    plans = [a_week(0)]
    for number in range(1, 51):
        later(minutes=20)
        plans.append(a_week(number).model_copy(update={"replaces": plans[-1].line_id}))
        for one in (plans[-1], ended(plans[-2])):
            settling.settle(subscriptions.apply(one))
            assert size(dynamo.get(*viewers.place(ANNA), consistent=True)) < ONE_UNIT
    assert status() == (True, "active")
    assert len(kept("SUB#", "SUBSCRIPTION")) == 51


def test_what_a_guest_brings_along_is_bounded_too(market: Market) -> None:
    for one in many(10):
        settling.settle(subscriptions.apply(ended(one)))
    for number in range(100, 110):
        his = a_week(number).model_copy(update={"viewer_id": BORIS})
        settling.settle(subscriptions.apply(ended(his)))
    dynamo.transact(joins.point(ANNA, BORIS), joins.stay_account(BORIS, ANNA))
    merging.merge(ANNA, BORIS)
    assert (len(lines(ANNA)), len(lines(BORIS))) == (0, 8)


def test_what_runs_stays_however_many_there_are(market: Market) -> None:
    many(20)
    assert len(lines()) == 20


def test_of_what_is_over_the_latest_eight_stay(market: Market, later: Later) -> None:
    over = many(20)
    for one in over[:-1]:
        later(minutes=1)
        settling.settle(subscriptions.apply(ended(one)))
    states = [one.state for one in lines().values()]
    assert (states.count("active"), states.count("expired")) == (1, 8)


def test_a_late_word_about_what_went_brings_nothing_back_to_stay(
    market: Market, later: Later
) -> None:
    over = many(20)
    for one in over:
        settling.settle(subscriptions.apply(ended(one)))
    for one in over:
        later(minutes=1)
        subscriptions.apply(ended(one))
        assert len(lines()) == 8, "it says nothing new"
    for one in over:
        later(minutes=1)
        revoked = ended(one).model_copy(update={"state": "revoked"})
        settling.settle(subscriptions.apply(revoked))
        assert len(lines()) == 8
    assert status() == (False, "revoked")


def test_what_went_and_is_renewed_opens_again(market: Market, later: Later) -> None:
    over = many(20)
    for one in over:
        settling.settle(subscriptions.apply(ended(one)))
    (gone, *_) = [one for one in over if vip.line_key(*PLACE, one.line_id) not in lines()]
    later(minutes=1)
    renewed = gone.model_copy(update={"period_id": "GPA.0..0", "told_at": clock.now()})
    settling.settle(subscriptions.apply(renewed))
    assert status() == (True, "active")
