"""Every notification of either store has its decided effect, which docs/purchases.md lists too."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cliffhanger import clock, dynamo
from cliffhanger.entitlements import vip, vip_status
from local.stores.apple.announcing import notify
from local.stores.apple.records import Notification
from local.stores.google import notices as googles
from tests.unit.local_apple.shop import Shop
from tests.unit.local_google.running import Play
from tests.unit.purchases.core.market import ANNA, TOKEN, Market, coins, kept
from tests.unit.purchases.core.pushing import hand_made

DOCUMENT = Path(__file__).parents[4] / "docs" / "purchases.md"
OPEN, GRACE, RETRY = (True, "active"), (True, "grace"), (False, "billing_retry")
EXPIRED, REVOKED = (False, "expired"), (False, "revoked")


def status() -> tuple[bool, str | None]:
    found = vip_status.best(vip.lines(dynamo.get(*vip.place(ANNA), consistent=True)), clock.now())
    return found.active, found.state


def about(shop: Shop, bought: Any, kind: str, subtype: str | None = None) -> Notification:
    """A notification that changes nothing of what it is about."""
    transaction = shop.store.transaction(shop.line(bought).latest)
    return notify(shop.store, kind, subtype, transaction)


def _out_of_grace(shop: Shop, one: Any) -> None:
    shop.fail(one, grace_days=3)
    shop.fail(one)


SUBSCRIPTIONS: list[tuple[str, Callable[[Shop, Any], object], tuple[bool, str]]] = [
    ("SUBSCRIBED", lambda shop, one: about(shop, one, "SUBSCRIBED", "RESUBSCRIBE"), OPEN),
    ("DID_RENEW", lambda shop, one: shop.renew(one), OPEN),
    ("DID_CHANGE_RENEWAL_PREF", lambda shop, one: shop.change(one, "vip.b", "downgrade"), OPEN),
    ("DID_CHANGE_RENEWAL_STATUS", lambda shop, one: shop.cancel(one), OPEN),
    ("OFFER_REDEEMED", lambda shop, one: about(shop, one, "OFFER_REDEEMED"), OPEN),
    ("EXPIRED", lambda shop, one: shop.expire(one), EXPIRED),
    ("DID_FAIL_TO_RENEW", lambda shop, one: shop.fail(one, grace_days=3), GRACE),
    ("GRACE_PERIOD_EXPIRED", _out_of_grace, RETRY),
    ("PRICE_INCREASE", lambda shop, one: about(shop, one, "PRICE_INCREASE", "PENDING"), OPEN),
    ("PRICE_CHANGE", lambda shop, one: about(shop, one, "PRICE_CHANGE"), OPEN),
    ("REFUND", lambda shop, one: shop.refund(one), REVOKED),
    ("REFUND_DECLINED", lambda shop, one: about(shop, one, "REFUND_DECLINED"), OPEN),
    ("REFUND_REVERSED", lambda shop, one: [shop.refund(one), shop.reverse(one)], OPEN),
    ("CONSUMPTION_REQUEST", lambda shop, one: about(shop, one, "CONSUMPTION_REQUEST"), OPEN),
    ("RENEWAL_EXTENDED", lambda shop, one: about(shop, one, "RENEWAL_EXTENDED"), OPEN),
    ("MIGRATION", lambda shop, one: about(shop, one, "MIGRATION"), OPEN),
    ("METADATA_UPDATE", lambda shop, one: about(shop, one, "METADATA_UPDATE"), OPEN),
    ("NOT_KNOWN_YET", lambda shop, one: about(shop, one, "NOT_KNOWN_YET", "NOR_THIS"), OPEN),
]
NOTED = [
    "TEST",
    "RENEWAL_EXTENSION",
    "EXTERNAL_PURCHASE_TOKEN",
    "RESCIND_CONSENT",
    "ANOTHER_NOT_KNOWN_YET",
]


@pytest.mark.parametrize(
    ("kind", "happens", "expected"), SUBSCRIPTIONS, ids=[one[0] for one in SUBSCRIPTIONS]
)
def test_what_apple_tells_of_a_subscription_has_its_effect(
    market: Market,
    kind: str,
    happens: Callable[[Shop, Any], object],
    expected: tuple[bool, str],
) -> None:
    bought = market.shop.subscribe(account_token=TOKEN)
    market.tell_all()
    happens(market.shop, bought)
    assert market.shop.store.state.notifications[-1].type == kind
    assert market.tell_all() == []
    assert status() == expected


@pytest.mark.parametrize("kind", NOTED)
def test_what_is_about_no_purchase_is_kept_and_changes_nothing(market: Market, kind: str) -> None:
    assert market.tell(notify(market.shop.store, kind)) == []
    assert [one["what"] for one in kept("NOTE#", "NOTE")] == [f"{kind}."]
    assert kept("BUY#", "PURCHASE") == kept("SUB#", "SUBSCRIPTION") == []


@pytest.mark.parametrize(
    ("happens", "expected"),
    [
        (lambda shop, one: None, (100, 10, 0)),  # ONE_TIME_CHARGE alone
        (lambda shop, one: shop.refund(one), (0, 0, 0)),
        (lambda shop, one: [shop.refund(one), shop.reverse(one)], (100, 10, 0)),
        (lambda shop, one: _word(shop, one, "REFUND_DECLINED"), (100, 10, 0)),
        (lambda shop, one: _word(shop, one, "CONSUMPTION_REQUEST"), (100, 10, 0)),
        (lambda shop, one: _word(shop, one, "NOT_KNOWN_YET"), (100, 10, 0)),
    ],
)
def test_what_apple_tells_of_a_pack_has_its_effect(
    market: Market, happens: Callable[[Shop, Any], object], expected: tuple[int, int, int]
) -> None:
    bought = market.shop.buy(account_token=TOKEN)
    assert market.shop.store.state.notifications[-1].type == "ONE_TIME_CHARGE"
    happens(market.shop, bought)
    assert market.tell_all() == []
    assert coins() == expected


def _word(shop: Shop, bought: Any, kind: str) -> None:
    notify(shop.store, kind, None, shop.transaction(bought))


def test_a_family_that_no_longer_shares_is_told_by_revoke(market: Market) -> None:
    shared = market.shop.share(market.shop.subscribe(account_token=None))
    market.claim(shared.signed_transaction)
    assert status() == OPEN
    assert market.shop.revoke(shared).type == "REVOKE"
    market.tell_all()
    assert status() == REVOKED


def test_a_kind_of_product_that_is_not_sold_here_is_kept_and_refused_to_the_app(
    market: Market,
) -> None:
    bought = market.shop.buy(account_token=TOKEN, type="non_consumable")
    assert market.tell_all() == []
    answer = market.claim(bought.signed_transaction)
    assert (answer.status, answer.body["code"]) == (422, "product_not_supported")


GOOGLES = {
    number: name
    for name, number in vars(googles).items()
    if name.isupper() and isinstance(number, int) and not name.startswith(("ONE_TIME", "_"))
}
NUMBERS = sorted(set(range(1, 14)) | {17, 18, 19, 20, 22} | set(GOOGLES))


@pytest.mark.parametrize("number", [*NUMBERS, 99])
@pytest.mark.parametrize(("action", "expected"), [(None, OPEN), ("hold", RETRY)])
def test_whatever_google_calls_it_its_api_says_what_is_so(
    google: Market, play: Play, number: int, action: str | None, expected: tuple[bool, str]
) -> None:
    token = play.subscribe(buyer={"account_id": ANNA})
    if action:
        play.act(action, purchase_token=token)
    told = {"version": "1.0", "notificationType": number, "purchaseToken": token}
    assert hand_made(google, play, subscriptionNotification=told).status == 200
    assert google.work() == []
    assert status() == expected


@pytest.mark.parametrize("number", [1, 2, 99])
def test_the_number_of_a_one_time_notification_is_a_hint_too(
    google: Market, play: Play, number: int
) -> None:
    token = play.buy(buyer={"account_id": ANNA})
    told = {"version": "1.0", "notificationType": number, "purchaseToken": token}
    hand_made(google, play, oneTimeProductNotification=told)
    assert google.work() == []
    assert coins() == (100, 10, 0)


@pytest.mark.parametrize("told", [{"testNotification": {"version": "1.0"}}, {"newKind": {"a": 1}}])
def test_what_google_tells_of_no_purchase_is_kept(
    google: Market, play: Play, told: dict[str, Any]
) -> None:
    assert hand_made(google, play, **told).status == 200
    assert google.work() == []
    assert len(kept("NOTE#google", "NOTE")) == 1


def test_a_token_that_google_does_not_know_is_noted_once(google: Market, play: Play) -> None:
    told = {"version": "1.0", "notificationType": 4, "purchaseToken": "never-sold"}
    hand_made(google, play, subscriptionNotification=told)
    assert google.work() == []
    assert kept("SUB#", "SUBSCRIPTION") == []


def test_the_document_lists_every_type_that_is_tested_here() -> None:
    apples = DOCUMENT.read_text().split("## What Apple's")[1].split("## ")[0]
    listed = set(re.findall(r"^\| `([A-Z_]+)` \|", apples, re.MULTILINE))
    tested = {kind for kind, *_ in SUBSCRIPTIONS} | {*NOTED, "REVOKE", "ONE_TIME_CHARGE"}
    assert listed == {kind for kind in tested if "NOT_KNOWN_YET" not in kind}
    numbers = set(re.findall(r"^\| subscription (\d+) \|", DOCUMENT.read_text(), re.MULTILINE))
    assert numbers == {str(number) for number in NUMBERS}
