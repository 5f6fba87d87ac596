"""Calls of Google's API: signed, with short timeouts, and tried again where that is right."""

import json
import random
import time
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from cliffhanger import aws
from cliffhanger.errors import InternalError
from cliffhanger.log import logger
from cliffhanger.purchases.errors import StoreUnavailable
from cliffhanger.purchases.google.settings import GoogleSettings
from cliffhanger.settings import load

if TYPE_CHECKING:
    from google.auth.transport.requests import AuthorizedSession
    from requests import Response

_SCOPE = "https://www.googleapis.com/auth/androidpublisher"
_TIMEOUT = (2.0, 5.0)
"""Seconds to connect, and to wait for an answer."""
_ATTEMPTS, _BUDGET_SECONDS = 3, 6.0
"""After so many seconds no further attempt begins: a buyer waits, and so does API Gateway."""
_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.2, 2.0
_RETRIED = {408, 409, 429, 500, 502, 503, 504}
_NO_QUOTA = {"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded"}


def call(
    method: Literal["GET", "POST"],
    path: str,
    *,
    query: Mapping[str, str] | None = None,
    body: Mapping[str, Any] | None = None,
) -> "Response":
    """Make one call of the app's API, up to three times. All of those we make may be repeated.

    Args:
        method: GET reads, POST changes.
        path: what follows `/applications/{package_name}/`, with its parts quoted.
        query: parameters of the URL.
        body: sent as JSON.

    Returns:
        An answer that is a success, or a refusal of what was asked for (4xx).

    Raises:
        StoreUnavailable: Google could not be reached, or answered 429 or 5xx to the end.
        InternalError: it does not let us in. The reason stands in the log.
    """
    stage = load(GoogleSettings)
    url = f"{stage.google_api_url}/androidpublisher/v3/applications/{stage.package_name}/{path}"
    started = time.monotonic()
    for attempt in range(_ATTEMPTS):
        answer = _once(stage.credentials_secret, method, url, query, body)
        if answer is not None and not _is_passing(answer):
            _require_access(answer)
            return answer
        pause = _pause(attempt, answer)
        if pause is None or time.monotonic() - started > _BUDGET_SECONDS:
            break
        time.sleep(pause)
    status = "none" if answer is None else answer.status_code
    logger().warning("google does not answer", method=method, answer=status)
    raise StoreUnavailable


def _once(
    secret: str,
    method: str,
    url: str,
    query: Mapping[str, str] | None,
    body: Mapping[str, Any] | None,
) -> "Response | None":
    """Return the answer, or nothing when the connection or the sign-in broke down."""
    from google.auth.exceptions import RefreshError, TransportError  # noqa: PLC0415
    from requests import ConnectionError, Timeout  # noqa: A004, PLC0415

    try:
        answer: Response = _session(secret).request(  # type: ignore[no-untyped-call]
            method, url, params=query, json=body, timeout=_TIMEOUT
        )
    except (ConnectionError, Timeout, TransportError):
        return None
    except RefreshError as error:
        if error.retryable:
            return None
        _session.cache_clear()  # the key may have been replaced since this function read it
        logger().error("google refuses the service account", secret=secret)
        raise InternalError("Try again later.") from None
    else:
        return answer


@cache
def _session(secret: str) -> "AuthorizedSession":
    from google.auth.transport.requests import AuthorizedSession  # noqa: PLC0415
    from google.oauth2.service_account import Credentials  # noqa: PLC0415

    text = aws.secrets().get_secret_value(SecretId=secret)["SecretString"]
    key = Credentials.from_service_account_info(  # type: ignore[no-untyped-call]
        json.loads(text), scopes=[_SCOPE]
    )
    return AuthorizedSession(key, refresh_timeout=5)  # type: ignore[no-untyped-call]


def _is_passing(answer: "Response") -> bool:
    """Whether the same call may have another answer in a moment."""
    return answer.status_code in _RETRIED or reason(answer) in _NO_QUOTA


def _pause(attempt: int, answer: "Response | None") -> float | None:
    """Return the seconds to wait, with jitter; None when it is not worth it to wait on."""
    if attempt + 1 == _ATTEMPTS:
        return None
    asked = answer.headers.get("Retry-After", "") if answer is not None else ""
    if asked.isdigit():
        return float(asked) if int(asked) <= _LONGEST_PAUSE_SECONDS else None
    jitter = random.uniform(0.5, 1.0)  # noqa: S311 - no secret
    return float(jitter * _PAUSE_SECONDS * 2**attempt)


def _require_access(answer: "Response") -> None:
    """Check that a refusal is about what was asked, not about who asks."""
    if answer.status_code in {401, 403} or reason(answer) == "applicationNotFound":
        logger().error("google refuses us", answer=answer.status_code, reason=reason(answer))
        raise InternalError("Try again later.")


def reason(answer: "Response") -> str:
    """Return Google's word for a refusal, such as `purchaseTokenNoLongerValid`, or nothing."""
    if answer.ok:
        return ""
    try:
        return str(answer.json()["error"]["errors"][0]["reason"])
    except (ValueError, LookupError, TypeError):
        return ""
