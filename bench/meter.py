"""Counting what an operation asks of AWS: round trips, and DynamoDB's units from the items' bytes.

The emulators count units wrongly, so they are computed as the Developer Guide says: a read takes
half a unit for each 4 KB begun, twice that when consistent; a write takes a unit for each KB begun,
twice that in a transaction; an index takes a unit for each KB begun of an item that is in it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from cliffhanger import aws, tables
from cliffhanger.dynamo import Item, decode
from tests.unit.entitlements.owning import size

_CLIENTS = (aws.dynamodb, aws.events, aws.sqs, aws.secrets, aws.s3, aws.kms, aws.cognito)


@dataclass(frozen=True)
class Call:
    """One call of AWS, as it was asked and answered."""

    service: str
    operation: str
    asked: Mapping[str, Any]
    target: str
    answer: bytes


@dataclass
class Meter:
    """What was asked for since it was switched on."""

    calls: list[Call] = field(default_factory=list)
    read_units: float = 0
    write_units: int = 0
    index_units: int = 0
    quiet: bool = False

    @property
    def table_calls(self) -> int:
        """Round trips to DynamoDB."""
        return sum(call.service == "dynamodb" for call in self.calls)

    @property
    def other_calls(self) -> Counter[str]:
        """Calls of other services, such as `events:PutEvents`."""
        others = (one for one in self.calls if one.service != "dynamodb")
        return Counter(f"{one.service}:{one.operation}" for one in others)


@contextmanager
def metering() -> Iterator[Meter]:
    """Count until the end of the block."""
    meter = Meter()
    clients = [one() for one in _CLIENTS]
    counting = _Hooks(meter)
    for client in clients:
        client.meta.events.register("before-parameter-build", counting.before)
        client.meta.events.register("after-call", counting.after)
    try:
        yield meter
    finally:
        for client in clients:
            client.meta.events.unregister("before-parameter-build", counting.before)
            client.meta.events.unregister("after-call", counting.after)


class _Hooks:
    def __init__(self, meter: Meter) -> None:
        self._meter = meter

    def before(self, params: Any, model: Any, context: Any, **_: Any) -> None:
        if self._meter.quiet:
            return
        context["asked"] = params
        context["stood"] = [self._standing(*at) for at in _written(model.name, params)]

    def after(self, http_response: Any, parsed: Any, model: Any, context: Any, **_: Any) -> None:
        if self._meter.quiet:
            return
        service, name, asked = model.service_model.service_name, model.name, context["asked"]
        target = f"{model.service_model.metadata.get('targetPrefix')}.{name}"
        self._meter.calls.append(Call(service, name, asked, target, http_response.content))
        if service != "dynamodb":
            return
        self._meter.read_units += _read_units(name, asked, parsed)
        each = 2 if name == "TransactWriteItems" else 1
        for at, before in zip(_written(name, asked), context["stood"], strict=True):
            item = self._standing(*at)
            larger = max(size(before or {}), size(item or {}))
            self._meter.write_units += each * _begun(larger, 1024)
            self._meter.index_units += _index_units(before or {}, item or {})

    def _standing(self, table: str, key: Any) -> Item | None:
        self._meter.quiet = True
        found = aws.dynamodb().get_item(TableName=table, Key=key, ConsistentRead=True)
        self._meter.quiet = False
        return _plain(found["Item"]) if "Item" in found else None


def _written(operation: str, asked: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return table and key of every item that a call writes."""
    if operation == "TransactWriteItems":
        single = [next(iter(one.values())) for one in asked["TransactItems"]]
    elif operation in {"PutItem", "UpdateItem", "DeleteItem"}:
        single = [asked]
    else:
        return []
    keys = [one.get("Key") or {name: one["Item"][name] for name in ("pk", "sk")} for one in single]
    return [(one["TableName"], key) for one, key in zip(single, keys, strict=True)]


def _read_units(operation: str, asked: Mapping[str, Any], answer: Mapping[str, Any]) -> float:
    each = 1.0 if asked.get("ConsistentRead") else 0.5
    if operation == "GetItem":
        return each * _begun(size(_plain(answer.get("Item", {}))), 4096)
    if operation == "Query":
        return each * _begun(sum(size(_plain(item)) for item in answer["Items"]), 4096)
    if operation != "BatchGetItem":
        return 0
    total = 0.0
    for table, wanted in asked["RequestItems"].items():
        found = answer["Responses"].get(table, [])
        units = sum(_begun(size(_plain(item)), 4096) for item in found)
        units += len(wanted["Keys"]) - len(found)
        total += units * (1.0 if wanted.get("ConsistentRead") else 0.5)
    return total


def _index_units(before: Item, after: Item) -> int:
    """What the indexes take: nothing for an item that is in none of them.

    An entry that bears pages is written once, and the index of pages holds but these.
    """
    total = 1 if tables.PAGES.sort_key in after and not before else 0
    for index in (tables.DUE, tables.SHELF):
        for item in (before, after) if _place(index, before) != _place(index, after) else (after,):
            if _place(index, item) and before != after:
                total += _begun(size(item), 1024)
    return total


def _place(index: tables.Index, item: Item) -> tuple[Any, Any] | None:
    at = (item.get(index.partition_key), item.get(index.sort_key))
    return at if None not in at else None


def _plain(item: Mapping[str, Any]) -> Item:
    return {name: decode(value) for name, value in item.items()}


def _begun(size_in_bytes: int, of: int) -> int:
    return max(1, -(-size_in_bytes // of))
