"""DynamoDB in the words of the domain: plain items in, plain items out, conditions that speak.

An item is a dict of str, int, bool, None, bytes, list and dict. There are no floats: money and
time are whole numbers here. The codec is our own because the one in boto3 costs its whole import.
"""

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cliffhanger import aws
from cliffhanger.errors import Busy
from cliffhanger.tables import DUE, PK, SK, Index, LocalIndex

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

Item = dict[str, Any]
Value = dict[str, Any]

_CONFLICT_TRIES = 6
_PASSING = {
    "TransactionConflict",
    "TransactionInProgressException",
    "ThrottlingError",
    "ProvisionedThroughputExceeded",
}
"""Reasons of a canceled transaction that are gone in a moment. botocore retries none of them."""

_THROTTLED = {
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "TooManyRequestsException",
}


class ConditionFailed(Exception):  # noqa: N818 - the name DynamoDB gives it
    """A condition did not hold. `failed` has the places, in the order of the writes."""

    def __init__(self, failed: Sequence[int] = (0,)) -> None:
        """Take the places of the writes whose condition failed."""
        super().__init__(f"condition failed at {list(failed)}")
        self.failed = tuple(failed)


def encode(value: Any) -> Value:  # noqa: PLR0911 - one return for each kind
    """Return a value in DynamoDB's own form, such as `{"N": "5"}`."""
    match value:
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": value}
        case int():
            return {"N": str(value)}
        case None:
            return {"NULL": True}
        case bytes():
            return {"B": value}
        case Mapping():
            return {"M": {name: encode(one) for name, one in value.items()}}
        case list() | tuple():
            return {"L": [encode(one) for one in value]}
    raise TypeError(f"no attribute can hold a {type(value).__name__}")


def decode(value: Value) -> Any:
    """Return the plain value of an attribute."""
    ((kind, held),) = value.items()
    match kind:
        case "S" | "BOOL" | "B":
            return held
        case "N":
            return int(held)
        case "NULL":
            return None
        case "M":
            return {name: decode(one) for name, one in held.items()}
        case "L":
            return [decode(one) for one in held]
    raise TypeError(f"no attribute of kind {kind} is written here")


def _encode_item(item: Mapping[str, Any]) -> Value:
    return {name: encode(value) for name, value in item.items()}


def _decode_item(item: Value) -> Item:
    return {name: decode(value) for name, value in item.items()}


def key(pk: str, sk: str) -> Item:
    """Return the key of an item."""
    return {PK: pk, SK: sk}


@dataclass(frozen=True)
class Write:
    """One write of a transaction, or alone: a Put of `item`, an Update of `key`, or neither.

    Neither is a check of the condition: the transaction holds on it and leaves the item as it is.

    Names in expressions are written as `#name`, values as `:name`; `values` holds the latter
    without the colon. Every `#name` is the attribute of that name, so reserved words are no worry.
    """

    table: str
    key: Item = field(default_factory=dict)
    item: Item | None = None
    update: str | None = None
    condition: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def operation(self) -> str:
        """Return what DynamoDB calls it within a transaction."""
        if self.item is not None:
            return "Put"
        return "Update" if self.update else "ConditionCheck"

    def parameters(self) -> dict[str, Any]:
        """Return what DynamoDB's API takes for this write."""
        made: dict[str, Any] = {"TableName": self.table}
        if self.item is not None:
            made["Item"] = _encode_item(self.item)
        else:
            made["Key"] = _encode_item(self.key)
        if self.update:
            made["UpdateExpression"] = self.update
        if self.condition:
            made["ConditionExpression"] = self.condition
        made |= _names(f"{self.update or ''} {self.condition or ''}")
        if self.values:
            made["ExpressionAttributeValues"] = _values(self.values)
        return made


def _names(expression: str) -> dict[str, Any]:
    words = {word.strip("(),") for word in expression.replace("(", " ").split()}
    found = {name: name[1:] for word in words for name in word.split(".") if name.startswith("#")}
    return {"ExpressionAttributeNames": found} if found else {}


def put(table: str, item: Item, *, condition: str | None = None) -> Write:
    """Return a write that puts a whole item."""
    return Write(table, item=item, condition=condition)


def create(table: str, item: Item) -> Write:
    """Return a write that puts an item only where there is none."""
    return put(table, item, condition=f"attribute_not_exists({PK})")


def replace(table: str, item: Item, *, after: int) -> Write:
    """Return a write that puts the next version of an item: `item["version"]` is the new one.

    It fails unless the item stands at version `after`; 0 is an item that was not there, or is of
    the time before it had versions.
    """
    if not after:
        return put(table, item, condition="attribute_not_exists(#version)")
    return Write(table, item=item, condition="#version = :after", values={"after": after})


