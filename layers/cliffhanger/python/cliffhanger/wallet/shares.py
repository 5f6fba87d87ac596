"""What the stores keep of a price: an estimate, until their reports settle it.

`store_shares.json` lists the share by store, markets, product and date, in thousandths of a
percent. It ships with the stores' list rates: of Apple also for China (since 15 March 2026), of
Google also for the United States, the United Kingdom and the European Economic Area (since 30 June
2026: 20 percent of who has installed the app since, and 5 for the payment; of others more). Whoever
has other terms adds a version with their own rows; versions that were used stay, since lots name
the one that their net was estimated by.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Literal

from cliffhanger.purchases.store import WHOLE, Store
from cliffhanger.wallet.lots import Value

Product = Literal["coins", "vip"]

ANYWHERE = "*"
_FILE = Path(__file__).with_name("store_shares.json")


@dataclass(frozen=True, kw_only=True)
class Row:
    """A share and where it holds: of a market, or of all that have no row of their own."""

    store: str
    market: str
    product: str
    since: date
    share: int


Table = tuple[Row, ...]


@cache
def tables() -> dict[int, Table]:
    """Return every version of the table by its number."""
    versions = json.loads(_FILE.read_text())["versions"]
    return {
        version["version"]: tuple(
            Row(
                store=row["store"],
                market=market,
                product=row["product"],
                since=date.fromisoformat(row["from"]),
                share=row["share"],
            )
            for row in version["rows"]
            for market in row["markets"]
        )
        for version in versions
    }


def net(
    gross_micros: int,
    *,
    store: Store,
    market: str | None,
    product: Product,
    sold_at: datetime,
    table: Sequence[Row],
) -> int:
    """Return what is estimated to be left of a price, in millionths of its currency.

    The row of the market goes before the row of all markets; of several, the latest that had begun
    on the day of the sale, in UTC. What the store keeps is rounded up.

    Raises:
        LookupError: the table has no row for this sale.
    """
    day = sold_at.astimezone(UTC).date()
    fitting = [
        row
        for row in table
        if (row.store, row.product) == (store, product)
        and row.market in {market, ANYWHERE}
        and row.since <= day
    ]
    if not fitting:
        raise LookupError(f"no store share for {store}, {market}, {product} on {day}")
    row = max(fitting, key=lambda one: (one.market != ANYWHERE, one.since))
    return gross_micros * (WHOLE - row.share) // WHOLE


def value(
    gross_micros: int,
    currency: str,
    *,
    store: Store,
    storefront: str | None,
    sold_at: datetime,
    product: Product = "coins",
) -> Value:
    """Return the value of a sale, its net estimated by the newest version of the table.

    Args:
        gross_micros: what the viewer paid for the whole transaction.
        currency: ISO 4217.
        store: who sold it.
        storefront: the market it was sold in, two letters of ISO 3166-1; None when not told.
        sold_at: when; the share of that day counts.
        product: what was sold.
    """
    version = max(tables())
    return Value(
        gross_micros=gross_micros,
        net_micros=net(
            gross_micros,
            store=store,
            market=storefront,
            product=product,
            sold_at=sold_at,
            table=tables()[version],
        ),
        currency=currency,
        storefront=storefront,
        shares_version=version,
    )
