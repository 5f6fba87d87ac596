"""Idempotency keys: a retried POST finds what its first try made, and makes nothing again.

The guard is an item beside what was created, written in the same transaction; or before it, where
what is created has a permanent key of its own. It holds hashes and an id, never a body or an
answer, so no credential can be replayed from it.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from cliffhanger import dynamo
from cliffhanger.errors import IdempotencyKeyReused
from cliffhanger.tables import TTL

_KEPT = timedelta(days=7)
_SK = "IDEMPOTENCY"


@dataclass(frozen=True)
class IdempotencyKey:
    """A client's key, bound to the caller and the operation, and to the path and body it came with.

    `body` is a hash of both: the same words for another drama are another request.
    """

    scope: str
    body: str

    @classmethod
    def of(cls, *, caller: str, operation: str, key: str, body: str) -> "IdempotencyKey":
        """Hash what came: another caller, or another operation, never meets this key."""
        scope = hashlib.sha256(f"{caller}\n{operation}\n{key}".encode()).hexdigest()
        return cls(scope=f"idem_{scope}", body=hashlib.sha256(body.encode()).hexdigest())

    @property
    def digests(self) -> tuple[bytes, bytes]:
        """The hashes of `scope` and `body` as bytes, which is half of their text."""
        return bytes.fromhex(self.scope.partition("_")[2]), bytes.fromhex(self.body)


def guard(table: str, key: IdempotencyKey, result_id: str, now: datetime) -> dynamo.Write:
    """Return the write that fails if this key has made something before."""
    item = dynamo.key(key.scope, _SK) | {
        "body": key.body,
        "result_id": result_id,
        TTL: int((now + _KEPT).timestamp()),
    }
    return dynamo.create(table, item)


def bind(table: str, key: IdempotencyKey, result_id: str, now: datetime) -> None:
    """Bind a key to the body that it came with, before the effect: one write, one unit.

    It says nothing of what was done. It is for what happens once by a key of its own, so whoever
    dies after it just goes on with the same key and body.

    Raises:
        IdempotencyKeyReused: it is bound to another body, perhaps since a moment.
    """
    try:
        dynamo.write(guard(table, key, result_id, now))
    except dynamo.ConditionFailed:
        earlier_result(table, key)


def earlier_result(table: str, key: IdempotencyKey) -> str | None:
    """Return the id of what this key made before, or None.

    Raises:
        IdempotencyKeyReused: it was made from another body.
    """
    return result_of(dynamo.get(*place(table, key), consistent=True), key)


def place(table: str, key: IdempotencyKey) -> tuple[str, dynamo.Item]:
    """Return table and key of the guard, for those who read it together with something else."""
    return table, dynamo.key(key.scope, _SK)


def result_of(found: dynamo.Item | None, key: IdempotencyKey) -> str | None:
    """Return what `earlier_result` does, of a guard that was read. Raises the same."""
    if found is None:
        return None
    if found["body"] != key.body:
        raise IdempotencyKeyReused("Use a fresh key for a new request; this one had another body.")
    return str(found["result_id"])
