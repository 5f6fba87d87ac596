"""Attacks on the doors of the stores over HTTP: huge, and again and again."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.client import Answer, fetch
from tests.cloud.money import Buyer, eventually, open_account, set_products

SENDERS = 4
TIMES = 40
AGAIN = {429, 503}  # the store sends it later


@pytest.fixture
def buyer(cloud: dict[str, Any]) -> Buyer:
    set_products(cloud)
    return open_account(cloud)


def knock(cloud: dict[str, Any], store: str, body: object) -> Answer:
    headers = {"content-type": "application/json", "authorization": "Bearer e30.e30.e30"}
    url = f"{cloud['api_url']}/stores/{store}/notifications"
    return fetch(url, method="POST", data=json.dumps(body).encode(), headers=headers)


@pytest.mark.parametrize(
    ("store", "body"),
    [
        ("apple", {"signedPayload": "A" * 300_000}),
        ("google", {"message": {"data": "A" * 300_000, "messageId": "1"}}),
    ],
    ids=["apple", "google"],
)
def test_a_notification_of_300_kb_is_refused_before_anything_is_verified(
    cloud: dict[str, Any], store: str, body: object
) -> None:
    answer = knock(cloud, store, body)
    assert (answer.status, answer.body["code"]) == (413, "notification_too_large")


def test_a_flood_of_one_notification_grants_once_and_lets_others_through(
    cloud: dict[str, Any], buyer: Buyer
) -> None:
    bought = buyer.buy_from_apple()
    eventually(buyer.wallet, (100, 10, 0))
    sent = fetch(f"{cloud['apple_url']}/_store/notifications").body["items"]
    (about,) = [one for one in sent if one["transaction_id"] == bought["transaction_id"]]
    body = {"signedPayload": about["signed_payload"]}
    with ThreadPoolExecutor(SENDERS) as pool:
        statuses = Counter(pool.map(lambda _: knock(cloud, "apple", body).status, range(TIMES)))
    assert statuses.keys() <= {200} | AGAIN
    assert statuses[200] > 0

    buyer.buy_from_apple()  # its notification comes behind the flood
    eventually(buyer.wallet, (200, 20, 0))
    assert buyer.claim_apple(bought).status == 200
    assert buyer.wallet() == (200, 20, 0)
    found = buyer.client.get("/wallet/entries").body["items"]
    assert [one["kind"] for one in found] == ["purchase", "purchase"]
