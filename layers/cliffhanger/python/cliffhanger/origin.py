"""The door behind the edge: a call that did not come through CloudFront is refused.

CloudFront adds a header whose value stands in one secret, `{"sending": ..., "also": ...}`. Both
values are good, so that a rotation refuses no call: the edge goes from one to the other while the
functions take either.
"""

import contextlib
import hmac
import json
import time
from collections.abc import Mapping

from cliffhanger import aws
from cliffhanger.errors import Problem
from cliffhanger.settings import Settings, load

HEADER = "x-origin-verify"
_FRESH_SECONDS = 300
_AGAIN_SECONDS = 5
"""A value that is not known may be a new one. Those who guess must not make us pay for each try."""
_cache: dict[str, tuple[float, frozenset[str]]] = {}


class OriginSettings(Settings):
    """The name of the secret whose values the edge sends."""

    origin_secret: str


class NotFromTheEdge(Problem):
    """The call went around CloudFront, and so around its firewall."""

    status, code, title = 403, "not_from_the_edge", "Call the API at its public address"


def require_edge(headers: Mapping[str, str]) -> None:
    """Let pass only what CloudFront sent.

    Args:
        headers: of the HTTP API event, with lower-case names.

    Raises:
        NotFromTheEdge: the header is missing or has another value.
    """
    sent = headers.get(HEADER, "")
    secret = load(OriginSettings).origin_secret
    if sent and (
        _is_one_of(sent, _values(secret, _FRESH_SECONDS))
        or _is_one_of(sent, _values(secret, _AGAIN_SECONDS))
    ):
        return
    raise NotFromTheEdge("This address is not for clients. The API stands behind its edge.")


def _is_one_of(sent: str, known: frozenset[str]) -> bool:
    """Compare with every value, each in constant time."""
    given = sent.encode(errors="replace")
    same = [hmac.compare_digest(given, one.encode()) for one in known]
    return any(same)


def _values(secret: str, seconds: float) -> frozenset[str]:
    """Return the good values, read anew when what a warm function knows is older than `seconds`.

    When they cannot be read, a warm function goes on with what it knows.
    """
    kept = _cache.get(secret)
    if kept is None:
        return _read(secret)
    if time.monotonic() - kept[0] > seconds:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        _cache[secret] = (time.monotonic(), kept[1])
        with contextlib.suppress(BotoCoreError, ClientError):
            return _read(secret)
    return kept[1]


def _read(secret: str) -> frozenset[str]:
    told = json.loads(aws.secrets().get_secret_value(SecretId=secret)["SecretString"])
    good = frozenset(value for value in (told["sending"], told.get("also")) if value)
    _cache[secret] = (time.monotonic(), good)
    return good
