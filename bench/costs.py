"""What it costs: `python -m bench.costs` writes docs/costs.md from measured units and list prices.

The units and calls are those of `bench/units.py`, which a test holds to the code. Prices and what
was assumed stand in bench/prices.toml.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bench.bill import Bill, per_million, per_thousand_hours, per_title
from bench.units import CONTRACT
from functions.registry import HTTP_FUNCTIONS
from local.layout import ROOT
from operations.pruning import KEPT

DOCUMENT = ROOT / "docs" / "costs.md"
PRICES = ROOT / "bench" / "prices.toml"
_SECONDS_OF_A_MONTH = 730 * 3600


@dataclass(frozen=True)
class Table:
    """A table of the document."""

    title: str
    words: str
    bills: Mapping[str, Bill]


def prices() -> dict[str, Any]:
    """Return the table of prices."""
    return tomllib.loads(PRICES.read_text())


def document() -> str:
    """Return the document as it must be."""
    known = prices()
    assumed = known["assumed"]
    operations = {name: per_million(cost, name, known) for name, cost in CONTRACT.items()}
    hours = per_thousand_hours(operations, known)
    title = per_title(hours["delivery"], known)
    tables = (
        Table(
            "A million calls",
            "Each is a warm call through CloudFront, WAF and the gateway. What is cached at the"
            " edge, as the catalogue is, costs the request alone there.",
            operations,
        ),
        Table(
            "A thousand viewer hours",
            f"Phones take {assumed['average_megabits']} Mbit/s on average; each segment of two"
            " seconds is a request for picture and one for sound, and each is checked at the edge."
            f" Of the API there is one playback call an evening of {assumed['hours_an_evening']}"
            f" hours, one for each of {assumed['unlocks_an_hour']} unlocks an hour, and progress.",
            hours,
        ),
        Table(
            "A title",
            f"{assumed['episodes']} episodes of {assumed['episode_seconds']} s, transcoded once to"
            " the ladder of stages/prod.toml in MediaConvert's Basic tier, kept for a year, and"
            f" delivered: a viewer watches {assumed['watched_share']:.0%} of it, at the price of"
            " the hours above.",
            title,
        ),
    )
    return "\n".join([_head(known), *map(_table, tables), _fixed(known), _assumed(assumed)])


def _head(known: Mapping[str, Any]) -> str:
    return (
        "# Costs\n\n"
        "Computed by `make costs` from the round trips and units that `make bench` measures, and"
        f" from public list prices of {known['date']} in us-east-1 (`bench/prices.toml`;"
        " MediaConvert's stand in `cliffhanger/media/cost.py`): on demand, with no free tier and"
        " no volume discount. It is an estimate; the bill has the truth. Amounts are US dollars.\n"
    )


def _table(table: Table) -> str:
    columns = list(dict.fromkeys(part for bill in table.bills.values() for part in bill.parts))
    rows = [["", *columns, "total"]]
    for name, bill in table.bills.items():
        parts = [bill.parts.get(column) for column in columns]
        rows.append([name, *map(_amount, parts), f"**{bill.total:.2f}**"])
    return f"## {table.title}\n\n{table.words}\n\n{_cells(rows)}\n"


def _cells(rows: Iterable[list[str]]) -> str:
    first, *others = (f"| {' | '.join(row)} |" for row in rows)
    return "\n".join([first, "|" + "---|" * (first.count("|") - 1), *others])


def _amount(amount: float | None) -> str:
    return "" if amount is None else f"{amount:.2f}"


def _fixed(known: Mapping[str, Any]) -> str:
    month, each = known["per_month"], known["per_ten_thousand"]
    signatures = each["kms_signatures"] * 100
    return (
        "## Whatever happens\n\n"
        f"A month of a stage: {month['kms_key']:.2f} for each KMS key, {month['secret']:.2f} for"
        f" each secret, {month['waf']:.2f} for the web ACL and {month['waf_rule']:.2f} for each of"
        f" its rules, {month['alarm']:.2f} for each alarm and {month['metric']:.2f} for each metric"
        f" of our own. {_snapshots(known)} A signed statement is a KMS signature: {signatures:.2f}"
        " a million. Warm functions read the playback keys once a minute and the origin's secret"
        f" every five: {each['secret_reads']:.2f} for ten thousand reads. The stores' share of what"
        " is sold is told in [the wallet](wallet.md).\n"
    )


def _snapshots(known: Mapping[str, Any]) -> str:
    memory = known["assumed"]["memory_gb"]
    one = known["per_gb"]["snapshot_seconds"] * memory * _SECONDS_OF_A_MONTH
    count = len(HTTP_FUNCTIONS) * KEPT
    return (
        f"A published version of an HTTP function is a snapshot that is kept: {one:.2f} each, and"
        f" {one * count:.2f} for {len(HTTP_FUNCTIONS)} functions with the {KEPT} versions that"
        " pruning leaves."
    )


def _assumed(assumed: Mapping[str, Any]) -> str:
    lines = [f"- {name.replace('_', ' ')}: {value}" for name, value in assumed.items()]
    return "## What is assumed\n\nThis was not measured on AWS:\n\n" + "\n".join(lines) + "\n"


def main() -> None:
    """Write the document."""
    DOCUMENT.write_text(document())


if __name__ == "__main__":
    main()
