"""Every notification of either store has its decided effect, which docs/money.md lists too."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cliffhanger import clock, dynamo
from cliffhanger.entitlements import vip, vip_status
from cliffhanger.identity import viewers
from local.stores.apple import lifecycle
from local.stores.apple.announcing import notify
from local.stores.google import notices as googles
from tests.unit.local_apple.shop import Shop
from tests.unit.local_google.running import Play
from tests.unit.purchases.core.happenings import (
    BETTER,
    NEW,
    NOTED,
    OPEN,
    RETRY,
    REVOKED,
    SUBSCRIPTIONS,
    WEEK_MS,
    Happening,
    extend,
    redeem_an_upgrade,
    told,
)
from tests.unit.purchases.core.market import ANNA, TOKEN, Market, coins, everything, kept
from tests.unit.purchases.core.pushing import hand_made

DOCUMENT = Path(__file__).parents[4] / "docs" / "money.md"


@pytest.fixture
def better(market: Market) -> Market:
    """The same market, with a second plan."""
    market.sell("vip-better", kind="vip", period="P1W", apple_product_id=BETTER)
    return market


def the_line() -> vip.VipLine:
    """The only subscription that Anna has."""
    (found,) = vip.lines(dynamo.get(*viewers.place(ANNA), consistent=True))
    return found


def every_period() -> list[Any]:
    return [one for one in everything() if one["sk"].startswith("PERIOD#")]


def status() -> tuple[bool, str | None]:
    found = vip_status.best(
        vip.lines(dynamo.get(*viewers.place(ANNA), consistent=True)), clock.now()
    )
    return found.active, found.state


@pytest.mark.parametrize(
    ("kind", "subtype", "happens", "expected"),
    SUBSCRIPTIONS,
    ids=[f"{kind}.{subtype}" for kind, subtype, *_ in SUBSCRIPTIONS],
)
def test_what_apple_tells_of_a_subscription_has_its_effect(
    better: Market,
    kind: str,
    subtype: str | None,
    happens: Happening,
    expected: tuple[bool, str],
) -> None:
    bought = better.shop.subscribe(account_token=TOKEN)
    better.tell_all()
    happens(better.shop, bought)
    latest = better.shop.store.state.notifications[-1]
    assert (latest.type, latest.subtype) == (kind, subtype)
    assert better.tell_all() == []
    assert status() == expected


@pytest.mark.parametrize(
    "happens",
    [lambda shop, one: shop.change(one, BETTER, "upgrade"), redeem_an_upgrade],
    ids=["by choice", "by an offer"],
)
def test_an_upgrade_is_the_better_plan_at_once(better: Market, happens: Happening) -> None:
    bought = better.shop.subscribe(account_token=TOKEN)
    better.tell_all()
    happens(better.shop, bought)
    better.tell_all()
    assert the_line().product_id == "vip-better"


@pytest.mark.parametrize(
    "happens",
    [
        lambda shop, one: shop.change(one, BETTER, "downgrade"),
        told("OFFER_REDEEMED", "DOWNGRADE"),
        told("PRICE_INCREASE", "ACCEPTED"),
    ],
)
def test_what_comes_with_the_next_period_changes_nothing_now(
    better: Market, happens: Happening
) -> None:
    bought = better.shop.subscribe(account_token=TOKEN)
    better.tell_all()
    before = the_line()
    happens(better.shop, bought)
    better.tell_all()
    assert the_line() == before


def test_whether_it_renews_itself_is_as_apple_says(market: Market) -> None:
    bought = market.shop.subscribe(account_token=TOKEN)
    seen = []
    for on in (True, False, True):
        lifecycle.set_renewal(market.shop.store, market.shop.line(bought), on=on)
        market.tell_all()
        seen.append(the_line().auto_renews)
    assert seen == [True, False, True]


def test_an_extension_moves_the_end_and_costs_nothing(market: Market) -> None:
    bought = market.shop.subscribe(account_token=TOKEN)
    market.tell_all()
    before, periods = the_line().expires_at, len(every_period())
    extend(market.shop, bought)
    market.tell_all()
    after = the_line().expires_at
    assert before
    assert after
    assert after - before == timedelta(milliseconds=WEEK_MS)
    assert len(every_period()) == periods


@pytest.mark.parametrize(("kind", "subtype"), NOTED)
def test_what_is_about_no_purchase_is_kept_and_changes_nothing(
    market: Market, kind: str, subtype: str | None
) -> None:
    assert market.tell(notify(market.shop.store, kind, subtype)) == []
    assert [one["what"] for one in kept("NOTE#", "NOTE")] == [f"{kind}.{subtype or ''}"]
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


def test_the_document_lists_every_type_and_subtype_that_is_tested_here() -> None:
    apples = DOCUMENT.read_text().split("## What Apple's")[1].split("## ")[0]
    rows = re.findall(r"^\| `([A-Z_]+)` \| ([A-Z_, ]*?|[A-Z_, ]*none) ?\|", apples, re.MULTILINE)
    listed = {
        (kind, None if subtype in {"", "none"} else subtype)
        for kind, subtypes in rows
        for subtype in subtypes.split(", ")
    }
    tested = {(kind, subtype) for kind, subtype, *_ in SUBSCRIPTIONS} | {*NOTED}
    tested |= {("REVOKE", None), ("ONE_TIME_CHARGE", None)}
    assert listed == {one for one in tested if one[0] != NEW}
    numbers = set(re.findall(r"^\| subscription (\d+) \|", DOCUMENT.read_text(), re.MULTILINE))
    assert numbers == {str(number) for number in NUMBERS}
