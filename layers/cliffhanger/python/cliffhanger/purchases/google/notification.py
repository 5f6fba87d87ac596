"""What Google Play tells of: real-time developer notifications.

https://developer.android.com/google/play/billing/rtdn-reference. A notification is a hint: what is
so now stands in the API. Kinds and fields that are not known here are kept as they came.
"""

from datetime import UTC, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from cliffhanger.model import Model

Kind = Literal["subscription", "one_time", "voided", "refund_review", "test", "unknown"]


class _Told(Model):
    model_config = ConfigDict(
        frozen=True, extra="allow", alias_generator=to_camel, populate_by_name=True
    )


class SubscriptionNotification(_Told):
    """A subscription has changed; 4 is a new one, 2 a renewal, 13 an end, 12 a revocation."""

    notification_type: int
    purchase_token: str


class OneTimeProductNotification(_Told):
    """A one-time purchase was completed (1), or canceled while it was pending (2)."""

    notification_type: int
    purchase_token: str
    sku: str | None = None


class VoidedPurchaseNotification(_Told):
    """A purchase was refunded or charged back."""

    purchase_token: str
    order_id: str | None = None
    product_type: int | None = None
    """1 is a subscription, 2 a one-time purchase."""
    refund_type: int | None = None
    """1 is the whole of it, 2 a part by quantity."""


class PendingRefundReviewNotification(_Told):
    """Google asks what we think of a refund. It waits for 24 hours."""

    pending_refund_token: str
    order_id: str
    refund_reason: int | None = None
    obfuscated_account_id: str | None = None


class TestNotification(_Told):
    """Somebody has pressed the button in the Play Console."""

    __test__ = False  # no test class, whatever pytest thinks of the name

    version: str | None = None


class DeveloperNotification(_Told):
    """One notification. One of its members is set, or none that is known yet."""

    version: str = ""
    package_name: str
    event_time_millis: int
    """Since 1970, in UTC; Google sends it as text."""
    subscription_notification: SubscriptionNotification | None = None
    one_time_product_notification: OneTimeProductNotification | None = None
    voided_purchase_notification: VoidedPurchaseNotification | None = None
    pending_refund_review_notification: PendingRefundReviewNotification | None = None
    test_notification: TestNotification | None = None

    @property
    def kind(self) -> Kind:
        """What it tells of."""
        found: dict[Kind, BaseModel | None] = {
            "subscription": self.subscription_notification,
            "one_time": self.one_time_product_notification,
            "voided": self.voided_purchase_notification,
            "refund_review": self.pending_refund_review_notification,
            "test": self.test_notification,
        }
        return next((kind for kind, told in found.items() if told is not None), "unknown")

    @property
    def event_at(self) -> datetime:
        """When it happened. Not an order to go by: ask the API what is so now."""
        return datetime.fromtimestamp(self.event_time_millis / 1000, UTC)

    @property
    def purchase_token(self) -> str | None:
        """The purchase that it is about; a refund review and a test name none."""
        told = (
            self.subscription_notification
            or self.one_time_product_notification
            or self.voided_purchase_notification
        )
        return told.purchase_token if told else None
