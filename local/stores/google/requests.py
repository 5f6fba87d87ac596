"""What the tools may ask of the store, at `POST /_store/{action}`."""

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from local.stores.google.records import Buyer

_DAYS = {"D": 1, "W": 7, "M": 30, "Y": 365}


def days_of(period: str) -> int:
    """Return the days of an ISO 8601 period of one unit; a month has 30 of them here."""
    found = re.fullmatch(r"P(\d+)([DWMY])", period)
    if not found or not int(found[1]):
        raise ValueError("give a period such as P1W")
    return int(found[1]) * _DAYS[found[2]]


Period = Annotated[str, AfterValidator(lambda text: text if days_of(text) else "")]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Nothing(_Request):
    """An action that needs no words."""


class Buy(_Request):
    """A one-time purchase."""

    product_id: str
    quantity: int = Field(default=1, ge=1, le=10)
    buyer: Buyer = Buyer()
    pending: bool = False
    order: bool = True


class Subscribe(_Request):
    """A subscription."""

    product_id: str
    period: Period = "P1W"
    add_ons: list[str] = []
    buyer: Buyer = Buyer()
    pending: bool = False
    order: bool = True


class Token(_Request):
    """Something that happens to a purchase; without token, to the latest."""

    purchase_token: str | None = None


class Days(Token):
    """Something that lasts for some days."""

    days: int = Field(default=3, ge=1)


class GiveBack(Token):
    """A refund: of a number of pieces, or of everything."""

    quantity: int | None = Field(default=None, ge=1)
    revoke: bool = True


class ChangePlan(Token):
    """Another plan. The old one's end is told `late_seconds` after the new one's begin.

    What is `deferred` has the old plan until it renews.
    """

    product_id: str
    period: Period = "P1M"
    price_micros: int = Field(default=14_990_000, ge=0)
    late_seconds: float = Field(default=5, ge=0)
    deferred: bool = False


class MoveTime(_Request):
    """How far the store's clock goes forward."""

    days: float = Field(default=0, ge=0)
    hours: float = Field(default=0, ge=0)

    @property
    def by(self) -> timedelta:
        """The whole of it."""
        return timedelta(days=self.days, hours=self.hours)


def sent_by_app(product_id: str, purchase_token: str) -> dict[str, Any]:
    """Return what an app sends to us of a purchase."""
    return {"store": "google", "product_id": product_id, "purchase_token": purchase_token}
