"""What differs between a table and its restored copy, and how it is brought back."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cliffhanger.tables import PK, SK
from operations.errors import OperationError

Item = Mapping[str, Any]
_PAGE = 100  # what one BatchGetItem takes
_TRIES = 10


@dataclass(frozen=True)
class Difference:
    """One item: what it is now, and what it was. None stands for not there."""

    now: Item | None
    was: Item | None

    @property
    def kind(self) -> str:
        """The kind of its item: the sort key up to what makes it one of many."""
        item: Any = self.now or self.was
        return str(item[SK]["S"]).partition("#")[0]

    @property
    def what(self) -> str:
        """`lost`, `changed` or `new`, seen from the restored copy."""
        if self.now is None:
            return "lost"
        return "new" if self.was is None else "changed"


def differences(dynamodb: Any, table: str, restored: str) -> Iterator[Difference]:
    """Yield every item in which a table differs from its restored copy. Both are read whole."""
    for page in _pages(dynamodb, restored):
        now = _found(dynamodb, table, page)
        for key, was in page.items():
            if now.get(key) != was:
                yield Difference(now.get(key), was)
    for page in _pages(dynamodb, table):
        then = _found(dynamodb, restored, page)
        for key, item in page.items():
            if key not in then:
                yield Difference(item, None)


def counted(found: Iterator[Difference]) -> Counter[tuple[str, str]]:
    """Return how many items of each kind were lost, changed or are new."""
    return Counter((one.kind, one.what) for one in found)


def copy_back(dynamodb: Any, table: str, restored: str) -> int:
    """Make a table equal to its restored copy and return how many items that took.

    What is right already is not written, so a copy that was broken off is begun again.
    """
    count = 0
    for one in differences(dynamodb, table, restored):
        if one.was is not None:
            dynamodb.put_item(TableName=table, Item=one.was)
        elif one.now is not None:
            dynamodb.delete_item(TableName=table, Key={PK: one.now[PK], SK: one.now[SK]})
        count += 1
    return count


def _pages(dynamodb: Any, table: str) -> Iterator[dict[tuple[str, str], Item]]:
    pages = dynamodb.get_paginator("scan").paginate(
        TableName=table, ConsistentRead=True, PaginationConfig={"PageSize": _PAGE}
    )
    for page in pages:
        if page["Items"]:
            yield {_key(item): item for item in page["Items"]}


def _found(dynamodb: Any, table: str, keys: Mapping[tuple[str, str], Item]) -> dict[Any, Item]:
    asked: dict[str, Any] = {
        table: {
            "Keys": [{PK: item[PK], SK: item[SK]} for item in keys.values()],
            "ConsistentRead": True,
        }
    }
    found: dict[Any, Item] = {}
    for _ in range(_TRIES):
        answer = dynamodb.batch_get_item(RequestItems=asked)
        found |= {_key(item): item for item in answer["Responses"].get(table, [])}
        asked = answer.get("UnprocessedKeys", {})
        if not asked:
            return found
    raise OperationError(f"DynamoDB is too busy to read {table}. Run this again in some minutes.")


def _key(item: Item) -> tuple[str, str]:
    return item[PK]["S"], item[SK]["S"]
