"""The keys of requests that a wallet has paid for of late, so that none pays for something else.

They stand on the wallet, which a charge reads and writes anyway: eight bytes of the hash of a key,
and eight of what it came with, the latest first. An older key that comes again with something else
pays for it as a new one would.
"""

from cliffhanger.errors import IdempotencyKeyReused
from cliffhanger.idempotency import IdempotencyKey

NONE = b""
_HALF = 8  # bytes
_KEPT = 4


def including(keys: bytes, key: IdempotencyKey) -> bytes:
    """Return the keys with one more, without the oldest."""
    return (b"".join(_halves(key)) + keys)[: 2 * _HALF * _KEPT]


def require_not_other(keys: bytes, key: IdempotencyKey) -> None:
    """Let a key pass that is not known, or came with the same.

    Raises:
        IdempotencyKeyReused: it has paid for something else.
    """
    scope, body = _halves(key)
    for at in range(0, len(keys), 2 * _HALF):
        known = keys[at : at + 2 * _HALF]
        if known.startswith(scope) and known != scope + body:
            raise IdempotencyKeyReused("Use a fresh key for another episode or another wish.")


def _halves(key: IdempotencyKey) -> tuple[bytes, bytes]:
    scope, body = key.digests
    return scope[:_HALF], body[:_HALF]
