"""Access tokens that no gateway may take, each wrong in one point alone."""

import base64
import hmac
import json
import os
import time
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization

from local.aws import client, sign_in
from local.layout import Place
from tests.conftest import TEST_CLOUD

Words = dict[str, Any]


def wrong_tokens(cloud: Words, good: str) -> dict[str, str]:
    """Return tokens by what is wrong with them, made from a good one.

    All but the last three are signed with the very key of the user pool: nothing but the claim that
    they are named after can be the reason to refuse them.
    """
    claims = jwt.decode(good, options={"verify_signature": False})
    now = int(time.time())
    changes: dict[str, Words] = {
        "expired": {"iat": now - 7200, "exp": now - 3600},
        "not valid yet": {"nbf": now + 3600},
        "of a foreign issuer": {"iss": "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_x"},
        "of a foreign client": {"client_id": "another"},
        "an ID token": {"token_use": "id", "aud": claims["client_id"]},
        "of no use": {"token_use": None},
        "of nobody": {"username": ""},
    }
    head, payload, signature = good.split(".")
    elevated = claims | {"cognito:groups": ["studio"], "username": "vwr_somebody"}
    public = _public_key(cloud, good)
    return {
        **{name: sign(cloud, good, claims | change) for name, change in changes.items()},
        "changed after it was signed": ".".join([head, _part(elevated), signature]),
        "signed by nobody": ".".join([_part({"alg": "none"} | _kid(good)), payload, ""]),
        "signed with the public key as a secret": _hmac(public, _kid(good), claims),
        "with a signature cut short": f"{head}.{payload}.{signature[:-8]}",
    }


def sign(cloud: Words, good: str, claims: Words) -> str:
    """Return a token with these claims, signed as the user pool signs."""
    return jwt.encode(claims, _key(cloud), algorithm="RS256", headers=_kid(good))


def of_another_pool(cloud: Words) -> str:
    """Return a genuine access token of a user pool that is not ours."""
    cognito = client("cognito-idp", endpoint=cloud["aws_endpoint_url"], region=cloud["region"])
    pool = cognito.create_user_pool(PoolName="another")["UserPool"]["Id"]
    try:
        app = cognito.create_user_pool_client(
            UserPoolId=pool, ClientName="app", ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"]
        )["UserPoolClient"]["ClientId"]
        there = cloud | {"user_pool_id": pool, "user_pool_client_id": app}
        return sign_in(there).access_token
    finally:
        cognito.delete_user_pool(UserPoolId=pool)


def _key(cloud: Words) -> Any:
    place = Place(Path(os.environ.get("CLIFFHANGER_STATE") or TEST_CLOUD.state))
    keys = place.state / "aws" / "state" / "cognito-pool-keys"
    pem = keys / f"{cloud['user_pool_id']}-access.pem"
    return serialization.load_pem_private_key(pem.read_bytes(), password=None)


def _public_key(cloud: Words, good: str) -> bytes:
    found: bytes = (
        _key(cloud)
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    jwt.decode(good, found, algorithms=["RS256"], options={"verify_aud": False})
    return found


def _kid(good: str) -> dict[str, str]:
    return {"kid": jwt.get_unverified_header(good)["kid"]}


def _part(words: Words) -> str:
    return base64.urlsafe_b64encode(json.dumps(words).encode()).decode().rstrip("=")


def _hmac(key: bytes, head: Words, claims: Words) -> str:
    """Sign by hand: the library refuses to, and so should whoever reads it."""
    signed = f"{_part({'alg': 'HS256'} | head)}.{_part(claims)}"
    digest = hmac.digest(key, signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"
