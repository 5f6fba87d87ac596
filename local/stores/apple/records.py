"""What the store remembers. Times are UNIX milliseconds of the store's own clock."""

from typing import Any, Literal

from pydantic import BaseModel, Field

Environment = Literal["Production", "Sandbox"]
Kind = Literal["consumable", "non_consumable", "non_renewing", "auto_renewable"]


class Transaction(BaseModel):
    """Something that was sold: a product, or one period of a subscription."""

    id: str
    original_id: str
    environment: Environment
    customer: str = Field(description="Whose it is, as the store knows people.")
    kind: Kind
    product_id: str
    quantity: int = 1
    purchased_at: int
    first_purchased_at: int
    expires_at: int | None = None
    account_token: str | None = None
    is_family_shared: bool = False
    is_renewal: bool = False
    is_upgraded: bool = False
    group: str | None = None
    price: int = Field(description="Thousandths of the currency, of the whole transaction.")
    currency: str
    storefront: str = Field(description="ISO 3166-1, three letters.")
    offer_type: int | None = None
    offer_discount_type: str | None = None
    revoked_at: int | None = None
    revocation_reason: int | None = None
    revocation_type: str | None = None
    revocation_percentage: int | None = None


class Plan(BaseModel):
    """What a subscription renews to."""

    product_id: str
    price: int
    period: str = Field(description="ISO 8601, such as P1W.")


class Line(BaseModel):
    """A subscription through all its periods."""

    id: str = Field(description="The original transaction's id.")
    latest: str = Field(description="The id of the newest period's transaction.")
    plan: Plan
    next_plan: Plan | None = None
    auto_renews: bool = True
    grace_until: int | None = None
    retrying_since: int | None = None
    expiration_intent: int | None = Field(default=None, description="Set once it has ended.")


class Attempt(BaseModel):
    """One delivery of a notification."""

    at: int
    result: str = Field(description="Apple's sendAttemptResult.")


class Notification(BaseModel):
    """A notification and how its delivery goes."""

    uuid: str
    type: str
    subtype: str | None
    environment: Environment
    transaction_id: str | None
    signed_at: int
    made_at: int | None = Field(default=None, description="In real time, as its server has it.")
    signed_payload: str
    attempts: list[Attempt] = []
    next_attempt_at: int | None = None


class State(BaseModel):
    """All of it, as it stands on disk."""

    clock_offset: int = 0
    last_moment: int = 0
    next_number: int = 0
    transactions: dict[str, Transaction] = {}
    lines: dict[str, Line] = {}
    notifications: list[Notification] = []
    consumptions: list[dict[str, Any]] = []
