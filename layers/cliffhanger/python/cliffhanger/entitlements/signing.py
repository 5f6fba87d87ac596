"""Signing statements: a key that never leaves KMS, and its public half as a JWK. ES256 alone.

KMS answers signatures and keys in DER; JOSE wants plain numbers (RFC 7518, sections 3.4 and 6.2).
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from pydantic import Field

from cliffhanger import aws
from cliffhanger.entitlements.settings import StatementKeySettings
from cliffhanger.errors import Busy
from cliffhanger.model import Model
from cliffhanger.settings import load

_BYTES = 32  # of a coordinate of P-256, and of each half of a signature
# SubjectPublicKeyInfo of P-256 with an uncompressed point (RFC 5480): only the point differs.
_P256 = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
_SEQUENCE, _INTEGER = 0x30, 0x02


class JsonWebKey(Model):
    """A public key on P-256 (RFC 7517). `kid` is its thumbprint (RFC 7638)."""

    kty: Literal["EC"] = "EC"
    crv: Literal["P-256"] = "P-256"
    x: str
    y: str
    use: Literal["sig"] = "sig"
    alg: Literal["ES256"] = "ES256"
    kid: str


class JsonWebKeySet(Model):
    """The keys that statements may be verified with."""

    keys: list[JsonWebKey] = Field(description="Take the one whose `kid` the statement names.")


def key_set() -> JsonWebKeySet:
    """Return the public keys of this stage."""
    return JsonWebKeySet(keys=[_public_key(load(StatementKeySettings).statement_key_arn)])


def sign(claims: Mapping[str, Any], kind: str) -> str:
    """Return claims as a compact JWS (RFC 7515) of a kind, which becomes its `typ`.

    Raises:
        Busy: KMS throttles.
    """
    key_arn = load(StatementKeySettings).statement_key_arn
    header = {"alg": "ES256", "kid": _public_key(key_arn).kid, "typ": kind}
    signed = f"{_base64url(_json(header))}.{_base64url(_json(claims))}"
    # The digest, since KMS takes no message above 4,096 bytes.
    digest = hashlib.sha256(signed.encode()).digest()
    return f"{signed}.{_base64url(raw_signature(_signed(key_arn, digest)))}"


def _signed(key_arn: str, digest: bytes) -> bytes:
    from botocore.exceptions import ClientError  # noqa: PLC0415

    try:
        answer = aws.kms().sign(
            KeyId=key_arn, Message=digest, MessageType="DIGEST", SigningAlgorithm="ECDSA_SHA_256"
        )
    except ClientError as error:
        if error.response["Error"]["Code"] == "ThrottlingException":
            raise Busy("Too many statements are being signed. Try again in a moment.") from error
        raise
    signature: bytes = answer["Signature"]
    return signature


@cache
def _public_key(key_arn: str) -> JsonWebKey:
    """Read the public key, once in the life of a function: a key of KMS never changes."""
    return jwk(aws.kms().get_public_key(KeyId=key_arn)["PublicKey"])


def jwk(der: bytes) -> JsonWebKey:
    """Return a public key in DER (SubjectPublicKeyInfo) as a JWK.

    Raises:
        ValueError: it is not a key on P-256.
    """
    point = der.removeprefix(_P256)
    if len(der) != len(_P256) + len(point) or len(point) != 2 * _BYTES:
        raise ValueError("the key is not on P-256")
    x, y = _base64url(point[:_BYTES]), _base64url(point[_BYTES:])
    # The thumbprint is over these four alone, in this order, without spaces.
    named = json.dumps({"crv": "P-256", "kty": "EC", "x": x, "y": y}, separators=(",", ":"))
    return JsonWebKey(x=x, y=y, kid=_base64url(hashlib.sha256(named.encode()).digest()))


def raw_signature(der: bytes) -> bytes:
    """Return an ECDSA signature in DER as r and s, of 32 bytes each (RFC 7518, section 3.4).

    Raises:
        ValueError: it is not the signature of a key on P-256.
    """
    body = _content(der, _SEQUENCE)
    r = _content(body[: body[1] + 2] if len(body) > 1 else body, _INTEGER)
    s = _content(body[len(r) + 2 :], _INTEGER)
    return b"".join(int.from_bytes(one, "big").to_bytes(_BYTES, "big") for one in (r, s))


def _content(der: bytes, tag: int) -> bytes:
    """Return what is in an element that is all of `der`. No length here takes a second byte."""
    if len(der) < 3 or der[0] != tag or der[1] != len(der) - 2:
        raise ValueError("not the DER of such a signature")
    return der[2:]


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
