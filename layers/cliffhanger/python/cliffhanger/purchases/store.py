"""What a store says, in one shape for both stores. Adapters make these; the domain trusts them.

Nothing here comes from a request as it is: an Apple shape was read from a JWS whose chain ends in
a root of the stage, a Google shape from Google's own API.
"""

from datetime import datetime
from typing import Literal

from pydantic import ConfigDict, Field

from cliffhanger.ids import ViewerId
from cliffhanger.model import Model
from cliffhanger.purchases.errors import PurchaseNotVerified

Store = Literal["apple", "google"]
Environment = Literal["production", "sandbox"]
"""What a stage sells for real, and what a store's sandbox sold beside it: kept apart for ever."""
OneTimeState = Literal["purchased", "pending", "canceled"]
SubscriptionState = Literal[
    "active", "grace", "billing_retry", "paused", "pending", "expired", "revoked"
]

WHOLE = 100_000
"""A whole, in thousandths of a percent: how Apple counts a refund's share."""
MOST_AT_ONCE = 1_000
"""Pieces of one purchase. Apple sells ten at a time at the most; more is a mistake."""


class _Told(Model):
    model_config = ConfigDict(frozen=True, extra="forbid")

    store: Store
    environment: Environment
    product_id: str = Field(description="The store's own id of the product.")
    viewer_id: ViewerId | None = Field(
        description="Whom the store bound it to: from appAccountToken or"
        " obfuscatedExternalAccountId; None when it was not bound."
    )
    purchased_at: datetime
    told_at: datetime = Field(description="Apple: signedDate. Google: just before it was asked.")
    price_micros: int | None = Field(
        default=None, ge=0, description="Of the whole transaction, in millionths of `currency`."
    )
    currency: str | None = Field(default=None, description="ISO 4217.")
    storefront: str | None = Field(default=None, description="ISO 3166-1, two letters.")


def sane_quantity(told: int | None) -> int:
    """Return how many pieces were bought: one, unless the store says more.

    Raises:
        PurchaseNotVerified: no store sells so many at once, or fewer than one.
    """
    quantity = 1 if told is None else told
    if not 1 <= quantity <= MOST_AT_ONCE:
        raise PurchaseNotVerified("malformed", "The store has not sold that many of it.")
    return quantity


class OneTimePurchase(_Told):
    """A coin pack that was bought once."""

    transaction_id: str = Field(
        description="Unique for ever within store and environment. Apple: transactionId. Google:"
        " the SHA-256 of the purchase token, in hex."
    )
    order_id: str | None = Field(default=None, description="Google's, for people; may be missing.")
    quantity: int = Field(ge=1, le=MOST_AT_ONCE)
    state: OneTimeState
    refunded: int | None = Field(
        default=0,
        ge=0,
        le=WHOLE,
        description="The share that was given back; 0 when reversed, None where nothing tells it.",
    )
    is_consumed: bool = False
    is_acknowledged: bool = True


class Subscription(_Told):
    """A VIP subscription as it is now, of one purchase line of a viewer."""

    line_id: str = Field(
        description="The same through every renewal. Apple: originalTransactionId. Google: the"
        " SHA-256 of the purchase token, in hex."
    )
    period_id: str = Field(
        description="This renewal. Apple: transactionId. Google: the order id, or the line_id"
        " where it is blank."
    )
    state: SubscriptionState
    expires_at: datetime | None
    auto_renews: bool | None = Field(
        description="None where it is not told: as it was, and a period that is new renews itself."
    )
    replaces: str | None = Field(default=None, description="The line that this one went on from.")
    replaces_token: str | None = Field(
        default=None, repr=False, description="Google's token of that line, to ask about it."
    )
    resumes: str | None = Field(
        default=None,
        description="Google: the line of the same buyer that was over when they bought this one"
        " outside of the app. Told until this one is acknowledged.",
    )
    resumes_viewer_id: ViewerId | None = Field(
        default=None, description="Whom the store had bound that line to."
    )
    is_replaced: bool = Field(
        default=False, description="It was asked about since another one has gone on from it."
    )
    is_newest: bool = Field(
        default=False, description="Apple was asked, and this is the newest period of the line."
    )
    is_family_shared: bool = False
    is_upgraded: bool = Field(default=False, description="Apple: another product took it over.")
    is_acknowledged: bool = True
    refunded: int | None = Field(
        default=0, ge=0, le=WHOLE, description="The share of this period; None where nothing tells."
    )
