"""What the tables of a stage stand on. Tests choose with a mark; moto is what the others get."""

from functools import cache
from typing import Any

import pytest

from cliffhanger import tables
from local.layout import CREDENTIALS
from tests.dynamo import local_jar
from tests.dynamo.clients import Http, botocore_client, store
from tests.dynamo.faults import Striking

DICT, MOTO, EMULATED, LOCAL = "dict", "moto", "emulated", "dynamodb-local"

on_moto_and_local = pytest.mark.parametrize("tables_on", [MOTO, LOCAL], indirect=True)
on_dict_and_local = pytest.mark.parametrize("tables_on", [DICT, LOCAL], indirect=True)
on_all_but_moto = pytest.mark.parametrize("tables_on", [DICT, EMULATED, LOCAL], indirect=True)
on_dict = pytest.mark.parametrize("tables_on", [DICT], indirect=True)
on_local = pytest.mark.parametrize("tables_on", [LOCAL], indirect=True)

_KEYS = {
    "aws_access_key_id": CREDENTIALS["AWS_ACCESS_KEY_ID"],
    "aws_secret_access_key": CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
}


@cache
def wire(address: str | None) -> tuple[Any, Striking]:
    """A client with the way that its requests go: to a dict, or to a server's address."""
    made = botocore_client(endpoint_url=address, **_KEYS) if address else botocore_client()
    way = Striking(made._endpoint.http_session if address else Http(store()))
    made._endpoint.http_session = way
    return made, way


def emptied(address: str | None) -> tuple[Any, Striking]:
    """The same, without any table; on a dict they need not be made."""
    client, way = wire(address)
    if address is None:
        way.inner.kept = store()
    else:
        for name in client.list_tables()["TableNames"]:
            client.delete_table(TableName=name)
    return client, way


def address(request: pytest.FixtureRequest, tables_on: str) -> str | None:
    """Where the tables are; None in this process. Skips what needs a jar that is not there."""
    if tables_on == EMULATED:
        emulated: str = request.getfixturevalue("emulated_dynamodb")
        return emulated
    if tables_on != LOCAL:
        return None
    if local_jar.jar() is None:
        pytest.skip(f"{local_jar.VARIABLE} names no DynamoDBLocal.jar")
    url: str = request.getfixturevalue("dynamodb_local")
    return url


def definition(spec: tables.Table) -> dict[str, Any]:
    """What CreateTable takes for a table."""
    names = {tables.PK, tables.SK}
    names |= {name for one in spec.indexes for name in (one.partition_key, one.sort_key)}
    names |= {one.sort_key for one in spec.local_indexes}
    indexes = [
        {
            "IndexName": one.name,
            "KeySchema": _keys(one.partition_key, one.sort_key),
            "Projection": {"ProjectionType": "ALL"},
        }
        for one in spec.indexes
    ]
    local = [
        {
            "IndexName": one.name,
            "KeySchema": _keys(tables.PK, one.sort_key),
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(one.carries)},
        }
        for one in spec.local_indexes
    ]
    return {
        "TableName": spec.name,
        "KeySchema": _keys(tables.PK, tables.SK),
        "AttributeDefinitions": [
            {"AttributeName": one, "AttributeType": "S"} for one in sorted(names)
        ],
        "BillingMode": "PAY_PER_REQUEST",
        **({"GlobalSecondaryIndexes": indexes} if indexes else {}),
        **({"LocalSecondaryIndexes": local} if local else {}),
    }


def _keys(partition: str, sort: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]
