"""The few calls of DynamoDB that wallets make, on a dict: a thousand times faster than moto.

The state machine runs on both, so what this gets wrong moto tells.
"""

import operator
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

Wire = dict[str, Any]


class MemoryTable:
    def __init__(self) -> None:
        self.items: dict[str, dict[str, Wire]] = {}

    def get_item(self, *, Key: Wire, **_: Any) -> Wire:  # noqa: N803
        found = self.items.get(Key["pk"]["S"], {}).get(Key["sk"]["S"])
        return {"Item": found} if found else {}

    def get_paginator(self, name: str) -> "MemoryTable":
        assert name == "query"
        return self

    def paginate(self, **asked: Any) -> Iterator[Wire]:
        values = {name: one["S"] for name, one in asked["ExpressionAttributeValues"].items()}
        every = self.items.get(values[":pk"], {})
        if "IndexName" in asked:
            every = {one["page"]["S"]: one for one in every.values() if "page" in one}
        rows = sorted(every.items(), key=operator.itemgetter(0))
        if "BETWEEN" in asked["KeyConditionExpression"]:
            low, high = values[":low"], values[":high"]
            found = [row for sk, row in rows if low <= sk <= high]
        else:
            found = [row for sk, row in rows if sk.startswith(values[":prefix"])]
        yield {"Items": found}

    def transact_write_items(self, *, TransactItems: list[Wire]) -> None:  # noqa: N803
        puts = [one["Put"] for one in TransactItems]
        keys = [(put["Item"]["pk"]["S"], put["Item"]["sk"]["S"]) for put in puts]
        assert len(set(keys)) == len(keys) <= 100, "no item may come twice"
        held = [self._holds(put, key) for put, key in zip(puts, keys, strict=True)]
        if not all(held):
            codes = [{"Code": "None" if one else "ConditionalCheckFailed"} for one in held]
            error = {
                "Error": {"Code": "TransactionCanceledException"},
                "CancellationReasons": codes,
            }
            raise ClientError(error, "TransactWriteItems")  # type: ignore[arg-type]
        for put, (pk, sk) in zip(puts, keys, strict=True):
            self.items.setdefault(pk, {})[sk] = put["Item"]

    def _holds(self, put: Wire, key: tuple[str, str]) -> bool:
        there = self.items.get(key[0], {}).get(key[1], {})
        match put.get("ConditionExpression"):
            case None:
                return True
            case "attribute_not_exists(pk)":
                return not there
            case "attribute_not_exists(#version)":
                return "version" not in there
            case "#version = :after":
                after: Wire = put["ExpressionAttributeValues"][":after"]
                return bool(there.get("version") == after)
        raise AssertionError(put)