def update(
    table: str, at: Item, expression: str, *, condition: str | None = None, **values: Any
) -> Write:
    """Return a write that changes attributes of one item."""
    return Write(table, key=at, update=expression, condition=condition, values=values)


def check(one: Write) -> Write:
    """Return the check of a write's condition, without what it writes."""
    at = one.key if one.item is None else key(one.item[PK], one.item[SK])
    return Write(one.table, key=at, condition=one.condition, values=one.values)


def get(table: str, at: Item, *, consistent: bool = False) -> Item | None:
    """Read one item: half a read unit for each 4 KB, twice that when consistent."""
    answer = aws.dynamodb().get_item(
        TableName=table, Key=_encode_item(at), ConsistentRead=consistent
    )
    return _decode_item(answer["Item"]) if "Item" in answer else None


def batch_get(*at: tuple[str, Item], consistent: bool = False) -> list[Item | None]:
    """Read up to a hundred items of any tables in one round trip, in the order asked.

    What DynamoDB leaves unprocessed is asked for again, with jitter. No key may come twice.

    Raises:
        Busy: DynamoDB went on leaving some out.
    """
    left: dict[str, Any] = {}
    for table, one in at:
        wanted = left.setdefault(table, {"Keys": [], "ConsistentRead": consistent})
        wanted["Keys"].append(_encode_item(one))
    found: dict[tuple[str, str, str], Item] = {}
    for attempt in range(_CONFLICT_TRIES):
        answer = aws.dynamodb().batch_get_item(RequestItems=left)
        for table, items in answer["Responses"].items():
            for item in map(_decode_item, items):
                found[table, item[PK], item[SK]] = item
        left = dict(answer.get("UnprocessedKeys") or {})
        if not left:
            return [found.get((table, one[PK], one[SK])) for table, one in at]
        _rest(attempt)
    raise Busy("Too many read at once. Try again.")


def query(
    table: str,
    pk: str,
    *,
    prefix: str,
    consistent: bool = False,
) -> Iterator[Item]:
    """Read every item of a partition whose sort key starts with `prefix`, in its order."""
    condition = f"{PK} = :pk AND begins_with({SK}, :prefix)"
    return _every(table, condition, {"pk": pk, "prefix": prefix}, consistent=consistent)


def query_between(
    table: str, pk: str, low: str, high: str, *, index: LocalIndex | None = None
) -> Iterator[Item]:
    """Read every item of a partition from one sort key to another, in their order, consistently.

    Args:
        table: the table.
        pk: the partition.
        low: the first sort key.
        high: the last one.
        index: whose sort keys are meant; the answer holds what it carries.
    """
    values = {"pk": pk, "low": low, "high": high}
    if index is None:
        return _every(table, _BETWEEN, values, consistent=True)
    condition = f"{PK} = :pk AND {index.sort_key} BETWEEN :low AND :high"
    return _every(table, condition, values, consistent=True, IndexName=index.name)


_BETWEEN = f"{PK} = :pk AND {SK} BETWEEN :low AND :high"


def _every(
    table: str, condition: str, values: Mapping[str, str], *, consistent: bool, **more: str
) -> Iterator[Item]:
    pages = (
        aws.dynamodb()
        .get_paginator("query")
        .paginate(
            TableName=table,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=_values(values),
            ConsistentRead=consistent,
            **more,  # type: ignore[arg-type]
        )
    )
    for page in pages:
        yield from map(_decode_item, page["Items"])


def page(
    table: str,
    index: Index | None,
    value: str,
    *,
    limit: int,
    start: Item | None = None,
) -> tuple[list[Item], Item | None]:
    """Read one page, newest first: its items, and the key to go on from, or None.

    Args:
        table: the table.
        index: one of its indexes; None is the table itself.
        value: the partition.
        limit: how many items at the most.
        start: the key that the page before ended with.
    """
    extra: dict[str, Any] = {"IndexName": index.name} if index else {"ConsistentRead": True}
    found, more = _page(
        limit,
        start,
        TableName=table,
        KeyConditionExpression="#p = :p",
        ExpressionAttributeNames={"#p": index.partition_key if index else PK},
        ExpressionAttributeValues=_values({"p": value}),
        ScanIndexForward=False,
        **extra,
    )
    names = (PK, SK, *((index.partition_key, index.sort_key) if index else ()))
    return found, {name: found[-1][name] for name in names} if more else None


