"""How the tables stood, to put them back before the next try."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

from tests.dynamo.clients import Http
from tests.dynamo.expressions import Wire
from tests.dynamo.faults import Striking

_MOST = 25


def keep(client: Any, way: Striking) -> Callable[[], None]:
    """Note what is in all tables now.

    Args:
        client: of `backends.wire`, and
        way: how its requests go.

    Returns:
        What puts the tables back to that. It may be called as often as wanted.
    """
    return _on_dict(way.inner) if isinstance(way.inner, Http) else _on_server(client)


def _on_dict(http: Http) -> Callable[[], None]:
    kept = copy.deepcopy(http.kept.tables)

    def back() -> None:
        http.kept.tables = copy.deepcopy(kept)

    return back


def _on_server(client: Any) -> Callable[[], None]:
    kept = dict(_rows(client))

    def back() -> None:
        found = dict(_rows(client))
        changed = [
            (at[0], {"PutRequest": {"Item": one}})
            for at, one in kept.items()
            if found.get(at) != one
        ]
        new = [(at[0], {"DeleteRequest": {"Key": _key(found[at])}}) for at in found.keys() - kept]
        _write(client, changed + new)

    return back


def _rows(client: Any) -> Iterator[tuple[tuple[str, str, str], Wire]]:
    for table in client.list_tables()["TableNames"]:
        for page in client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
            for row in page["Items"]:
                yield (table, row["pk"]["S"], row["sk"]["S"]), row


def _key(row: Wire) -> Wire:
    return {"pk": row["pk"], "sk": row["sk"]}


def _write(client: Any, writes: list[tuple[str, Wire]]) -> None:
    for first in range(0, len(writes), _MOST):
        batch: dict[str, list[Wire]] = {}
        for table, one in writes[first : first + _MOST]:
            batch.setdefault(table, []).append(one)
        left = client.batch_write_item(RequestItems=batch).get("UnprocessedItems")
        assert not left, left
