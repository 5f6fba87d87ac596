"""DynamoDB on a dict: the operations that are used here, a thousand times faster than moto.

It is checked against DynamoDB Local where that is given, and against the local cloud's emulation.
Requests and answers are DynamoDB's own, without the HTTP around them.
"""

import copy
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.dynamo.expressions import Wire, condition
from tests.dynamo.updates import update

Table = dict[str, dict[str, Wire]]

_PARTITION = re.compile(r"^\s*(\S+)\s*=\s*(:\w+)")
_MOST = 100


class Refusal(Exception):  # noqa: N818 - the name says it
    """What DynamoDB answers instead."""

    def __init__(self, code: str, reasons: list[str] | None = None) -> None:
        super().__init__(code)
        self.code, self.reasons = code, reasons


@dataclass
class Store:
    """All tables. `indexes` has the keys of an index by its name."""

    indexes: dict[str, tuple[str, str]]
    tables: dict[str, Table] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def clear(self) -> None:
        """Forget everything."""
        self.tables.clear()
        self.tokens.clear()

    def call(self, operation: str, asked: Wire) -> Wire:
        """Answer a request.

        Raises:
            Refusal: it is refused, and nothing was written.
        """
        with self.lock:
            answer: Wire = getattr(self, f"_{operation}")(asked)
            return answer

    def _rows(self, table: str) -> Table:
        return self.tables.setdefault(table, {})

    def _at(self, table: str, key: Wire) -> Wire | None:
        return self._rows(table).get(key["pk"]["S"], {}).get(key["sk"]["S"])

    def _set(self, table: str, item: Wire) -> None:
        kept = copy.deepcopy(item)
        self._rows(table).setdefault(item["pk"]["S"], {})[item["sk"]["S"]] = kept

    def _CreateTable(self, _asked: Wire) -> Wire:  # noqa: N802 - DynamoDB's names, here and below
        return {}  # each is there when it is asked for

    def _GetItem(self, asked: Wire) -> Wire:  # noqa: N802
        found = self._at(asked["TableName"], asked["Key"])
        return {"Item": found} if found else {}

    def _BatchGetItem(self, asked: Wire) -> Wire:  # noqa: N802
        found: dict[str, list[Wire]] = {}
        for table, wanted in asked["RequestItems"].items():
            keys = [(one["pk"]["S"], one["sk"]["S"]) for one in wanted["Keys"]]
            assert len(set(keys)) == len(keys) <= _MOST, "no key may come twice"
            rows = (self._at(table, key) for key in wanted["Keys"])
            found[table] = [row for row in rows if row]
        return {"Responses": found, "UnprocessedKeys": {}}

    def _PutItem(self, asked: Wire) -> Wire:  # noqa: N802
        return self._alone("Put", asked)

    def _UpdateItem(self, asked: Wire) -> Wire:  # noqa: N802
        return self._alone("Update", asked)

    def _DeleteItem(self, asked: Wire) -> Wire:  # noqa: N802
        return self._alone("Delete", asked)

    def _alone(self, kind: str, asked: Wire) -> Wire:
        if not self._holds(kind, asked):
            raise Refusal("ConditionalCheckFailedException")
        after = self._apply(kind, asked)
        return {"Attributes": after} if kind == "Update" else {}

    def _TransactWriteItems(self, asked: Wire) -> Wire:  # noqa: N802
        token = asked.get("ClientRequestToken")
        said = json.dumps(asked["TransactItems"], default=str)
        if token and token in self.tokens:
            if self.tokens[token] != said:
                raise Refusal("IdempotentParameterMismatchException")
            return {}
        writes = [next(iter(one.items())) for one in asked["TransactItems"]]
        keys = [(one["TableName"], *_key(kind, one)) for kind, one in writes]
        assert len(set(keys)) == len(keys) <= _MOST, "no item may come twice"
        held = [self._holds(kind, one) for kind, one in writes]
        if not all(held):
            reasons = ["None" if one else "ConditionalCheckFailed" for one in held]
            raise Refusal("TransactionCanceledException", reasons)
        for kind, one in writes:
            self._apply(kind, one)
        if token:
            self.tokens[token] = said
        return {}

    def _holds(self, kind: str, asked: Wire) -> bool:
        if "ConditionExpression" not in asked:
            return True
        pk, sk = _key(kind, asked)
        there = self._rows(asked["TableName"]).get(pk, {}).get(sk, {})
        names, values = _names(asked)
        return condition(asked["ConditionExpression"])(there, names, values)

    def _apply(self, kind: str, asked: Wire) -> Wire:
        table = asked["TableName"]
        if kind == "Put":
            self._set(table, asked["Item"])
        elif kind == "Delete":
            self._rows(table).get(asked["Key"]["pk"]["S"], {}).pop(asked["Key"]["sk"]["S"], None)
        elif kind == "Update":
            before = self._at(table, asked["Key"]) or asked["Key"]
            after = dict(before)
            for change in update(asked["UpdateExpression"]):
                change(before, after, *_names(asked))
            self._set(table, after)
            return after
        return {}

    def _Query(self, asked: Wire) -> Wire:  # noqa: N802
        names, values = _names(asked)
        test = condition(asked["KeyConditionExpression"])
        at = _PARTITION.match(asked["KeyConditionExpression"])
        assert at, asked["KeyConditionExpression"]
        if name := asked.get("IndexName"):
            partition, sort = self.indexes[name]
            rows = [row for row in self._every(asked["TableName"]) if sort in row]
        else:
            partition, sort = "pk", "sk"
            rows = list(self._rows(asked["TableName"]).get(values[at[2]]["S"], {}).values())
        rows = [row for row in rows if test(row, names, values)]
        rows.sort(key=lambda row: (row[sort]["S"], row["pk"]["S"], row["sk"]["S"]))
        forward = rows if asked.get("ScanIndexForward", True) else rows[::-1]
        return _page(forward, asked, {"pk", "sk", partition, sort})

    def _Scan(self, asked: Wire) -> Wire:  # noqa: N802
        test = condition(asked.get("FilterExpression", "attribute_exists(pk)"))
        segment, segments = asked.get("Segment", 0), asked.get("TotalSegments", 1)
        return {
            "Items": [
                row
                for row in self._every(asked["TableName"])
                if hash(row["pk"]["S"]) % segments == segment and test(row, *_names(asked))
            ]
        }

    def _every(self, table: str) -> Iterator[Wire]:
        for rows in list(self._rows(table).values()):
            yield from list(rows.values())


def _page(rows: list[Wire], asked: Wire, keyed: set[str]) -> Wire:
    if start := asked.get("ExclusiveStartKey"):
        keys = [(row["pk"], row["sk"]) for row in rows]
        rows = rows[keys.index((start["pk"], start["sk"])) + 1 :]
    limit = asked.get("Limit", len(rows))
    answer: dict[str, Any] = {"Items": rows[:limit]}
    if limit < len(rows):
        answer["LastEvaluatedKey"] = {name: rows[limit - 1][name] for name in keyed}
    return answer


def _key(kind: str, asked: Wire) -> tuple[str, str]:
    held = asked["Item" if kind == "Put" else "Key"]
    return held["pk"]["S"], held["sk"]["S"]


def _names(asked: Wire) -> tuple[dict[str, str], Wire]:
    return asked.get("ExpressionAttributeNames", {}), asked.get("ExpressionAttributeValues", {})
