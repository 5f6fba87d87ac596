"""Buying on the local cloud: a priced drama, the products, and the stores' counters."""

import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cliffhanger.purchases.apple.account_token import account_token
from local.aws import client, sign_in
from tests.client import Answer, Client, fetch

COINS = {
    "kind": "coins",
    "coins": 100,
    "bonus_coins": 10,
    "apple_product_id": "test.coins.100",
    "google_product_id": "test_coins_100",
}
VIP = {
    "kind": "vip",
    "period": "P1W",
    "apple_product_id": "test.vip.week",
    "google_product_id": "test_vip_week",
}


@dataclass(frozen=True)
class Buyer:
    """A viewer, and what they do in both stores."""

    cloud: dict[str, Any]
    id: str
    client: Client

    def apple_token(self) -> str:
        """The appAccountToken: the viewer's ULID as a UUID."""
        return account_token(self.id)

    def buy_from_apple(self, product_id: str = "test.coins.100", **wanted: Any) -> dict[str, Any]:
        """Buy in Apple's store; return what the app gets. The store notifies by itself."""
        body = {"product_id": product_id, "account_token": self.apple_token(), **wanted}
        kind = "subscribe" if "vip" in product_id else "buy"
        return self.at_apple(kind, body)

    def at_apple(self, operation: str, body: dict[str, Any]) -> dict[str, Any]:
        return _post(f"{self.cloud['apple_url']}/_store/{operation}", body)

    def buy_from_google(self, product_id: str = "test_coins_100", **wanted: Any) -> dict[str, Any]:
        body = {"product_id": product_id, "buyer": {"account_id": self.id}, **wanted}
        kind = "subscribe" if "vip" in product_id else "buy"
        return self.at_google(kind, body)

    def at_google(self, operation: str, body: dict[str, Any]) -> dict[str, Any]:
        return _post(f"{self.cloud['google_url']}/_store/{operation}", body)

    def claim_apple(self, bought: dict[str, Any]) -> Answer:
        sent = {"store": "apple", "signed_transaction": bought["signed_transaction"]}
        return self.client.post("/purchases", sent)

    def claim_google(self, bought: dict[str, Any]) -> Answer:
        names = ("store", "product_id", "purchase_token")
        return self.client.post("/purchases", {name: bought[name] for name in names})

    def wallet(self) -> tuple[int, int, int]:
        """Paid and bonus coins, and debt."""
        found = self.client.get("/wallet").body
        return found["paid"], found["bonus"], found["debt"]

    def unlock(self, episode_id: str, key: str | None = None) -> Answer:
        return self.client.post(f"/episodes/{episode_id}/playback", {"unlock": "coins"}, key=key)


def reconcile(cloud: dict[str, Any]) -> dict[str, Any]:
    """Let the reconciler run now; return its report."""
    told = run(cloud, "reconcile")
    assert "sources" in told, told
    return told


def run(cloud: dict[str, Any], action: str) -> dict[str, Any]:
    """Let something happen now, as its schedule does; return what was done."""
    where = {"endpoint": cloud["aws_endpoint_url"], "region": cloud["region"]}
    functions = client("lambda", **where)
    pages = functions.get_paginator("list_functions").paginate()
    names = [one["FunctionName"] for page in pages for one in page["Functions"]]
    (name,) = [one for one in names if "PurchaseEvents" in one or "purchase_events" in one]
    sent = json.dumps({"action": action}).encode()
    answer = functions.invoke(FunctionName=name, Payload=sent)
    told: dict[str, Any] = json.load(answer["Payload"])
    return told


def open_account(cloud: dict[str, Any]) -> Buyer:
    guest = Client(cloud["api_url"]).post("/guests").body
    return Buyer(cloud, guest["viewer_id"], Client(cloud["api_url"], guest["access_token"]))


def set_products(cloud: dict[str, Any]) -> Client:
    """Offer the products; return a client of the studio."""
    studio = Client(cloud["api_url"], sign_in(cloud, group="studio").access_token)
    for slug, product in (("test-coins", COINS), ("test-vip", VIP)):
        answer = studio.call("PUT", f"/studio/products/{slug}", product)
        assert answer.status == 200, answer.content
    return studio


def priced_drama(
    cloud: dict[str, Any], studio: Client, *, episodes: int, price: int
) -> tuple[str, list[str]]:
    """Publish a drama whose every episode is locked, and which has no video.

    What is bought is the right to watch; nothing of it is played here.
    """
    body = {
        "title": {"en": uuid.uuid4().hex},
        "original_language": "en",
        "free_episodes": 0,
        "episode_price": price,
    }
    drama_id = studio.post("/studio/dramas", body).body["id"]
    dynamodb = client("dynamodb", endpoint=cloud["aws_endpoint_url"], region=cloud["region"])
    made = []
    for number in range(1, episodes + 1):
        words = {"number": number, "title": {"en": str(number)}}
        episode = studio.post(f"/studio/dramas/{drama_id}/episodes", words).body
        dynamodb.update_item(
            TableName=cloud["tables"]["content"],
            Key={"pk": {"S": drama_id}, "sk": {"S": f"EP#{number:04d}"}},
            UpdateExpression="SET generation = :one, master = :master",
            ExpressionAttributeValues={":one": {"N": "1"}, ":master": {"S": "index.m3u8"}},
        )
        path = f"/studio/dramas/{drama_id}/episodes/{episode['id']}/publish"
        assert studio.post(path).status == 200
        made.append(episode["id"])
    assert studio.post(f"/studio/dramas/{drama_id}/publish").status == 200
    return drama_id, made


def eventually(look: Callable[[], Any], wanted: Any, seconds: float = 90) -> None:
    """Wait until what is looked at is what is wanted: notifications take their time."""
    deadline = time.monotonic() + seconds
    while (found := look()) != wanted:
        assert time.monotonic() < deadline, f"it is {found}, not {wanted}"
        time.sleep(0.3)


def _post(url: str, body: dict[str, Any]) -> dict[str, Any]:
    headers = {"Content-Type": "application/json"}
    answer = fetch(url, method="POST", data=json.dumps(body).encode(), headers=headers)
    assert answer.status < 300, answer.content
    found: dict[str, Any] = answer.body
    return found
