"""Invariant 10: a subscription moves forward only."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from cliffhanger import clock, dynamo
from cliffhanger.entitlements import vip, vip_status
from cliffhanger.identity import viewers
from cliffhanger.purchases.google import api, session
from tests.unit.local_apple.open import Address
from tests.unit.local_google.running import Play
from tests.unit.purchases.core.conftest import sold
from tests.unit.purchases.core.market import ANNA, BORIS, TOKEN, Market, everything, kept
from tests.unit.purchases.core.pushing import hand_made


def status(viewer: str = ANNA) -> tuple[bool, str | None]:
    found = vip_status.best(
        vip.lines(dynamo.get(*viewers.place(viewer), consistent=True)), clock.now()
    )
    return found.active, found.state


def the_line() -> dict[str, Any]:
    (found,) = kept("SUB#", "SUBSCRIPTION")
    return found


def test_a_renewal_that_comes_after_its_refund_does_not_resurrect(market: Market) -> None:
    bought = market.shop.subscribe(account_token=TOKEN)
    market.tell_all()
    renewed = market.shop.renew(bought)
    refund = market.shop.refund(_latest(market, bought))
    market.tell(refund)
    assert status() == (False, "revoked")
    market.tell(renewed)
    assert status() == (False, "revoked")


def test_the_refund_of_an_old_period_does_not_end_the_current_one(market: Market) -> None:
    bought = market.shop.subscribe(account_token=TOKEN)
    market.tell_all()
    market.shop.renew(bought)
    market.tell_all()
    market.tell(market.shop.refund(bought))
    assert status() == (True, "active")
    periods = [one for one in kept_periods() if one["refunded"]]
    assert [one["refunded"] for one in periods] == [100_000]


def kept_periods() -> list[dict[str, Any]]:
    return [one for one in everything() if one["sk"].startswith("PERIOD#")]


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_in_whatever_order_its_words_come_the_newest_decides(
    market: Market, order: tuple[int, ...]
) -> None:
    bought = market.shop.subscribe(account_token=TOKEN)
    market.shop.renew(bought)
    market.shop.cancel(bought)
    market.shop.expire(bought)
    words = market.shop.store.state.notifications
    for place in order:
        market.tell(words[place])
    assert status() == (False, "expired")
    assert len(kept_periods()) == 2


def test_a_reversed_refund_of_the_current_period_opens_again(market: Market) -> None:
    bought = market.shop.subscribe(account_token=TOKEN)
    market.shop.refund(bought)
    market.tell_all()
    assert status() == (False, "revoked")
    market.shop.reverse(bought)
    market.tell_all()
    assert status() == (True, "active")


def test_a_claim_that_apple_signs_again_does_not_turn_the_renewal_on_again(market: Market) -> None:
    bought = market.shop.subscribe(account_token=TOKEN)
    assert market.claim(bought.signed_transaction).status == 200
    assert the_line()["auto_renews"] is True
    market.shop.cancel(bought)
    market.tell_all()
    answer = market.claim(market.shop.signed(bought))  # it comes without its renewal info
    assert answer.body["entitlements"]["vip"]["auto_renews"] is False
    assert the_line()["auto_renews"] is False
    market.shop.renew(bought)
    assert market.claim(market.shop.signed(_latest(market, bought))).status == 200
    assert the_line()["auto_renews"] is True, "a new period renews itself"


@pytest.mark.parametrize(("way", "at_once"), [("upgrade", True), ("crossgrade", True)])
def test_another_plan_of_apples_takes_over_at_once(market: Market, way: str, at_once: bool) -> None:
    market.sell("vip-plus", kind="vip", period="P1W", **sold(None, "vip.plus"))
    bought = market.shop.subscribe(account_token=TOKEN)
    market.tell_all()
    old = market.shop.transaction(bought)
    market.shop.change(bought, "vip.plus", way)
    market.tell_all()
    assert (the_line()["product_id"], status()) == ("vip-plus", (at_once, "active"))
    market.tell(market.shop.refund(bought))  # of the period that was cut short
    assert old.is_upgraded
    assert (the_line()["product_id"], status()) == ("vip-plus", (True, "active"))


def test_a_downgrade_of_apples_waits_for_the_renewal(market: Market) -> None:
    market.sell("vip-less", kind="vip", period="P1W", **sold(None, "vip.less"))
    bought = market.shop.subscribe(account_token=TOKEN)
    market.shop.change(bought, "vip.less", "downgrade")
    market.tell_all()
    assert the_line()["product_id"] == "vip-week"
    market.shop.renew(bought)
    market.tell_all()
    assert (the_line()["product_id"], status()) == ("vip-less", (True, "active"))


def test_an_upgrade_to_a_product_that_is_not_known_is_held_and_its_end_ends_the_old(
    market: Market,
) -> None:
    bought = market.shop.subscribe(account_token=TOKEN)
    market.tell_all()
    market.shop.change(bought, "vip.new", "upgrade")
    market.tell_all()
    assert status() == (True, "active")  # by what was paid for before
    market.shop.refund(_latest(market, bought))
    market.tell_all()
    assert status() == (False, "revoked")


def test_a_late_word_about_another_product_does_not_name_a_held_line(market: Market) -> None:
    bought = market.shop.subscribe(account_token=TOKEN)
    first = market.shop.store.state.notifications[0]
    market.tell(market.shop.change(bought, "vip.new", "upgrade"))
    assert the_line()["product_id"] is None
    market.tell(first)
    assert the_line()["product_id"] is None


def test_grace_stays_open_and_billing_retry_does_not(market: Market) -> None:
    bought = market.shop.subscribe(account_token=TOKEN)
    market.shop.fail(bought, grace_days=6)
    market.tell_all()
    assert status() == (True, "grace")
    market.shop.fail(bought)
    market.tell_all()
    assert status() == (False, "billing_retry")
    market.shop.renew(bought)
    market.tell_all()
    assert status() == (True, "active")


def test_a_family_member_has_it_until_it_is_revoked(market: Market) -> None:
    bought = market.shop.subscribe(account_token=TOKEN)
    shared = market.shop.share(bought)
    market.tell_all()
    assert market.claim(shared.signed_transaction, BORIS).status == 200
    assert (status(), status(BORIS)) == ((True, "active"), (True, "active"))
    market.shop.revoke(shared)
    market.tell_all()
    assert (status(), status(BORIS)) == ((True, "active"), (False, "revoked"))


@pytest.mark.parametrize(
    ("action", "more", "expected"),
    [
        ("grace", {}, (True, "grace")),
        ("hold", {}, (False, "billing_retry")),
        ("pause", {}, (False, "paused")),
        ("cancel", {}, (True, "active")),
        ("expire", {}, (False, "expired")),
        ("refund", {}, (False, "revoked")),
        ("renew", {}, (True, "active")),
    ],
)
def test_what_becomes_of_a_subscription_of_googles(
    google: Market, play: Play, action: str, more: dict[str, Any], expected: tuple[bool, str]
) -> None:
    sent = play.act("subscribe", product_id="vip", buyer={"account_id": ANNA})
    google.claim(sent)
    play.act(action, purchase_token=sent["purchase_token"], **more)
    google.push()
    assert status() == expected


def test_a_plan_with_an_add_on_renews_though_its_product_is_sold_under_another_id_by_now(
    google: Market, play: Play, later: Callable[..., None]
) -> None:
    buyer = {"account_id": ANNA}
    bought = play.act("subscribe", product_id="vip", add_ons=["sports"], buyer=buyer)
    google.push()
    google.sell("vip-week", kind="vip", period="P1W", **sold("vip_v2", None))
    play.act("renew", purchase_token=bought["purchase_token"])
    google.push()
    later(days=7, hours=2)
    assert status() == (True, "active")
    assert google.claim(bought).status == 200


def test_each_period_of_googles_is_kept_with_the_moment_at_which_it_began(
    google: Market, play: Play
) -> None:
    google.claim(play.act("subscribe", product_id="vip", buyer={"account_id": ANNA}))
    play.act("move-time", days=14, hours=1)  # it renews itself twice
    for _ in range(2):
        google.push()
    began = sorted(datetime.fromisoformat(one["began_at"]) for one in kept_periods())
    assert began[1] - began[0] == timedelta(days=14), "Google tells of the newest alone"


@pytest.mark.parametrize("order_is_known", [True, False])
def test_what_google_gave_back_of_an_older_period_is_noted_with_it_and_ends_nothing(
    google: Market, play: Play, order_is_known: bool
) -> None:
    sent = play.act("subscribe", product_id="vip", buyer={"account_id": ANNA})
    google.claim(sent)
    old, token = the_line()["period_id"], sent["purchase_token"]
    play.act("renew", purchase_token=token)
    google.push()
    session.call("POST", f"orders/{old}:refund")
    told = {"purchaseToken": token, "orderId": old if order_is_known else "GPA.0", "productType": 1}
    for _ in range(2):
        assert (
            hand_made(google, play, voidedPurchaseNotification=told | {"refundType": 1}).status
            == 200
        )
        assert google.work() == []
    assert status() == (True, "active")
    given_back = {one["sk"]: one["refunded"] for one in kept_periods() if one["refunded"]}
    assert given_back == ({f"PERIOD#{old}": 100_000} if order_is_known else {})
    assert len(kept_periods()) == 2


def test_so_is_what_googles_list_alone_tells_of_an_older_period(
    google: Market, play: Play, apple: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = play.act("subscribe", product_id="vip", buyer={"account_id": ANNA})
    google.claim(sent)
    old, token = the_line()["period_id"], sent["purchase_token"]
    play.act("renew", purchase_token=token)
    google.push()
    session.call("POST", f"orders/{old}:refund")
    listed = [{"purchaseToken": token, "orderId": old, "voidedTimeMillis": "1"}]
    monkeypatch.setattr(api, "voided", lambda *_: (listed, None))
    google.reconcile()
    assert status() == (True, "active")
    given_back = {one["sk"]: one["refunded"] for one in kept_periods() if one["refunded"]}
    assert given_back == {f"PERIOD#{old}": 100_000}


def test_the_late_end_of_the_old_token_does_not_end_the_new_plan(
    google: Market, play: Play
) -> None:
    google.sell("vip-month", kind="vip", period="P1M", **sold("vip_month", None))
    old = play.act("subscribe", product_id="vip", buyer={"account_id": ANNA})
    google.claim(old)
    new = play.act(
        "change-plan",
        purchase_token=old["purchase_token"],
        product_id="vip_month",
        late_seconds=0,
    )
    assert google.claim(new).status == 200
    google.push()
    assert status() == (True, "active")
    states = {one["product_id"]: one["state"] for one in kept("SUB#", "SUBSCRIPTION")}
    assert states == {"vip-week": "expired", "vip-month": "active"}


def test_a_new_plan_that_names_nobody_is_of_whoever_had_the_old_one(
    google: Market, play: Play
) -> None:
    google.sell("vip-month", kind="vip", period="P1M", **sold("vip_month", None))
    old = play.act("subscribe", product_id="vip")
    google.claim(old)
    token = old["purchase_token"]
    new = play.act("change-plan", purchase_token=token, product_id="vip_month", late_seconds=0)
    google.push()
    assert status() == (True, "active")
    assert google.claim(new, BORIS).status == 409


def test_a_word_that_changes_nothing_is_told_nobody(
    google: Market, play: Play, bus: Callable[[], list[tuple[str, Any]]]
) -> None:
    sent = play.act("subscribe", product_id="vip", buyer={"account_id": ANNA})
    for _ in range(3):
        google.claim(sent)
    play.act("cancel", purchase_token=sent["purchase_token"])
    google.push()
    play.act("redeliver")
    google.push()
    assert [name for name, _ in bus()] == ["subscription.changed"] * 2


def _latest(market: Market, bought: Any) -> Any:
    return bought.model_copy(update={"transaction_id": market.shop.line(bought).latest})
