"""HTTP as an app speaks it: a request, and a sentence when the answer is not what it must be."""

import json
import urllib.error
import urllib.request
from typing import Any

from operations.errors import OperationError

_SECONDS = 20
_SHOWN = 300


class SmokeError(OperationError):
    """What was deployed does not do what an app needs."""


def call(
    method: str, url: str, *, status: int, token: str | None = None, body: object = None
) -> Any:
    """Make one call of the API and return the JSON of its answer; None when it has none.

    Raises:
        SmokeError: no answer, or another status.
    """
    headers = {"accept": "application/json"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    if body is not None:
        headers["content-type"] = "application/json"
    data = None if body is None else json.dumps(body).encode()
    content = _answer(method, url, status, data, headers)
    return json.loads(content) if content else None


def download(url: str) -> bytes:
    """Return a file as a player gets it.

    Raises:
        SmokeError: no answer, another status than 200, or nothing in it.
    """
    content = _answer("GET", url, 200, None, {})
    if not content:
        raise SmokeError(f"GET {_plain(url)} answered with an empty file.")
    return content


def _answer(
    method: str, url: str, wanted: int, data: bytes | None, headers: dict[str, str]
) -> bytes:
    request = urllib.request.Request(url, data=data, headers=headers, method=method)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
            status, content = answer.status, bytes(answer.read())
    except urllib.error.HTTPError as error:
        status, content = error.code, error.read()
    except OSError as error:
        raise SmokeError(f"{method} {_plain(url)} got no answer: {error}") from error
    if status != wanted:
        said = content.decode(errors="replace")[:_SHOWN]
        raise SmokeError(f"{method} {_plain(url)} answered {status}, not {wanted}: {said}")
    return content


def _plain(url: str) -> str:
    """An address with no playback token in it: what failed may land in a log."""
    head, mark, tail = url.partition("/media/")
    return head + mark + "..." + tail[tail.find("/") :] if mark and "/" in tail else url
