"""What a client may send: a claim that is none, and a product that makes no sense."""

from typing import Any

import pytest

from functions.purchases.handler import handler as purchases
from tests.unit import gateway
from tests.unit.local_google.running import Play
from tests.unit.purchases.core.conftest import sold
from tests.unit.purchases.core.market import (
    ANNA,
    TOKEN,
    Market,
    coins,
    everything,
)

GOOD: dict[str, Any] = {"kind": "coins", "coins": 5, "apple_product_id": "coins.5"}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"store": "apple"}, ""),
        ({"store": "apple", "signed_transaction": ""}, "/signed_transaction"),
        ({"store": "apple", "signed_transaction": "a.b.c", "quantity": 100}, "/quantity"),
        ({"store": "apple", "signed_transaction": "a.b.c", "price": 1}, "/price"),
        ({"store": "apple", "signed_transaction": "a.b.c", "product_id": "coins.100"}, ""),
        ({"store": "apple", "signed_transaction": "a" * 20_001}, "/signed_transaction"),
        ({"store": "apple", "signed_transaction": 7}, "/signed_transaction"),
        ({"store": "google", "signed_transaction": "a.b.c"}, ""),
        ({"store": "google", "product_id": "coins_100"}, ""),
        ({"store": "google", "product_id": "", "purchase_token": "t"}, "/product_id"),
        ({"store": "google", "product_id": "coins_100", "purchase_token": ""}, "/purchase_token"),
        ({"store": "huawei", "signed_transaction": "a.b.c"}, "/store"),
        ([], ""),
        ("buy", ""),
        (None, ""),
    ],
)
def test_a_claim_that_is_none_is_told_what_is_wrong_with_it(
    market: Market, body: Any, pointer: str
) -> None:
    claims = {"token_use": "access", "username": ANNA}
    answer = gateway.call(purchases, "POST /v1/purchases", body, claims=claims)
    if body is None:
        assert (answer.status, answer.body["code"]) == (400, "malformed_json")
        return
    assert (answer.status, answer.body["code"]) == (422, "invalid_payload")
    assert pointer in {one["pointer"] for one in answer.body["errors"]}
    assert [one for one in everything() if one["pk"].startswith(("BUY", "idem"))] == []


def test_a_token_of_one_store_is_nothing_in_the_other(google: Market, play: Play) -> None:
    signed = google.shop.buy(account_token=TOKEN).signed_transaction
    as_token = {"store": "google", "product_id": "coins_100", "purchase_token": signed[:1500]}
    assert google.claim(as_token).body["code"] == "purchase_not_verified"
    token = play.buy()
    answer = google.claim({"store": "apple", "signed_transaction": token})
    assert answer.body["code"] == "purchase_not_verified"
    assert coins() == (0, 0, 0)


def test_googles_id_of_one_product_may_be_the_slug_of_another(google: Market, play: Play) -> None:
    google.sell("coins_100", kind="coins", coins=1, **sold("coins_1", None))
    other = play.act("buy", product_id="coins_100", buyer={"account_id": ANNA})
    assert google.claim(other).body["purchase"]["product_id"] == "coins-100"
    own = play.act("buy", product_id="coins_1", buyer={"account_id": ANNA})
    answer = google.claim({**own, "product_id": "coins_100"})
    assert answer.body["purchase"]["product_id"] == "coins_100"


def test_google_is_asked_of_another_product_than_was_bought(google: Market, play: Play) -> None:
    google.sell("coins-9000", kind="coins", coins=9000, **sold("coins_9000", None))
    sent = play.act("buy", product_id="coins_100", buyer={"account_id": ANNA})
    answer = google.claim({**sent, "product_id": "coins_9000"})
    assert (answer.status, answer.body["reason"]) == (422, "another_product")
    assert coins() == (0, 0, 0)


@pytest.mark.parametrize(
    "changed",
    [
        {"coins": -1},
        {"coins": 0},
        {"coins": 10**30},
        {"coins": 1.5},
        {"coins": "100"},
        {"coins": True},
        {"bonus_coins": -10},
        {"first_purchase_bonus": 10**12},
        {"kind": "gems"},
        {"period": "P1W"},
        {"colour": "red"},
        {"apple_product_id": ""},
        {"apple_product_id": "with space"},
        {"prices": {"us": {"amount_micros": 1, "currency": "USD"}}},
        {"prices": {"US": {"amount_micros": -1, "currency": "USD"}}},
        {"prices": {"US": {"amount_micros": 10**40, "currency": "USD"}}},
        {"prices": {"US": {"amount_micros": 1, "currency": "dollars"}}},
        {"opens": []},
    ],
)
def test_a_product_that_makes_no_sense_is_refused(market: Market, changed: dict[str, Any]) -> None:
    answer = put("coins-5", GOOD | changed)
    assert (answer.status, answer.body["code"]) == (422, "invalid_payload")


@pytest.mark.parametrize("slug", ["Coins-5", "-coins", "coins 5", "ж", "a" * 65])
def test_a_slug_that_is_none_is_refused(market: Market, slug: str) -> None:
    answer = put(slug, GOOD)
    assert (answer.status, answer.body["code"]) == (422, "invalid_payload")


def put(slug: str, body: Any) -> gateway.Answer:
    route = "PUT /v1/studio/products/{product_id}"
    return gateway.studio(purchases, route, body, path={"product_id": slug})


def test_a_stores_id_stays_with_its_product(market: Market) -> None:
    assert put("coins-5", GOOD).body["version"] == 1
    assert put("coins-5", GOOD | {"apple_product_id": "coins.five"}).body["version"] == 2
    answer = put("other", GOOD)
    assert (answer.status, answer.body["code"]) == (409, "store_product_taken")
    answer = put("coins-5", {"kind": "vip", "period": "P1W"})
    assert (answer.status, answer.body["code"]) == (409, "product_kind_fixed")
    signed = market.shop.buy(product_id="coins.5", account_token=TOKEN).signed_transaction
    assert market.claim(signed).body["purchase"]["coins"] == 5


def test_what_was_bought_keeps_what_it_was_bought_for(market: Market) -> None:
    bought = market.shop.buy(account_token=TOKEN)
    market.claim(bought.signed_transaction)
    market.sell("coins-100", kind="coins", coins=5, **sold("coins_100", "coins.100"))
    market.shop.refund(bought, 50)
    market.tell_all()
    assert coins() == (50, 5, 0)


@pytest.mark.parametrize("route", ["GET /v1/products", "GET /v1/studio/products"])
def test_products_come_in_pages_by_their_slugs(market: Market, route: str) -> None:
    def page(**query: str) -> Any:
        claims = {"token_use": "access", "username": ANNA, "cognito:groups": ["studio"]}
        return gateway.call(purchases, route, claims=claims, query=query).body

    first = page(limit="1")
    assert [one["id"] for one in first["items"]] == ["coins-100"]
    rest = page(cursor=first["next_cursor"])
    assert [one["id"] for one in rest["items"]] == ["vip-week"]
    assert (rest["next_cursor"], page(limit="2")["next_cursor"]) == (None, None)
