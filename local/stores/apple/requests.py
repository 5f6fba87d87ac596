"""What a tool may ask of the store, at `POST /_store/{name}`."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from local.stores.apple import refunds


class One(BaseModel):
    """A transaction, or what was bought last; any of a subscription's stands for all of it."""

    model_config = ConfigDict(extra="forbid")

    transaction_id: str | None = None


class Refund(One):
    """A transaction and how much of it to give back."""

    percentage: float = Field(default=100, gt=0, le=100)


class Grace(One):
    """A subscription and its days of grace."""

    days: int = Field(default=16, ge=1, le=28)


class PlanChange(One):
    """A subscription and what it changes to."""

    product_id: str
    direction: Literal["upgrade", "downgrade", "crossgrade"] = "upgrade"
    price: int = Field(default=9990, ge=0, description="Thousandths, of one period.")
    period: str = "P1W"


class RefundRequest(One):
    """A transaction whose buyer asks for the money, and why."""

    reason: refunds.Reason = "UNINTENDED_PURCHASE"


class Redelivery(BaseModel):
    """How many of the latest notifications come again."""

    model_config = ConfigDict(extra="forbid")

    count: int = Field(default=1, ge=1)


class Passing(BaseModel):
    """How far the store's clock moves."""

    model_config = ConfigDict(extra="forbid")

    seconds: float = Field(ge=0)
