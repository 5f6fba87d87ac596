"""The audit: every wallet is computed again from its ledger and compared with what it says.

It reads the whole table and belongs on an operator's machine: no function may scan.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from cliffhanger import aws, dynamo
from cliffhanger.purchases.store import Environment
from cliffhanger.tables import PK, SK
from cliffhanger.wallet import ledger, wallets
from cliffhanger.wallet.books import faults
from cliffhanger.wallet.wallets import Wallet

_TRIES = 8
_SANDBOX = "sandbox"


@dataclass(frozen=True, kw_only=True)
class Audit:
    """What was found of one wallet. `faults` are sentences; none means that all agrees."""

    viewer_id: str
    environment: Environment
    entries: int
    faults: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class AuditRun:
    """What was found of all wallets: how many there are, and those that are not in order."""

    wallets: int
    faulty: tuple[Audit, ...]


def audit(viewer_id: str, environment: Environment = "production") -> Audit:
    """Compare the wallet of this very viewer with its ledger, both as of one moment.

    A wallet that goes on changing is read again, and reported when it does not come to rest.
    """
    for _ in range(_TRIES):
        wallet = wallets.stored(viewer_id, environment)
        try:
            some = list(ledger.every(viewer_id, environment))
        except ValueError as error:
            return _audit(wallet, 0, [str(error)])
        with suppress(wallets.Torn):
            wallet = wallets.whole(wallet)
        if wallets.stored(viewer_id, environment).version == wallet.version:
            return _audit(wallet, len(some), faults(wallet, some))
    return _audit(wallet, len(some), ["it changed all the while; audit it again"])


def audit_all(*, segments: int = 4) -> AuditRun:
    """Audit every wallet and every ledger, also one that has lost its other half.

    Args:
        segments: how many parts of the table are read at the same time.
    """
    parts = [(part, segments) for part in range(segments)]
    with ThreadPoolExecutor(segments) as pool:
        runs = list(pool.map(_audit_segment, parts))
    return AuditRun(
        wallets=sum(run.wallets for run in runs),
        faulty=tuple(one for run in runs for one in run.faulty),
    )


def _audit_segment(part: tuple[int, int]) -> AuditRun:
    count = 0
    faulty = []
    for viewer_id, environment in _owners(*part):
        count += 1
        found = audit(viewer_id, environment)
        if found.faults:
            faulty.append(found)
    return AuditRun(wallets=count, faulty=tuple(faulty))


def _owners(segment: int, segments: int) -> Iterator[tuple[str, Environment]]:
    """Yield each wallet of a segment once. A viewer's items stand together in one segment."""
    for viewer_id, sort_keys in groupby(_keys(segment, segments), key=lambda key: key[0]):
        in_sandbox = {f"#{_SANDBOX}" in sk for _, sk in sort_keys}
        if False in in_sandbox:
            yield viewer_id, "production"
        if True in in_sandbox:
            yield viewer_id, "sandbox"


def _keys(segment: int, segments: int) -> Iterator[tuple[str, str]]:
    pages = (
        aws.dynamodb()
        .get_paginator("scan")
        .paginate(
            TableName=wallets.table(),
            Segment=segment,
            TotalSegments=segments,
            ProjectionExpression=f"{PK}, {SK}",
            FilterExpression=f"begins_with({SK}, :wallet) OR begins_with({SK}, :entry)",
            ExpressionAttributeValues={
                ":wallet": dynamo.encode("WALLET"),
                ":entry": dynamo.encode("LED#"),
            },
        )
    )
    for page in pages:
        for item in page["Items"]:
            found: dict[str, Any] = item
            yield dynamo.decode(found[PK]), dynamo.decode(found[SK])


def _audit(wallet: Wallet, count: int, found: Iterable[str]) -> Audit:
    return Audit(
        viewer_id=wallet.viewer_id,
        environment=wallet.environment,
        entries=count,
        faults=tuple(found),
    )
