"""The edge's key-value store in memory, as strict as CloudFront's own."""

# ruff: noqa: N803 - the names are those of the API

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

AT_ONCE = 50


@dataclass
class Store:
    """Takes the calls of the one client that writes there. `others` write before an update."""

    entries: dict[str, str] = field(default_factory=dict)
    others: list[dict[str, str]] = field(default_factory=list)
    writes: int = 0
    version: int = 1

    def describe_key_value_store(self, *, KvsARN: str) -> dict[str, str]:
        return {"ETag": str(self.version)}

    def get_paginator(self, operation: str) -> "Store":
        assert operation == "list_keys"
        return self

    def paginate(self, *, KvsARN: str, PaginationConfig: dict[str, int]) -> Iterator[Any]:
        size = PaginationConfig["PageSize"]
        assert size <= AT_ONCE
        found = [{"Key": key, "Value": value} for key, value in sorted(self.entries.items())]
        for first in range(0, max(len(found), 1), size):
            yield {"Items": found[first : first + size]}

    def update_keys(
        self,
        *,
        KvsARN: str,
        IfMatch: str,
        Puts: list[Any],
        Deletes: list[Any],
    ) -> dict[str, str]:
        if self.others:
            self.entries |= self.others.pop()
            self.version += 1
        if IfMatch != str(self.version):
            raise ClientError({"Error": {"Code": "ConflictException"}}, "UpdateKeys")
        assert 0 < len(Puts) + len(Deletes) <= AT_ONCE
        for put in Puts:
            self.entries[put["Key"]] = put["Value"]
        for delete in Deletes:
            del self.entries[delete["Key"]]
        self.version += 1
        self.writes += 1
        return {"ETag": str(self.version)}
