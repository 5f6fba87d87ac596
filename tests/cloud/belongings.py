"""A viewer with something of everything, and what would tell that somebody else has seen it."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cliffhanger import clock
from cliffhanger.purchases.records import PURCHASE_DUE
from cliffhanger.tables import DUE
from local.aws import client
from tests.client import Client
from tests.cloud.money import Buyer

GIFT = 7177
POSITION = 73.137
"""Numbers that nobody else has: they stand in a wallet, a ledger and a history."""

Items = dict[tuple[str, str, str], dict[str, Any]]


@dataclass(frozen=True)
class Belongings:
    """What a viewer owns by now.

    `ids` are what another may learn or guess, none of which may open anything. `secrets` are what
    only its owner has; another who holds one of them gets no further.
    """

    owner: Buyer
    refresh_token: str
    drama_id: str
    episode_ids: list[str]
    session_id: str
    ids: tuple[str, ...]
    secrets: dict[str, Any]

    @property
    def all_ids(self) -> tuple[str, ...]:
        """Those of the owner alone, and those of the drama, which everyone may know."""
        return (*self.ids, self.drama_id, *self.episode_ids)

    def seen_in(self, text: str, body: object) -> set[str]:
        """What of the owner's stands in an answer: ids in its text, numbers in its values."""
        numbers = {str(one) for one in leaves(body) if one in (POSITION, GIFT, -GIFT)}
        return {one for one in self.ids if one in text} | numbers

    def items(self) -> Items:
        """Every item in the tables that speaks of the owner."""
        return {
            place: item
            for place, item in every_item(self.owner.cloud).items()
            if any(
                one in text for text in leaves(item) if isinstance(text, str) for one in self.ids
            )
        }


def leaves(value: object) -> Iterator[object]:
    """Every value in a document or an item, names too."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield name
            yield from leaves(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from leaves(one)
    else:
        yield value


def every_item(cloud: dict[str, Any]) -> Items:
    """Both tables, whole."""
    dynamodb = client("dynamodb", endpoint=cloud["aws_endpoint_url"], region=cloud["region"])
    pages = dynamodb.get_paginator("scan").paginate
    return {
        (name, item["pk"]["S"], item["sk"]["S"]): item
        for name, table in cloud["tables"].items()
        for page in pages(TableName=table, ConsistentRead=True)
        for item in page["Items"]
    }


def furnish(cloud: dict[str, Any], studio: Client, drama: tuple[str, list[str]]) -> Belongings:
    """Make a viewer who has bought in both stores, unlocked, watched and subscribed."""
    drama_id, episodes = drama
    guest = Client(cloud["api_url"]).post("/guests").body
    owner = Buyer(cloud, guest["viewer_id"], Client(cloud["api_url"], guest["access_token"]))
    apple, google = owner.buy_from_apple(), owner.buy_from_google()
    bought = [owner.claim_apple(apple), owner.claim_google(google)]
    gift = {"coins": GIFT, "kind": "promotional", "reason": "a gift"}
    given = studio.post(f"/studio/wallets/{owner.id}/corrections", gift)
    changed = owner.client.call("PATCH", "/me", {"consent": {"analytics": True}})
    unlocked = owner.client.post(f"/dramas/{drama_id}/unlock", key="unlock")
    plan = owner.buy_from_apple("test.vip.week")  # later: with it nothing would be locked
    bought.append(owner.claim_apple(plan))
    sitting = owner.client.post(f"/episodes/{episodes[1]}/playback", {"unlock": "none"})
    watched = owner.client.post("/progress", {"items": [report(sitting, episodes[1])]})
    for answer in (*bought, given, changed, unlocked, sitting, watched):
        assert answer.status in {200, 201}, answer.content
    entries = owner.client.get("/wallet/entries?limit=1").body
    found = Belongings(
        owner=owner,
        refresh_token=guest["refresh_token"],
        drama_id=drama_id,
        episode_ids=episodes,
        session_id=sitting.body["session_id"],
        ids=(
            owner.id,
            owner.id.removeprefix("vwr_"),
            owner.apple_token(),
            sitting.body["session_id"],
            apple["transaction_id"],
            plan["transaction_id"],
            *(answer.body["purchase"]["id"] for answer in bought),
            given.body["id"],
            *(one["id"] for one in entries["items"]),
            entries["next_cursor"],
        ),
        secrets={
            "access_token": guest["access_token"],
            "apple": {"store": "apple", "signed_transaction": apple["signed_transaction"]},
            "google": {"store": "google"}
            | {name: google[name] for name in ("product_id", "purchase_token")},
        },
    )
    settle(found)
    return found


def report(sitting: Any, episode_id: str) -> dict[str, Any]:
    """Where a viewer is in an episode."""
    return {
        "session_id": sitting.body["session_id"],
        "episode_id": episode_id,
        "position_seconds": POSITION,
        "watched_seconds": POSITION,
        "at": clock.iso(clock.now()),
    }


def settle(of: Belongings, seconds: float = 240) -> None:
    """Wait until the stores' notifications and the acknowledgements have done what they do.

    What two of them at once have left undone is due, and the sweep does it after two minutes. A
    notification that has not been heard may still be on its way, or have changed nothing.
    """
    deadline, before, since = time.monotonic() + seconds, of.items(), time.monotonic()
    while _is_due(before) or time.monotonic() - since < (4 if _has_heard(before) else 45):
        assert time.monotonic() < deadline, "what a viewer owns does not come to rest"
        time.sleep(0.5)
        now = of.items()
        if now != before:
            before, since = now, time.monotonic()


def _is_due(items: Items) -> bool:
    return any(item.get(DUE.partition_key) == {"S": PURCHASE_DUE} for item in items.values())


def _has_heard(items: Items) -> bool:
    """Whether each purchase has heard a word of its store's."""
    bought = [one for (_, _, sk), one in items.items() if sk in {"PURCHASE", "SUBSCRIPTION"}]
    return all("heard" in one for one in bought)
