"""The shapes of products: what the studio says, and what a viewer is offered."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from cliffhanger.ids import DramaId
from cliffhanger.model import Model

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
StoreProductId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,149}$")]
Market = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
ProductKind = Literal["coins", "vip"]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
_Coins = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]


class ListPrice(Model):
    """What a product costs in a market, for display. What was paid, the store says."""

    model_config = ConfigDict(extra="forbid")

    amount_micros: Annotated[int, Field(strict=True, gt=0, le=10**15)]
    currency: Currency


class ProductInput(Model):
    """A product: coins, or a period of VIP. Its id is the studio's own slug, in the path."""

    model_config = ConfigDict(extra="forbid")

    kind: ProductKind
    coins: _Coins = Field(default=0, description="Of a coin pack: what is paid for.")
    bonus_coins: _Coins = Field(default=0, description="On top; they never expire either.")
    first_purchase_bonus: _Coins = Field(
        default=0, description="More bonus, once: with the first coin pack of a viewer."
    )
    period: Literal["P1W", "P1M", "P1Y"] | None = Field(default=None, description="Of VIP.")
    opens: list[DramaId] | None = Field(
        default=None, max_length=200, description="What VIP opens; null is every drama."
    )
    apple_product_id: StoreProductId | None = None
    google_product_id: StoreProductId | None = None
    prices: dict[Market, ListPrice] = Field(default_factory=dict, max_length=250)
    active: bool = True

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> Self:
        coins = (self.coins, self.bonus_coins, self.first_purchase_bonus)
        if self.kind == "coins" and (self.coins < 1 or self.period or self.opens is not None):
            raise ValueError("a coin pack has coins, and neither period nor opens")
        if self.kind == "vip" and (self.period is None or any(coins)):
            raise ValueError("VIP has a period and no coins")
        return self


class Product(ProductInput):
    """A product as the studio sees it."""

    id: Slug
    version: int
    updated_at: datetime

    @model_validator(mode="before")
    @classmethod
    def _without_keys(cls, values: Any) -> Any:
        if isinstance(values, dict):
            return {name: one for name, one in values.items() if name in cls.model_fields}
        return values


class OfferedProduct(Model):
    """A product as a viewer is offered it."""

    id: str
    kind: ProductKind
    coins: int
    bonus_coins: int
    first_purchase_bonus: int = Field(description="0 once the viewer has bought coins.")
    period: str | None
    opens: list[str] | None
    apple_product_id: str | None
    google_product_id: str | None
    prices: dict[str, ListPrice]
    active: bool