def page_between(
    table: str,
    pk: str,
    low: str,
    high: str,
    *,
    limit: int,
    start: str | None = None,
    newest_first: bool = False,
) -> tuple[list[Item], bool]:
    """Read one page from one sort key to another, consistently, and tell whether there are more.

    Args:
        table: the table.
        pk: the partition.
        low: the first sort key.
        high: the last one.
        limit: how many items at the most.
        start: the sort key that the page before ended with.
        newest_first: from the last one on, instead of from the first.
    """
    return _page(
        limit,
        key(pk, start) if start else None,
        TableName=table,
        KeyConditionExpression=_BETWEEN,
        ExpressionAttributeValues=_values({"pk": pk, "low": low, "high": high}),
        ScanIndexForward=not newest_first,
        ConsistentRead=True,
    )


def _page(limit: int, start: Item | None, **asked: Any) -> tuple[list[Item], bool]:
    """Read an item more than wanted: DynamoDB names a last key also where nothing is behind it."""
    if start:
        asked["ExclusiveStartKey"] = _encode_item(start)
    answer = aws.dynamodb().query(Limit=limit + 1, **asked)
    found = [_decode_item(item) for item in answer["Items"]]
    return found[:limit], len(found) > limit


def _values(plain: Mapping[str, Any]) -> dict[str, Value]:
    return {f":{name}": encode(value) for name, value in plain.items()}


def due(table: str, kind: str, *, until: str, limit: int) -> list[Item]:
    """Read what of a kind is due, the longest due first: items that carry `due` and `due_at`."""
    answer = aws.dynamodb().query(
        TableName=table,
        IndexName=DUE.name,
        KeyConditionExpression="#due = :kind AND #at <= :until",
        ExpressionAttributeNames={"#due": DUE.partition_key, "#at": DUE.sort_key},
        ExpressionAttributeValues=_values({"kind": kind, "until": until}),
        Limit=limit,
    )
    return [_decode_item(item) for item in answer["Items"]]


def put_off(table: str, item: Item, to: str | None) -> bool:
    """Make what was read as due be due at another time; whether it still was due as it says.

    Args:
        table: the table.
        item: as `due` returned it.
        to: the time, or None for no more.
    """
    at, seen = f"#{DUE.sort_key}", item[DUE.sort_key]
    change, values = f"REMOVE #{DUE.partition_key}, {at}", {"seen": seen}
    if to is not None:
        change, values = f"SET {at} = :later", {"seen": seen, "later": to}
    try:
        write(update(table, key(item[PK], item[SK]), change, condition=f"{at} = :seen", **values))
    except ConditionFailed:
        return False  # it changed since the index was read
    return True


def write(one: Write) -> Item:
    """Do one write alone and return the item as it stands after an update.

    Raises:
        ConditionFailed: the condition did not hold; nothing was written.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415

    try:
        if one.item is not None:
            aws.dynamodb().put_item(**one.parameters())
            return one.item
        answer = aws.dynamodb().update_item(**one.parameters(), ReturnValues="ALL_NEW")
    except ClientError as error:
        if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
            raise ConditionFailed from error
        raise
    return _decode_item(answer["Attributes"])


def transact(*writes: Write) -> None:
    """Do all writes or none. Conflicts and throttled items are tried again with jitter.

    Raises:
        ConditionFailed: a condition did not hold; `failed` says which.
        Busy: it went on; nothing was written.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415

    items = [{one.operation: one.parameters()} for one in writes]
    for attempt in range(_CONFLICT_TRIES):
        try:
            aws.dynamodb().transact_write_items(TransactItems=items)  # type: ignore[arg-type]
        except ClientError as error:
            failed = _failed_conditions(error)
            if failed:
                raise ConditionFailed(failed) from error
            if not _is_passing(error):
                raise
            _rest(attempt)
        else:
            return
    raise Busy("Others were writing the same thing. Nothing was changed; try again.")


def _rest(attempt: int) -> None:
    time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311 - jitter, no secret


def _reasons(error: "ClientError") -> list[str]:
    reasons = error.response.get("CancellationReasons", [])
    return [str(reason.get("Code", "None")) for reason in reasons]


def _failed_conditions(error: "ClientError") -> list[int]:
    codes = _reasons(error)
    return [place for place, code in enumerate(codes) if code == "ConditionalCheckFailed"]


def _is_passing(error: "ClientError") -> bool:
    return bool(_PASSING & {*_reasons(error), error.response["Error"]["Code"]})


def is_throttled(error: Exception) -> bool:
    """Whether AWS refused a call for its rate alone, to the end of botocore's own tries."""
    answer = getattr(error, "response", None)  # other libraries have other things by this name
    told = answer.get("Error", {}) if isinstance(answer, Mapping) else {}
    return told.get("Code") in _THROTTLED
