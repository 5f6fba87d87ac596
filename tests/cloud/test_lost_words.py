"""What a store told and nobody heard, or never tells, is found on the cloud by its schedules, once.

The stand-in of Google's has a clock that is moved here. Ours goes on as it does, so what would be
due in days is made due now.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from cliffhanger import clock
from cliffhanger.purchases.google.answers import hashed
from local.aws import client
from tests.cloud.money import Buyer, eventually, open_account, reconcile, run, set_products
from tests.cloud.test_money import entries

WEEK = timedelta(days=7)


@pytest.fixture
def buyer(cloud: dict[str, Any]) -> Buyer:
    set_products(cloud)
    return open_account(cloud)


@pytest.fixture
def deaf(buyer: Buyer) -> Iterator[None]:
    """Google answers what it is asked, but does not take that a pack was delivered."""
    buyer.at_google("faults", {"count": 10_000, "of": ":consume"})
    yield
    buyer.at_google("faults", {})


def make_due(buyer: Buyer) -> int:
    """Let the time come at which Google is asked about a buyer's purchases; return how many."""
    cloud = buyer.cloud
    dynamodb = client("dynamodb", endpoint=cloud["aws_endpoint_url"], region=cloud["region"])
    table, just_now = cloud["tables"]["commerce"], clock.iso(clock.now() - timedelta(minutes=1))
    found = dynamodb.query(
        TableName=table,
        IndexName="due",
        KeyConditionExpression="due = :kind",
        FilterExpression="viewer_id = :buyer",
        ExpressionAttributeValues={":kind": {"S": "recheck#google"}, ":buyer": {"S": buyer.id}},
    )["Items"]
    for one in found:
        dynamodb.update_item(
            TableName=table,
            Key={"pk": one["pk"], "sk": one["sk"]},
            UpdateExpression="SET due_at = :past",
            ExpressionAttributeValues={":past": {"S": just_now}},
        )
    return len(found)


def ends_at(buyer: Buyer) -> datetime:
    found = buyer.client.get("/entitlements").body["vip"]
    assert found["active"]
    return datetime.fromisoformat(found["expires_at"])


def test_a_renewal_whose_word_was_lost_is_found_by_asking(
    cloud: dict[str, Any], buyer: Buyer
) -> None:
    bought = buyer.buy_from_google("test_vip_week", lost=True)
    assert buyer.claim_google(bought).status == 200
    first = ends_at(buyer)
    buyer.at_google("move-time", {"days": 7, "hours": 1, "lost": True})
    assert ends_at(buyer) == first
    eventually(lambda: make_due(buyer), 1)
    run(cloud, "recheck")
    eventually(lambda: ends_at(buyer), first + WEEK)


def test_a_renewal_that_apple_told_nobody_of_is_found_in_its_history(
    cloud: dict[str, Any], buyer: Buyer
) -> None:
    bought = buyer.buy_from_apple("test.vip.week", lost=True)
    assert buyer.claim_apple(bought).status == 200
    first = ends_at(buyer)
    buyer.at_apple("renew", {"transaction_id": bought["transaction_id"], "lost": True})
    assert ends_at(buyer) == first
    reconcile(cloud)
    eventually(lambda: ends_at(buyer), first + WEEK)


def test_a_refund_that_leaves_the_pack_with_its_buyer_is_found_by_asking(
    cloud: dict[str, Any], buyer: Buyer
) -> None:
    bought = buyer.buy_from_google(lost=True)
    assert buyer.claim_google(bought).status == 200
    buyer.at_google("refund", {"purchase_token": bought["purchase_token"], "revoke": False})
    reconcile(cloud)
    assert buyer.wallet() == (100, 10, 0), "it is in no list"
    eventually(lambda: make_due(buyer), 1)
    for _ in range(2):
        run(cloud, "recheck")
        eventually(buyer.wallet, (0, 0, 0))
    assert [one["kind"] for one in entries(buyer)] == ["refund", "purchase"]


def test_what_google_takes_back_since_nobody_acknowledged_it_goes_once(
    cloud: dict[str, Any], buyer: Buyer, deaf: None
) -> None:
    bought = buyer.buy_from_google(lost=True)
    assert buyer.claim_google(bought).status == 200
    assert buyer.wallet() == (100, 10, 0)
    buyer.at_google("move-time", {"days": 3, "hours": 1, "lost": True})
    repaired = reconcile(cloud)["sources"]["google"]["repaired"]
    assert f"voided {hashed(bought['purchase_token'])[:16]}" in repaired
    assert buyer.wallet() == (0, 0, 0)
    buyer.at_google("faults", {})  # it hears again
    late = buyer.claim_google(bought)
    assert late.body["purchase"]["state"] == "refunded", late.content
    for action in ("settle", "recheck", "reconcile"):
        run(cloud, action)
    assert buyer.wallet() == (0, 0, 0)
    assert [one["kind"] for one in entries(buyer)] == ["refund", "purchase"]
