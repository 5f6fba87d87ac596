"""What a viewer's VIP has of subscriptions that ended long ago: nothing, whatever there was."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from cliffhanger import clock, dynamo
from cliffhanger.entitlements import vip, vip_pruning
from cliffhanger.entitlements.vip import VipLine
from cliffhanger.identity import viewers
from cliffhanger.purchases import settling, subscriptions
from cliffhanger.purchases.store import Subscription
from tests.dynamo.backends import on_dict_and_local
from tests.unit.entitlements.owning import size
from tests.unit.purchases.core.market import ANNA, BORIS, Market, kept
from tests.unit.purchases.core.test_subscriptions import status

Later = Callable[..., None]
pytestmark = on_dict_and_local


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
