"""Two stores that were verified already: what they say stands in words, and in what Google has."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ulid import ULID

from cliffhanger import aws, dynamo, events, ids
from cliffhanger.purchases import asking, claims, due_items, lines, notices, records
from cliffhanger.purchases.apple import claim as apple_claim
from cliffhanger.purchases.apple import headings, notifications, server_api, verify
from cliffhanger.purchases.apple.headings import About, Heading
from cliffhanger.purchases.apple.notifications import AppleNotification
from cliffhanger.purchases.claim_models import PurchaseInput
from cliffhanger.purchases.errors import PurchaseNotVerified
from cliffhanger.purchases.google import api
from cliffhanger.purchases.google import claim as google_claim
from cliffhanger.purchases.google.notification import DeveloperNotification
from cliffhanger.purchases.store import Environment, OneTimePurchase, Store, Subscription

Told = OneTimePurchase | Subscription
_EACH = due_items.each


class Anything:
    """A service of AWS that takes all that it is told."""

    def __getattr__(self, name: str) -> Any:
        return lambda **_: {}


@dataclass
class Stores:
    """`words` are Apple's, each with what it says; `google` has what a token is worth now.

    `apple` has what a subscription of Apple's is now, `asked_of` whom a store was asked about, and
    `due` what a sweep has come to, in its order.
    """

    words: list[AppleNotification] = field(default_factory=list)
    google: dict[str, Told] = field(default_factory=dict)
    apple: dict[str, Subscription] = field(default_factory=dict)
    asked_of: list[str] = field(default_factory=list)
    due: list[str] = field(default_factory=list)
    voided: set[str] = field(default_factory=set)
    consumed: set[str] = field(default_factory=set)
    hints: int = 0
    ids: int = 0
    now: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    def new_id(self, prefix: str) -> str:
        """An id of this very moment, after all that were made before."""
        self.ids += 1
        moment = ULID.from_datetime(self.now).bytes[:6]
        return f"{prefix}_{ULID(moment + self.ids.to_bytes(4) + secrets.token_bytes(6))}"

    def say(self, told: Told) -> None:
        """Something happened in a store."""
        if told.store == "google":
            self.google[name(told)] = told
            return
        if isinstance(told, Subscription):
            self.apple[told.line_id] = told
        self.tell(told)

    def tell(self, told: Told) -> None:
        """Apple tells of it, whether or not it is what the purchase is now."""
        self.words.append(
            AppleNotification(
                uuid=ids.new("word"),
                type="REFUND",
                signed_at=told.told_at,
                environment=told.environment,
                told=told,
            )
        )

    def _voided(self) -> list[dict[str, str]]:
        """Google's list, in which each is voided once more."""
        at = str(self.now.timestamp())
        return [{"purchaseToken": one, "voidedTimeMillis": at} for one in sorted(self.voided)]

    def _history(
        self, _environment: str, _since: datetime, _until: datetime, page: str | None
    ) -> tuple[list[str], str | None]:
        """Twenty words a page, as Apple has them."""
        first = int(page or 0)
        following = first + 20
        words = [str(number) for number in range(first, min(following, len(self.words)))]
        return words, str(following) if following < len(self.words) else None

    def _heading(self, number: str) -> Heading:
        word = self.words[int(number)]
        assert word.told
        is_subscription = isinstance(word.told, Subscription)
        about = About(word.environment, name(word.told), is_subscription)
        return Heading(word.uuid, word.type, about)

    def _each(self, kind: str, **ahead: timedelta) -> Iterator[dynamo.Item]:
        for item in _EACH(kind, **ahead):
            self.due.append(item["pk"].rpartition("#")[2])
            yield item

    def asked(self, token: str, kind: type[Told]) -> Any:
        found = self.google.get(token)  # a table may keep what another play bought
        if not isinstance(found, kind):
            raise PurchaseNotVerified("unknown_transaction", "None of this kind.")
        self.asked_of.append(token)
        changes: dict[str, Any] = {"told_at": self.now}
        if kind is OneTimePurchase:
            changes["is_consumed"] = token in self.consumed
        return found.model_copy(update=changes)

    def asked_of_apple(self, line_id: str, _environment: Environment) -> Subscription:
        if line_id not in self.apple:
            raise PurchaseNotVerified("unknown_transaction")
        self.asked_of.append(line_id)
        return self.apple[line_id].model_copy(update={"told_at": self.now, "is_newest": True})

    def hint(self, token: str, message_id: str) -> None:
        """Bring a hint of Google's; the same message may come again."""
        kind = "oneTimeProduct" if token.startswith("pack") else "subscription"
        body = {"notificationType": 1, "purchaseToken": token, "version": "1.0"}
        body |= {"sku": "coins"} if kind == "oneTimeProduct" else {"subscriptionId": "vip"}
        sent = {"version": "1.0", "packageName": "app", "eventTimeMillis": "1"}
        notices.from_google(
            DeveloperNotification.model_validate(sent | {f"{kind}Notification": body}), message_id
        )

    def claim(self, viewer_id: str, store: Store, sent: str, key: Any) -> Any:
        return claims.claim(viewer_id, self.input(store, sent), key)

    def input(self, store: Store, sent: str) -> PurchaseInput:
        """The app sends a word of Apple's by its number, or a token of Google's."""
        if store == "apple":
            return PurchaseInput(store="apple", signed_transaction=sent)
        product_id = self.google[sent].product_id
        return PurchaseInput(store="google", purchase_token=sent, product_id=product_id)

    def moves(self, told: Told) -> list[tuple[str, str]]:
        """From whom to whom a subscription was restored, as it was recorded for good."""
        line = lines.key(told.store, told.environment, name(told))["pk"]
        found = dynamo.query(records.table(), line, prefix="TRANSFER#", consistent=True)
        return [(one["from_viewer_id"], one["to_viewer_id"]) for one in found]

    def open(self, patch: pytest.MonkeyPatch) -> None:
        """Stand where Apple, Google, the bus, the user pool and the clock of ids are."""
        patch.setattr(ids, "new", self.new_id)
        patch.setattr(
            apple_claim, "read_client_transaction", lambda sent: self.words[int(sent)].told
        )
        kinds: dict[str, type[Told]] = {"coins": OneTimePurchase, "vip": Subscription}
        patch.setattr(
            google_claim,
            "read_client_purchase",
            lambda _id, token, kind, _plans: self.asked(token, kinds[kind]),
        )
        patch.setattr(asking, "google_pack", lambda token: self.asked(token, OneTimePurchase))
        patch.setattr(asking, "google_subscription", lambda one: self.asked(one, Subscription))
        patch.setattr(asking, "apple_subscription", self.asked_of_apple)
        patch.setattr(due_items, "each", self._each)
        patch.setattr(api, "consume", lambda _id, token: self.consumed.add(token))
        patch.setattr(api, "acknowledge_subscription", lambda _id, token: None)
        patch.setattr(api, "voided", lambda *_: (self._voided(), None))
        patch.setattr(verify, "environments", lambda: ("Production",))
        patch.setattr(server_api, "notification_history", self._history)
        patch.setattr(headings, "read", self._heading)
        patch.setattr(notifications, "read_notification", lambda one, **_: self.words[int(one)])
        patch.setattr(events, "publish", lambda _event: None)
        for service in ("cognito", "sqs"):
            patch.setattr(aws, service, Anything)


def name(told: Told) -> str:
    """What stands for a purchase in its store."""
    return told.transaction_id if isinstance(told, OneTimePurchase) else told.line_id
