"""The app of these tests: its settings, and what an outsider may try to sign."""

import base64
import json
from typing import Any

import jwt

from cliffhanger import settings
from cliffhanger.purchases.apple.settings import (
    AppleApiSettings,
    AppleClaimSettings,
    AppleEnvironment,
    AppleSettings,
)
from local.stores.apple.chain import Chain, Issued
from tests.unit.local_apple.shop import APP_ID, BUNDLE_ID


def variables(
    chain: Chain,
    *,
    environment: AppleEnvironment = "Production",
    online_checks: bool = False,
    url: str = "http://127.0.0.1:9",
) -> dict[str, str]:
    """The environment of a function that trusts a chain."""
    return settings.variables(
        AppleSettings(
            apple_bundle_id=BUNDLE_ID,
            apple_app_id=APP_ID,
            apple_environment=environment,
            apple_root_certificates=(base64.b64encode(chain.root.der).decode(),),
            apple_online_checks=online_checks,
        ),
        AppleClaimSettings(apple_max_age_seconds=3600),
        AppleApiSettings(
            apple_api_secret="apple-api",
            apple_production_url=f"{url}/production",
            apple_sandbox_url=f"{url}/sandbox",
        ),
    )


def jws(payload: dict[str, Any], signer: Issued, *certificates: bytes) -> str:
    """A JWS by anyone's key, with any certificates in its header."""
    x5c = [base64.b64encode(one).decode() for one in certificates]
    return jwt.encode(payload, signer.key, algorithm="ES256", headers={"x5c": x5c})


def parts(signed: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Header, payload and signature of a JWS."""
    header, payload, signature = signed.split(".")
    return _read(header), _read(payload), signature


def joined(header: dict[str, Any], payload: dict[str, Any], signature: str) -> str:
    """The JWS of these parts, whether the signature fits or not."""
    return ".".join((_written(header), _written(payload), signature))


def _read(part: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def _written(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
