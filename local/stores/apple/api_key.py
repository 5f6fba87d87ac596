"""The key that an app asks the Server API with, and the check of a caller's token."""

import json
import secrets
import uuid
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import BaseModel

from local.stores.apple.errors import Unauthenticated

_AUDIENCE = "appstoreconnect-v1"
_LONGEST_SECONDS = 3600


class LocalApiKey(BaseModel):
    """What App Store Connect hands out once. Its JSON is the text of the stage's secret."""

    issuer_id: str
    key_id: str
    private_key: str


def load_or_make(folder: Path) -> LocalApiKey:
    """Return the key that stands in `api-key.json` of a folder, made at the first start."""
    path = folder / "api-key.json"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(json.dumps(_fresh().model_dump(), indent=2))
    return LocalApiKey.model_validate_json(path.read_text())


def require_token(key: LocalApiKey, bundle_id: str, authorization: str | None) -> None:
    """Let a caller pass who holds the key.

    https://developer.apple.com/documentation/appstoreserverapi/generating-json-web-tokens-for-api-requests

    Raises:
        Unauthenticated: the token is missing, false, expired, lives too long, or is of another app.
    """
    scheme, _, token = (authorization or "").partition(" ")
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            _public(key),
            algorithms=["ES256"],
            audience=_AUDIENCE,
            issuer=key.issuer_id,
            options={"require": ["exp", "iat", "iss", "aud"]},
        )
        header = jwt.get_unverified_header(token)
    except jwt.InvalidTokenError as error:
        raise Unauthenticated from error
    lasts = claims["exp"] - claims["iat"]
    if (
        scheme != "Bearer"
        or header.get("kid") != key.key_id
        or claims.get("bid") != bundle_id
        or lasts > _LONGEST_SECONDS
    ):
        raise Unauthenticated


def _public(key: LocalApiKey) -> ec.EllipticCurvePublicKey:
    private = serialization.load_pem_private_key(key.private_key.encode(), password=None)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    return private.public_key()


def _fresh() -> LocalApiKey:
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return LocalApiKey(
        issuer_id=str(uuid.uuid4()),
        key_id=secrets.token_hex(5).upper(),
        private_key=pem.decode(),
    )
