"""Invariant 12: VIP alone moves by restoring, by the stage's policy and with a record."""

from collections.abc import Callable
from typing import Any

import pytest

from cliffhanger import clock, dynamo, settings
from cliffhanger.entitlements import vip, vip_status
from cliffhanger.identity import joins, viewers
from tests.unit.purchases.core.conftest import policies
from tests.unit.purchases.core.market import (
    ANNA,
    BORIS,
    CARLA,
    TOKEN,
    Market,
    coins,
    everything,
    kept,
)


def status(viewer: str = ANNA) -> tuple[bool, str | None]:
    found = vip_status.best(
        vip.lines(dynamo.get(*viewers.place(viewer), consistent=True)), clock.now()
    )
    return found.active, found.state


def the_line() -> dict[str, Any]:
    (found,) = kept("SUB#", "SUBSCRIPTION")
    return found


def test_restoring_moves_vip_with_a_record_and_takes_it_from_who_had_it(market: Market) -> None:
    bought = market.shop.subscribe(account_token=TOKEN)
    market.claim(bought.signed_transaction)
    assert market.claim(bought.signed_transaction, BORIS).status == 409
    answer = market.restore(bought.signed_transaction, viewer=BORIS)
    assert answer.body["entitlements"]["vip"]["active"] is True
    assert (status(), status(BORIS)) == ((False, None), (True, "active"))
    (moved,) = the_line()["transfers"]
    assert (moved["from_viewer_id"], moved["to_viewer_id"]) == (ANNA, BORIS)
    market.shop.renew(bought)  # which names Anna again
    market.tell_all()
    assert (status(), status(BORIS)) == ((False, None), (True, "active"))


def test_a_subscription_that_goes_back_and_forth_keeps_every_record(
    market: Market, later: Callable[..., None]
) -> None:
    signed = market.shop.subscribe(account_token=TOKEN, period="P1Y").signed_transaction
    market.claim(signed)
    for number in range(24):
        later(seconds=1)
        assert market.restore(signed, viewer=(BORIS, ANNA)[number % 2]).status == 200
    assert status() == (True, "active")
    assert len(the_line()["transfers"]) == 10
    assert len([one for one in everything() if one["sk"].startswith("TRANSFER#")]) == 24


def test_where_the_policy_is_to_keep_a_restore_moves_nothing(market: Market, keeping: None) -> None:
    bought = market.shop.subscribe(account_token=TOKEN)
    market.claim(bought.signed_transaction)
    (item,) = market.restore(bought.signed_transaction, viewer=BORIS).body["items"]
    assert item["problem"]["code"] == "purchase_of_another_viewer"
    assert (status(), status(BORIS)) == ((True, "active"), (False, None))


@pytest.mark.parametrize("policy", ["transfer", "keep"])
def test_what_is_of_a_deleted_viewer_is_restored_under_either_policy(
    market: Market, configure: Callable[[dict[str, str]], None], policy: str
) -> None:
    configure(settings.variables(policies(restore=policy)))
    bought = market.shop.subscribe(account_token=TOKEN)
    pack = market.shop.buy(account_token=TOKEN)
    market.tell_all()
    dynamo.write(viewers.bury(ANNA, clock.now()))
    vip_item, coin_item = market.restore(
        bought.signed_transaction, pack.signed_transaction, viewer=BORIS
    ).body["items"]
    assert vip_item["problem"] is None
    assert coin_item["problem"]["code"] == "purchase_of_another_viewer"
    assert (status(), status(BORIS)) == ((False, None), (True, "active"))
    (moved,) = the_line()["transfers"]
    assert (moved["from_viewer_id"], moved["to_viewer_id"]) == (ANNA, BORIS)


def test_what_went_on_from_a_deleted_viewer_stays_under_keep(market: Market, keeping: None) -> None:
    bought = market.shop.subscribe(account_token=TOKEN)
    market.tell_all()
    dynamo.write(viewers.bury(ANNA, clock.now()))
    market.restore(bought.signed_transaction, viewer=BORIS)
    (item,) = market.restore(bought.signed_transaction, viewer=CARLA).body["items"]
    assert item["problem"]["code"] == "purchase_of_another_viewer"
    assert (status(BORIS), status(CARLA)) == ((True, "active"), (False, None))


def test_what_is_of_a_guest_whose_account_was_deleted_is_restored_under_keep(
    market: Market, keeping: None
) -> None:
    bought = market.shop.subscribe(account_token=TOKEN)
    market.tell_all()
    viewers.find(CARLA, "US")
    dynamo.transact(joins.point(ANNA, CARLA), joins.stay_account(CARLA, ANNA))
    (item,) = market.restore(bought.signed_transaction, viewer=BORIS).body["items"]
    assert item["problem"]["code"] == "purchase_of_another_viewer"
    dynamo.write(viewers.bury(CARLA, clock.now()))
    (item,) = market.restore(bought.signed_transaction, viewer=BORIS).body["items"]
    assert item["problem"] is None
    assert status(BORIS) == (True, "active")


def test_coins_never_move_by_restoring(market: Market) -> None:
    bought = market.shop.buy(account_token=None)
    market.claim(bought.signed_transaction)
    (item,) = market.restore(bought.signed_transaction, viewer=BORIS).body["items"]
    assert item["problem"]["status"] == 409
    assert (coins(), coins(BORIS)) == ((100, 10, 0), (0, 0, 0))


def test_restoring_answers_for_each_one_and_stops_for_none(market: Market) -> None:
    vip_bought = market.shop.subscribe(account_token=TOKEN).signed_transaction
    pack = market.shop.buy(account_token=TOKEN).signed_transaction
    body = market.restore("a.b.c", vip_bought, pack).body
    assert [one["problem"] and one["problem"]["code"] for one in body["items"]] == [
        "purchase_not_verified",
        None,
        None,
    ]
    assert body["wallet"]["paid"] == 100
