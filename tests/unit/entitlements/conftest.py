"""Keys: one to sign sittings with, and one to sign statements with."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from moto.kms.utils import ECDSAPrivateKey

from cliffhanger import aws, settings
from cliffhanger.entitlements import signing
from cliffhanger.entitlements.settings import StatementKeySettings, StatementSettings
from cliffhanger.playback.keyring import Keyring, new_key, save_keyring


@pytest.fixture
def key(stage: None) -> str:
    """The id of the only playback key."""
    made = new_key()
    save_keyring("keys", Keyring(keys=[made]))
    return made.id


@pytest.fixture
def statement_key(stage: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """The ARN of the key that signs statements."""
    monkeypatch.setattr(ECDSAPrivateKey, "sign", _sign_digest)
    made = aws.kms().create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    arn: str = made["KeyMetadata"]["Arn"]
    told = settings.variables(
        StatementKeySettings(statement_key_arn=arn), StatementSettings(statement_hours=48)
    )
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    settings._loaded.cache_clear()
    signing._public_key.cache_clear()
    return arn


def _sign_digest(self: Any, message: bytes, signing_algorithm: str) -> bytes:
    """Sign as KMS does with MessageType DIGEST, which moto takes for a message to be hashed."""
    assert (signing_algorithm, len(message)) == ("ECDSA_SHA_256", 32)
    signature: bytes = self.private_key.sign(message, ec.ECDSA(Prehashed(SHA256())))
    return signature
