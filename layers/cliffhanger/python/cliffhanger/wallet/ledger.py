"""Reading the ledger of a wallet."""

from collections.abc import Iterator

from cliffhanger import dynamo
from cliffhanger.purchases.store import Environment
from cliffhanger.wallet import entries, wallets
from cliffhanger.wallet.entries import Entry


def every(viewer_id: str, environment: Environment) -> Iterator[Entry]:
    """Read every entry of a wallet, the oldest first."""
    found = dynamo.query_between(wallets.table(), viewer_id, *_span(environment))
    return map(entries.of_item, found)


def newest(
    viewer_id: str, environment: Environment, *, limit: int, before: str | None = None
) -> tuple[list[Entry], str | None]:
    """Read one page of entries, the newest first: they, and the id to go on before, or None."""
    items, more = dynamo.page_between(
        wallets.table(),
        viewer_id,
        *_span(environment),
        limit=limit,
        start=entries.sort_key(before, environment) if before else None,
        newest_first=True,
    )
    found = [entries.of_item(item) for item in items]
    return found, found[-1].id if more else None


def find(viewer_id: str, environment: Environment, entry_id: str) -> Entry | None:
    """Read one entry, or None when there is none."""
    at = dynamo.key(viewer_id, entries.sort_key(entry_id, environment))
    item = dynamo.get(wallets.table(), at, consistent=True)
    return entries.of_item(item) if item else None


def _span(environment: Environment) -> tuple[str, str]:
    """A ULID begins with a digit up to 7, so the sandbox's entries are not among the others."""
    prefix = entries.prefix(environment)
    return f"{prefix}0", f"{prefix}8"
