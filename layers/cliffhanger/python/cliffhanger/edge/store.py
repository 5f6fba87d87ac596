"""The edge's key-value store: its whole content in, its whole content out, in as few writes.

CloudFront's store takes each write with the store's own ETag, and its API takes SigV4A alone,
which is why one function carries awscrt and no other writes here.
"""

import random
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from cliffhanger import aws
from cliffhanger.errors import Busy

if TYPE_CHECKING:
    from mypy_boto3_cloudfront_keyvaluestore import CloudFrontKeyValueStoreClient

Entries = dict[str, str]

_TRIES = 6
# Quotas of CloudFront's KeyValueStore: pages of at most 50 keys, and as many in one UpdateKeys.
_AT_ONCE = 50


def change(store_arn: str, wanted: Callable[[Entries], Entries]) -> None:
    """Make the store hold what `wanted` returns for what it holds now.

    When somebody else wrote in between (a deployment may), `wanted` is asked again with what the
    store holds by then. More than fifty differences take several writes; each of them stands.

    Raises:
        Busy: others went on writing.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415

    store: CloudFrontKeyValueStoreClient = aws.client("cloudfront-keyvaluestore")
    for attempt in range(_TRIES):
        etag = store.describe_key_value_store(KvsARN=store_arn)["ETag"]
        held = _held(store, store_arn)
        try:
            for update in _updates(held, wanted(held)):
                etag = store.update_keys(KvsARN=store_arn, IfMatch=etag, **update)["ETag"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConflictException":
                raise
            time.sleep(random.uniform(0, 0.1 * 2**attempt))  # noqa: S311 - jitter, no secret
        else:
            return
    raise Busy("Others were writing the edge's store all the time.")


def _held(store: "CloudFrontKeyValueStoreClient", store_arn: str) -> Entries:
    pages = store.get_paginator("list_keys").paginate(
        KvsARN=store_arn, PaginationConfig={"PageSize": _AT_ONCE}
    )
    return {item["Key"]: item["Value"] for page in pages for item in page.get("Items", [])}


def _updates(held: Entries, wanted: Entries) -> Iterator[dict[str, Any]]:
    """Yield the arguments of each write: first what is to be there, then what is to go."""
    puts = [
        {"Key": name, "Value": value} for name, value in wanted.items() if held.get(name) != value
    ]
    deletes = [{"Key": name} for name in held if name not in wanted]
    changes = [("Puts", one) for one in puts] + [("Deletes", one) for one in deletes]
    for first in range(0, len(changes), _AT_ONCE):
        update: dict[str, Any] = {"Puts": [], "Deletes": []}
        for kind, one in changes[first : first + _AT_ONCE]:
            update[kind].append(one)
        yield update
