"""A stage that sells, with both stores beside it: what happens there goes through the functions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cliffhanger import aws, clock, dynamo
from cliffhanger.dynamo import Item, Write
from cliffhanger.purchases.apple.account_token import account_token
from cliffhanger.purchases.store import Environment
from cliffhanger.wallet import audit, balance, changes, spending, wallets
from cliffhanger.wallet.entries import Cause
from functions.purchase_events.handler import handler as events
from functions.purchases.handler import handler as purchases
from functions.store_notices.handler import handler as doorbell
from local.stores.apple.records import Notification
from tests.unit import gateway
from tests.unit.gateway import Answer
from tests.unit.local_apple.shop import Shop
from tests.unit.local_google.running import Play

ANNA = gateway.VIEWER
BORIS = "vwr_01JD0000000000000000000001"
CARLA = "vwr_01JD0000000000000000000002"
TOKEN = account_token(ANNA)
COINS, VIP = "coins.100", "vip.weekly"


@dataclass
class Market:
    shop: Shop
    queue: str
    play: Play | None = None
    heard: set[str] = field(default_factory=set)

    def sell(self, slug: str, **product: Any) -> None:
        """Set a product of the studio."""
        answer = gateway.studio(
            purchases,
            "PUT /v1/studio/products/{product_id}",
            product,
            path={"product_id": slug},
        )
        assert answer.status == 200, answer.body

    def claim(
        self, sent: Mapping[str, Any] | str, viewer: str = ANNA, key: str | None = None
    ) -> Answer:
        """Send what the app got from the store: Apple's JWS, or what Google's app would send."""
        return self._post("/v1/purchases", _body(sent), viewer, key)

    def restore(self, *sent: Mapping[str, Any] | str, viewer: str = ANNA) -> Answer:
        body = {"purchases": [_body(one) for one in sent]}
        return self._post("/v1/purchases/restore", body, viewer, None)

    def _post(self, path: str, body: object, viewer: str, key: str | None) -> Answer:
        claims = {"token_use": "access", "username": viewer}
        headers = {"idempotency-key": key} if key else {}
        return gateway.call(purchases, f"POST {path}", body, claims=claims, headers=headers)

    def offered(self, viewer: str = ANNA) -> Any:
        claims = {"token_use": "access", "username": viewer}
        items = gateway.call(purchases, "GET /v1/products", claims=claims).body["items"]
        return {one["id"]: one for one in items}

    def ring(self, *notices: Notification | str) -> list[Answer]:
        """Bring notifications of Apple's to the door."""
        signed = [one if isinstance(one, str) else one.signed_payload for one in notices]
        route = "POST /v1/stores/apple/notifications"
        return [gateway.call(doorbell, route, {"signedPayload": one}) for one in signed]

    def tell(self, *notices: Notification | str) -> list[str]:
        """Bring notifications of Apple's to the door and let the queue be worked off."""
        assert {one.status for one in self.ring(*notices)} == {200}
        return self.work()

    def tell_all(self) -> list[str]:
        """Bring all that Apple has to tell and has not told yet."""
        fresh = [one for one in self.shop.store.state.notifications if one.uuid not in self.heard]
        self.heard |= {one.uuid for one in fresh}
        return self.tell(*fresh) if fresh else []

    def knock(self, authorization: str, body: Mapping[str, Any]) -> Answer:
        """Bring a push of Google's to the door."""
        route = "POST /v1/stores/google/notifications"
        return gateway.call(doorbell, route, body, headers={"authorization": authorization})

    def push(self) -> list[str]:
        """Bring all that Google has to tell now, and let the queue be worked off."""
        assert self.play
        for authorization, body in self.play.push():
            assert self.knock(authorization, body).status == 200
        return self.work()

    def waiting(self) -> int:
        """How many messages the queue holds."""
        asked: Any = ["ApproximateNumberOfMessages"]
        told = aws.sqs().get_queue_attributes(QueueUrl=self.queue, AttributeNames=asked)
        return int(told["Attributes"]["ApproximateNumberOfMessages"])

    def work(self) -> list[str]:
        """Let the function take the queue's messages until none is left; return those that fail."""
        failed: list[str] = []
        while messages := self._received():
            records = [
                {
                    "messageId": one["MessageId"],
                    "body": one["Body"],
                    "attributes": {"MessageGroupId": one["Attributes"]["MessageGroupId"]},
                }
                for one in messages
            ]
            answer = events({"Records": records}, None)
            failed += [one["itemIdentifier"] for one in answer["batchItemFailures"]]
            for one in messages:
                aws.sqs().delete_message(QueueUrl=self.queue, ReceiptHandle=one["ReceiptHandle"])
        return failed

    def _received(self) -> list[Any]:
        answer = aws.sqs().receive_message(
            QueueUrl=self.queue, MaxNumberOfMessages=10, AttributeNames=["All"]
        )
        return list(answer.get("Messages", []))

    def settle(self) -> Any:
        """Let the sweep of what is due run."""
        return events({"action": "settle"}, None)

    def recheck(self) -> Any:
        """Let the sweep of what no store told anything of run."""
        return events({"action": "recheck"}, None)

    def reconcile(self) -> Any:
        return events({"action": "reconcile"}, None)


def _body(sent: Mapping[str, Any] | str) -> object:
    if isinstance(sent, str):
        return {"store": "apple", "signed_transaction": sent}
    return dict(sent)


def coins(viewer: str = ANNA, environment: Environment = "production") -> tuple[int, int, int]:
    """Paid coins, bonus coins and debt; nobody's wallet may have a fault."""
    found = balance.read(viewer, environment)
    assert audit.audit(viewer, environment).faults == ()
    return found.paid, found.bonus, found.debt


def spend(coins: int, viewer: str = ANNA) -> None:
    """Unlock something for these coins."""

    def prepare() -> tuple[changes.Change, list[Write]]:
        wallet = wallets.read(viewer)
        cause = Cause("unlock", "drm_1/1")
        return spending.spend(wallet, coins, cause=cause, key="once", now=clock.now()), []

    changes.commit(prepare)


def everything() -> list[Item]:
    """All that stands in the table of purchases."""
    found = aws.dynamodb().get_paginator("scan").paginate(TableName="commerce")
    return [dynamo._decode_item(item) for page in found for item in page["Items"]]


def kept(prefix: str, sk: str) -> list[Item]:
    return [one for one in everything() if one["pk"].startswith(prefix) and one["sk"] == sk]


def the_purchase() -> Item:
    """The only purchase there is."""
    (found,) = kept("BUY#", "PURCHASE")
    return found
