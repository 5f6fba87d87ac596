"""The shapes of POST /purchases and of restoring."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from cliffhanger.entitlements.models import VipStatus
from cliffhanger.model import Model
from cliffhanger.purchases.lines import Line
from cliffhanger.purchases.records import Record
from cliffhanger.purchases.store import Environment, Store
from cliffhanger.wallet.balance import Balance

_Signed = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
_Token = Annotated[str, StringConstraints(min_length=1, max_length=1500)]
_StoreId = Annotated[str, StringConstraints(min_length=1, max_length=150)]


class PurchaseInput(Model):
    """What the app got from the store. What it is worth, the store says, not the app."""

    model_config = ConfigDict(extra="forbid")

    store: Store
    signed_transaction: _Signed | None = Field(
        default=None, description="Apple: `jwsRepresentation` of the StoreKit 2 transaction."
    )
    product_id: _StoreId | None = Field(default=None, description="Google: of the purchase.")
    purchase_token: _Token | None = Field(default=None, description="Google: of the purchase.")

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        google = (self.product_id, self.purchase_token)
        if self.store == "apple" and (self.signed_transaction is None or any(google)):
            raise ValueError("from Apple, send signed_transaction alone")
        if self.store == "google" and (self.signed_transaction or not all(google)):
            raise ValueError("from Google, send product_id and purchase_token alone")
        return self


class RestoreInput(Model):
    """Everything that the store says this device has bought."""

    model_config = ConfigDict(extra="forbid")

    purchases: Annotated[list[PurchaseInput], Field(min_length=1, max_length=20)]


class PurchaseView(Model):
    """A purchase as its viewer sees it."""

    id: str
    kind: Literal["coins", "vip"]
    store: Store
    environment: Environment = Field(description="What a sandbox sold is kept apart from the rest.")
    product_id: str | None = Field(description="The studio's slug; null while it is held.")
    state: str = Field(
        description="Coins: pending, held, granted, refunded, canceled. VIP: active, grace,"
        " billing_retry, paused, pending, expired, revoked."
    )
    held: str | None = Field(
        description="Why nothing was granted yet: `unknown_product`. Nothing is lost."
    )
    coins: int = Field(description="Coins that it brought.")
    bonus_coins: int
    purchased_at: datetime
    expires_at: datetime | None

    @classmethod
    def of_record(cls, record: Record) -> Self:
        """Return how a coin pack is seen."""
        return cls(
            id=record.id,
            kind="coins",
            store=record.store,
            environment=record.environment,
            product_id=record.product_id,
            state=record.state,
            held=record.held,
            coins=record.bought.coins if record.bought else 0,
            bonus_coins=record.bought.bonus_coins if record.bought else 0,
            purchased_at=record.purchased_at,
            expires_at=None,
        )

    @classmethod
    def of_line(cls, line: Line) -> Self:
        """Return how a subscription is seen."""
        return cls(
            id=line.id,
            kind="vip",
            store=line.store,
            environment=line.environment,
            product_id=line.product_id,
            state=line.state,
            held="unknown_product" if line.product_id is None else None,
            coins=0,
            bonus_coins=0,
            purchased_at=line.period_began_at,
            expires_at=line.ends_at,
        )


class EntitlementsView(Model):
    """What the viewer may watch through VIP now."""

    vip: VipStatus


class PurchaseAnswer(Model):
    """A purchase, and what the viewer has by it."""

    purchase: PurchaseView
    wallet: Balance = Field(description="Of the environment in which it was bought.")
    entitlements: EntitlementsView


class Refused(Model):
    """Why one purchase was not restored."""

    status: int
    code: str
    detail: str


class Restored(Model):
    """What became of one purchase."""

    purchase: PurchaseView | None
    problem: Refused | None


class RestoreAnswer(Model):
    """What became of each purchase, in the order sent, and what the viewer has now."""

    items: list[Restored]
    wallet: Balance
    entitlements: EntitlementsView
