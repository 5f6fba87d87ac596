"""Reading the ledger of a wallet."""

from collections.abc import Iterator
from typing import Any

from cliffhanger import aws, dynamo
from cliffhanger.dynamo import Item
from cliffhanger.purchases.store import Environment
from cliffhanger.tables import PK, SK
from cliffhanger.wallet import entries, wallets
from cliffhanger.wallet.entries import Entry


def every(viewer_id: str, environment: Environment) -> Iterator[Entry]:
    """Read every entry of a wallet, the oldest first."""
    pages = (
        aws.dynamodb()
        .get_paginator("query")
        .paginate(**_query(viewer_id, environment), ConsistentRead=True)
    )
    for page in pages:
        yield from map(_entry, page["Items"])


def newest(
    viewer_id: str, environment: Environment, *, limit: int, before: str | None = None
) -> tuple[list[Entry], str | None]:
    """Read one page of entries, the newest first: they, and the id to go on before, or None."""
    extra: dict[str, Any] = {}
    if before:
        start = dynamo.key(viewer_id, entries.sort_key(before, environment))
        extra["ExclusiveStartKey"] = {name: dynamo.encode(value) for name, value in start.items()}
    answer = aws.dynamodb().query(
        **_query(viewer_id, environment), ScanIndexForward=False, Limit=limit, **extra
    )
    found = [_entry(item) for item in answer["Items"]]
    return found, found[-1].id if found and "LastEvaluatedKey" in answer else None


def find(viewer_id: str, environment: Environment, entry_id: str) -> Entry | None:
    """Read one entry, or None when there is none."""
    at = dynamo.key(viewer_id, entries.sort_key(entry_id, environment))
    item = dynamo.get(wallets.table(), at, consistent=True)
    return entries.of_item(item) if item else None


def _query(viewer_id: str, environment: Environment) -> dict[str, Any]:
    """A ULID begins with a digit up to 7, so the sandbox's entries are not among the others."""
    prefix = entries.prefix(environment)
    return {
        "TableName": wallets.table(),
        "KeyConditionExpression": f"{PK} = :pk AND {SK} BETWEEN :low AND :high",
        "ExpressionAttributeValues": {
            ":pk": dynamo.encode(viewer_id),
            ":low": dynamo.encode(f"{prefix}0"),
            ":high": dynamo.encode(f"{prefix}8"),
        },
    }


def _entry(item: Item) -> Entry:
    return entries.of_item({name: dynamo.decode(value) for name, value in item.items()})
