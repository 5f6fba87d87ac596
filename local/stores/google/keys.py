"""The stand-in's keys: Google's own for OpenID tokens, and a service account's for our server.

Both are made at the first start. They open nothing but this stand-in.
"""

import json
import secrets
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

SERVICE_ACCOUNT = "server@cliffhanger-local.example"
ISSUER = "https://accounts.google.com"
_TOKEN_SECONDS = 3600
_GOOGLE_TOKEN_URL = "https://oauth2.googleapis.com/token"
"""What Google's own library signs an assertion for, wherever it sends it."""


class Keys:
    """What signs, and what is known of who signs."""

    def __init__(self, folder: Path, address: str) -> None:
        """Read the keys, or make them.

        Args:
            folder: where they stand, as `signing.pem` and `service-account.json`.
            address: of the stand-in. The service account's file names it, and is written again
                when it has moved.
        """
        self.token_url = f"{address}/token"
        self.service_account_file = folder / "service-account.json"
        self._signing = _key(folder / "signing.pem")
        self._account = _key(folder / "service-account.pem")
        self.key_id = _key_id(self._signing)
        self._certificate = _certificate(self._signing)
        _write(self.service_account_file, json.dumps(self._service_account(), indent=2))

    @property
    def certificates(self) -> dict[str, str]:
        """The certificates of the keys of OpenID tokens, in PEM by key id."""
        return {self.key_id: self._certificate}

    def identity_token(self, *, audience: str, email: str) -> str:
        """Sign an OpenID token as Pub/Sub sends it, by the real clock."""
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": audience,
            "azp": "113774264463038321964",
            "sub": "113774264463038321964",
            "email": email,
            "email_verified": True,
            "iat": now,
            "exp": now + _TOKEN_SECONDS,
        }
        return self.signed(claims)

    def signed(self, claims: dict[str, Any]) -> str:
        """Sign any claims with the key of OpenID tokens."""
        from google.auth import crypt, jwt  # noqa: PLC0415

        signer = crypt.RSASigner.from_string(  # type: ignore[no-untyped-call]
            _pem(self._signing), self.key_id
        )
        return str(jwt.encode(signer, claims).decode())  # type: ignore[no-untyped-call]

    def accepts(self, assertion: str, scope: str) -> bool:
        """Whether the service account signed this, for us, and asks for this scope."""
        from google.auth import exceptions, jwt  # noqa: PLC0415

        known = {self._service_account()["private_key_id"]: _certificate(self._account)}
        try:
            claims = jwt.decode(  # type: ignore[no-untyped-call]
                assertion, certs=known, audience=[self.token_url, _GOOGLE_TOKEN_URL]
            )
        except (exceptions.GoogleAuthError, ValueError):
            return False
        return claims.get("iss") == SERVICE_ACCOUNT and scope in claims.get("scope", "").split()

    def _service_account(self) -> dict[str, str]:
        return {
            "type": "service_account",
            "project_id": "cliffhanger-local",
            "private_key_id": _key_id(self._account),
            "private_key": _pem(self._account),
            "client_email": SERVICE_ACCOUNT,
            "client_id": "100000000000000000001",
            "token_uri": self.token_url,
        }


def new_access_token() -> str:
    """Return an access token of the form of Google's."""
    return f"ya29.{secrets.token_urlsafe(48)}"


def _key(file: Path) -> "RSAPrivateKey":
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415

    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        _write(file, _pem(rsa.generate_private_key(public_exponent=65537, key_size=2048)))
    key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def _write(file: Path, text: str) -> None:
    file.touch(mode=0o600)
    file.write_text(text)


def _pem(key: "RSAPrivateKey") -> str:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415

    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def _key_id(key: "RSAPrivateKey") -> str:
    return f"{key.public_key().public_numbers().n & (2**160 - 1):040x}"


def _certificate(key: "RSAPrivateKey") -> str:
    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415

    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "cliffhanger-local.example")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()
