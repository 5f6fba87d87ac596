"""What the store remembers. Times are aware and in UTC, by the store's own clock."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

OneTimeState = Literal["PURCHASED", "PENDING", "CANCELLED"]
SubscriptionState = Literal[
    "PENDING",
    "ACTIVE",
    "PAUSED",
    "IN_GRACE_PERIOD",
    "ON_HOLD",
    "CANCELED",
    "EXPIRED",
    "PENDING_PURCHASE_CANCELED",
]


class Buyer(BaseModel):
    """Who buys, where, and for how much; `price_micros` is of one piece or one period."""

    account_id: str | None = None
    region: str = "US"
    currency: str = "USD"
    price_micros: int = 4_990_000
    is_test: bool = False


class OneTime(BaseModel):
    """A one-time purchase."""

    token: str
    product_id: str
    quantity: int
    refundable_quantity: int
    state: OneTimeState
    buyer: Buyer
    order_id: str | None
    created_at: datetime
    completed_at: datetime | None = None
    is_acknowledged: bool = False
    is_consumed: bool = False


class Plan(BaseModel):
    """What is bought again with each period."""

    product_id: str
    period_days: int
    price_micros: int


class Subscription(BaseModel):
    """A subscription of one token. A change of plan makes another token."""

    token: str
    product_id: str
    add_ons: list[str] = []
    state: SubscriptionState
    period_days: int
    buyer: Buyer
    order_id: str | None
    """Of the first period; those of renewals end in `..0`, `..1` and so on."""
    renewals: int = 0
    latest_order_id: str | None
    created_at: datetime
    started_at: datetime | None = None
    expires_at: datetime | None = None
    held_until: datetime | None = None
    resumes_at: datetime | None = None
    auto_renews: bool = True
    is_acknowledged: bool = False
    linked_token: str | None = None
    expired_token: str | None = None
    """Of what the buyer had before, who subscribed again outside of the app."""
    expired_account_id: str | None = None
    following: Plan | None = None
    """What it becomes when it renews; not paid yet."""
    canceled_by: Literal["user", "system", "developer", "replacement"] | None = None


class Refund(BaseModel):
    """Money that went back."""

    at: datetime
    micros: int


class Order(BaseModel):
    """One payment."""

    id: str
    token: str
    product_id: str
    quantity: int = 1
    micros: int
    currency: str
    region: str
    created_at: datetime
    period_begins_at: datetime | None = None
    period_ends_at: datetime | None = None
    refunds: list[Refund] = []

    @property
    def refunded_micros(self) -> int:
        """How much of it went back."""
        return sum(one.micros for one in self.refunds)


class Voided(BaseModel):
    """An entry of the list of voided purchases."""

    token: str
    order_id: str | None
    is_subscription: bool
    purchased_at: datetime
    voided_at: datetime
    source: int
    reason: int
    quantity: int | None = None
    """Set when it is a refund of a part by quantity."""


class Review(BaseModel):
    """A refund that Google asks our opinion of."""

    token: str
    order_id: str
    asked_at: datetime
    answer: dict[str, Any] | None = None
    is_closed: bool = False


class QueuedPush(BaseModel):
    """A notification on its way. `due_at` is in Unix seconds of the real clock."""

    id: str
    data: dict[str, Any]
    due_at: float
    attempts: int = 0
    delivered: int = 0
    status: int | None = None


class State(BaseModel):
    """Everything."""

    offset_seconds: float = 0
    one_time: dict[str, OneTime] = Field(default_factory=dict)
    subscriptions: dict[str, Subscription] = Field(default_factory=dict)
    orders: dict[str, Order] = Field(default_factory=dict)
    voided: list[Voided] = Field(default_factory=list)
    reviews: dict[str, Review] = Field(default_factory=dict)
    pushes: list[QueuedPush] = Field(default_factory=list)
