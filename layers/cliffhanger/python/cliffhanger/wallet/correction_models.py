"""What the studio sends to correct a wallet, and what it is told."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import (
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    model_validator,
)

from cliffhanger.model import Model
from cliffhanger.moments import Moment
from cliffhanger.purchases.store import Environment
from cliffhanger.wallet.balance import Balance
from cliffhanger.wallet.lots import Kind

_MOST = 1_000_000
_ALL: tuple[Kind, ...] = ("promotional", "bonus", "paid")


class CorrectionInput(Model):
    """What to give or take."""

    model_config = ConfigDict(extra="forbid")

    coins: Annotated[StrictInt, Field(ge=-_MOST, le=_MOST)] = Field(
        description="Above zero they are given, below zero taken."
    )
    kind: Kind | None = Field(
        default=None,
        description="Left out, bonus coins are given; taken are all, in the order of spending.",
    )
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
    expires_at: Moment | None = Field(
        default=None, description="Of promotional coins that are given; null for never."
    )
    into_debt: StrictBool = Field(
        default=False, description="Whether coins that are taken and not there become debt."
    )
    environment: Environment = "production"

    @property
    def given(self) -> Kind:
        """The kind of coins that are given."""
        return self.kind or "bonus"

    @property
    def taken(self) -> tuple[Kind, ...]:
        """The kinds of coins that are taken, in any order."""
        return (self.kind,) if self.kind else _ALL

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.coins == 0:
            raise ValueError("give or take at least one coin")
        if self.expires_at is not None and (self.kind != "promotional" or self.coins < 0):
            raise ValueError("only promotional coins that are given can expire")
        if self.into_debt and self.coins > 0:
            raise ValueError("only coins that are taken can become debt")
        return self


class Correction(Model):
    """A correction as it stands in the ledger, and the wallet as it is now."""

    id: str
    viewer_id: str
    kind: Kind | None
    coins: int
    reason: str
    operator_id: str
    at: datetime
    wallet: Balance
