"""Records of subscriptions: one for each line of purchases, and one for each period of it.

| pk | sk | item |
|---|---|---|
| SUB#apple#production#... | SUBSCRIPTION | a line as it is, and whose it was |
| SUB#apple#production#... | PERIOD#... | what a period cost, and what was refunded of it |
| SUB#apple#production#... | TRANSFER#2026-... | from whom to whom it was restored |

`version` is the condition of every change of a line. `todo` is as in `records`.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Self

from pydantic import ConfigDict, Field

from cliffhanger import clock, correlation, dynamo
from cliffhanger.model import Model
from cliffhanger.purchases import rechecks, records
from cliffhanger.purchases.heard import Hearing
from cliffhanger.purchases.records import Todo
from cliffhanger.purchases.store import Environment, Store, Subscription, SubscriptionState

_SK = "SUBSCRIPTION"
_AHEAD = ("charged_ahead_at", "runs", "overtaken")
"""What hardly any line has is left out, so that one of Google's with its token is a kilobyte."""


class Transfer(Model):
    """A subscription that went from one viewer to another, by the stage's policy."""

    model_config = ConfigDict(frozen=True)

    from_viewer_id: str
    to_viewer_id: str
    at: datetime


class Running(Model):
    """A period that another one follows, which was charged before it begins."""

    model_config = ConfigDict(frozen=True)

    period_id: str
    product_id: str
    state: SubscriptionState
    ends_at: datetime | None
    told_at: datetime


class Line(Hearing):
    """A subscription as we have it."""

    id: str
    store: Store
    environment: Environment
    line_id: str
    store_product_id: str
    viewer_id: str | None
    named: str | None = Field(default=None, description="Whom its store named last.")
    product_id: str | None = None
    opened_as: str | None = Field(default=None, description="The last product that was known.")
    state: SubscriptionState
    ends_at: datetime | None
    auto_renews: bool
    period_id: str
    period_began_at: datetime
    charged_ahead_at: datetime | None = Field(
        default=None, description="Apple: at the latest, of a period that begins later."
    )
    runs: Running | None = Field(default=None, description="Until the period begins.")
    overtaken: str | None = Field(
        default=None, description="A period charged ahead that a purchase came before."
    )
    told_at: datetime
    replaced_at: datetime | None = Field(
        default=None, description="When it was read at Google since another one has replaced it."
    )
    is_family_shared: bool = False
    token: str | None = Field(default=None, repr=False, description="Google's, to settle it with.")
    transfers: tuple[Transfer, ...] = ()
    todo: tuple[Todo, ...] = ()
    version: int = 0

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> Self:
        """Read what the table has."""
        return cls.model_validate({name: item[name] for name in cls.model_fields if name in item})

    @property
    def buyer(self) -> str | None:
        """Whom its store named last; where that was nobody, whose it was at first."""
        first = self.transfers[0].from_viewer_id if self.transfers else self.viewer_id
        return self.named or first

    @property
    def waits(self) -> bool:
        """Whether it is to be looked at again: its product may be known by then."""
        return self.viewer_id is not None and self.product_id is None and not self.is_over

    @property
    def is_over(self) -> bool:
        """Whether it has ended. Only the store can say that it begins again."""
        return self.state in {"expired", "revoked"}

    @property
    def recheck_at(self) -> datetime | None:
        """When the store is asked again, though it told nothing; None when it is not.

        What is not paid yet may have no end: it is asked about a day after the latest word. What
        another one has replaced should have ended then, so that counts as its end at first.
        """
        can_be_asked = self.store == "apple" or self.token is not None
        if self.is_held or self.is_over or not can_be_asked:
            return None
        now, ends_at = clock.now(), self.ends_at or self.told_at + timedelta(days=1)
        early = rechecks.of_line(self.replaced_at, now) if self.replaced_at else None
        return early or rechecks.of_line(ends_at, now)

    @property
    def is_held(self) -> bool:
        """Whether it opens nothing yet, since its viewer or its product is not known."""
        return self.viewer_id is None or self.product_id is None


def key(store: Store, environment: Environment, line_id: str) -> dynamo.Item:
    """Return the key of a line, unique for ever."""
    return dynamo.key(f"SUB#{store}#{environment}#{line_id}", _SK)


def find(store: Store, environment: Environment, line_id: str) -> Line | None:
    """Return our record of a line as it is now, or None."""
    item = dynamo.get(records.table(), key(store, environment, line_id), consistent=True)
    return Line.of(item) if item else None


def write(line: Line, *, after: int) -> dynamo.Write:
    """Return the write that keeps a line, on the condition that it was at version `after`."""
    item = key(line.store, line.environment, line.line_id)
    untold = {name for name in _AHEAD if getattr(line, name) is None}
    kept = line.model_copy(update={"version": after + 1})
    item |= kept.model_dump(mode="json", exclude=untold)
    item |= correlation.stored()
    item |= records.due(line.store, line.todo, waits=line.waits, recheck_at=line.recheck_at)
    return dynamo.replace(records.table(), item, after=after)


def transfer(line: Line, made: Transfer) -> dynamo.Write:
    """Return the write that records a transfer for good; the line names the latest ten."""
    at = key(line.store, line.environment, line.line_id)
    at |= {"sk": f"TRANSFER#{clock.iso(made.at)}#{line.version}"}
    return dynamo.create(records.table(), at | made.model_dump(mode="json"))


def period(told: Subscription) -> dynamo.Write:
    """Return the write that keeps what a period cost; an older word about it changes nothing.

    Nor does a word that does not tell something, as where Google has no order of it any more; when
    it began is known by the first word that there was.
    """
    at = key(told.store, told.environment, told.line_id) | {"sk": f"PERIOD#{told.period_id}"}
    values = {
        "product": told.product_id,
        "began_at": clock.iso(told.purchased_at),
        "told_at": clock.iso(told.told_at),
        "price_micros": told.price_micros,
        "currency": told.currency,
        "storefront": told.storefront,
        "refunded": told.refunded,
    }
    lasting = [name for name, value in values.items() if value is None or name == "began_at"]
    parts = [f"#{name} = :{name}" for name in values if name not in lasting]
    parts += [f"#{name} = if_not_exists(#{name}, :{name})" for name in lasting]
    return dynamo.update(
        records.table(),
        at,
        "SET " + ", ".join(parts),
        condition="attribute_not_exists(pk) OR #told_at <= :told_at",
        **values | {"refunded": told.refunded or 0},
    )
