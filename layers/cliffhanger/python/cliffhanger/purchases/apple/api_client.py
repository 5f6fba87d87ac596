"""Calls of the App Store Server API: who we are, patience, and what a refusal means.

Not the library's own client: it hides the headers, so it cannot wait as a 429 asks, opens a new
connection for each call, and has no way to the local cloud.
"""

import contextlib
import json
import random
import time
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from pydantic import Field

from cliffhanger import aws
from cliffhanger.model import Model
from cliffhanger.purchases.apple.settings import AppleApiSettings, AppleEnvironment, AppleSettings
from cliffhanger.purchases.errors import StoreRefused, StoreUnavailable
from cliffhanger.settings import load

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, PoolManager

_ATTEMPTS = 3
_LONGEST_WAIT = 2.0
"""Seconds. A longer wait is the caller's to make, since a function that waits is paid for."""
_TOKEN_SECONDS = 300
_RETRYABLE = {4040002, 4040004, 4040006}
"""Not found now, and perhaps found in a moment."""


class ApiKey(Model):
    """The key that this app asks with, from App Store Connect."""

    issuer_id: str
    key_id: str
    private_key: str = Field(repr=False, description="The text of the .p8 file.")


def call(
    environment: AppleEnvironment,
    method: str,
    path: str,
    *,
    query: Mapping[str, str] | None = None,
    body: object = None,
) -> dict[str, Any]:
    """Make one call, and again where that is right. Every call here may be repeated.

    Returns:
        The answer's JSON; empty when there is none.

    Raises:
        StoreRefused: Apple says no, and would again.
        StoreUnavailable: no answer, or Apple is too busy.
    """
    import urllib3  # noqa: PLC0415

    for attempt in range(1, _ATTEMPTS + 1):
        wait: float | None = None
        with contextlib.suppress(urllib3.exceptions.HTTPError):
            response = _send(environment, method, path, query, body)
            if 200 <= response.status < 300:
                return _json(response)
            _require_retryable(response, attempt)
            wait = _wait_asked_for(response)
        if attempt < _ATTEMPTS and (wait or 0) <= _LONGEST_WAIT:
            time.sleep(random.uniform(0.5, 1) * 0.2 * 2**attempt if wait is None else wait)  # noqa: S311
        elif wait is not None:
            raise StoreUnavailable(retry_after_seconds=round(wait) + 1)
    raise StoreUnavailable


def _send(
    environment: AppleEnvironment,
    method: str,
    path: str,
    query: Mapping[str, str] | None,
    body: object,
) -> "BaseHTTPResponse":
    settings = load(AppleApiSettings)
    production = environment == "Production"
    base = settings.apple_production_url if production else settings.apple_sandbox_url
    headers = {"Authorization": f"Bearer {_token(settings)}", "Accept": "application/json"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    return _pool().request(
        method,
        f"{base}{path}" + (f"?{urlencode(query)}" if query else ""),
        headers=headers,
        body=None if body is None else json.dumps(body),
        redirect=False,
    )


def _require_retryable(response: "BaseHTTPResponse", attempt: int) -> None:
    code = _json(response).get("errorCode")
    if response.status == 401 and attempt == 1:
        _key.cache_clear()  # it may have been replaced since this function warmed up
    elif response.status < 500 and response.status != 429 and code not in _RETRYABLE:
        raise StoreRefused(response.status, code)


def _wait_asked_for(response: "BaseHTTPResponse") -> float | None:
    """Return the seconds that Apple wants us to wait: its Retry-After is a UNIX time in ms.

    https://developer.apple.com/documentation/appstoreserverapi/identifying-rate-limits
    """
    asked = response.headers.get("Retry-After", "")
    if response.status != 429 or not asked.isdigit():
        return None
    return max(0.0, int(asked) / 1000 - time.time())


def _json(response: "BaseHTTPResponse") -> dict[str, Any]:
    try:
        found = json.loads(response.data)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _token(settings: AppleApiSettings) -> str:
    """Return a token for one call. Apple takes none that lives longer than an hour."""
    import jwt  # noqa: PLC0415

    key, now = _key(settings.apple_api_secret), int(time.time())
    claims = {
        "iss": key.issuer_id,
        "iat": now,
        "exp": now + _TOKEN_SECONDS,
        "aud": "appstoreconnect-v1",
        "bid": load(AppleSettings).apple_bundle_id,
    }
    return jwt.encode(claims, key.private_key, algorithm="ES256", headers={"kid": key.key_id})


@cache
def _key(secret_arn: str) -> ApiKey:
    """Read the key, once per warm function."""
    text = aws.secrets().get_secret_value(SecretId=secret_arn)["SecretString"]
    return ApiKey.model_validate_json(text)


@cache
def _pool() -> "PoolManager":
    import urllib3  # noqa: PLC0415

    return urllib3.PoolManager(timeout=urllib3.Timeout(connect=2, read=5), retries=False, maxsize=4)
