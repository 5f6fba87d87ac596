"""The edge's key-value store, and its one writer.

CloudFront's store takes each write with the store's own ETag, so two writers would trip over each
other; its API takes SigV4A alone, which is why only this function carries awscrt.
"""

from typing import TYPE_CHECKING

from cliffhanger import aws
from cliffhanger.playback.keyring import (
    Keyring,
    load_keyring,
    new_key,
    rotated,
    save_keyring,
)
from cliffhanger.playback.settings import KeyWriterSettings
from cliffhanger.settings import load

if TYPE_CHECKING:
    from mypy_boto3_cloudfront_keyvaluestore import CloudFrontKeyValueStoreClient

_KEY_PREFIX = "key:"


def _store() -> "CloudFrontKeyValueStoreClient":
    made: CloudFrontKeyValueStoreClient = aws.client("cloudfront-keyvaluestore")
    return made


def ensure_key() -> Keyring:
    """Make the first key when there is none, and bring the edge in line with the secret."""
    settings = load(KeyWriterSettings)
    keyring = load_keyring(settings.playback_keys_secret)
    if not keyring.keys:
        return rotate()
    _mirror(settings.edge_store_arn, keyring)
    return keyring


def rotate() -> Keyring:
    """Sign with a fresh key from now on, and drop those whose last token has expired.

    The edge learns the key before anyone signs with it. Dying between the two leaves a key at
    the edge that signs nothing; the next run takes it away.
    """
    settings = load(KeyWriterSettings)
    keyring = load_keyring(settings.playback_keys_secret)
    key = new_key()
    fresh = rotated(keyring, key, token_seconds=settings.token_seconds)
    _mirror(settings.edge_store_arn, Keyring(keys=[*keyring.keys, key]))
    save_keyring(settings.playback_keys_secret, fresh)
    _mirror(settings.edge_store_arn, fresh)
    return fresh


def _mirror(store_arn: str, keyring: Keyring) -> None:
    """Make the keys at the edge those of the keyring, in one write."""
    store = _store()
    wanted = {f"{_KEY_PREFIX}{key.id}": key.secret for key in keyring.keys}
    etag = store.describe_key_value_store(KvsARN=store_arn)["ETag"]
    pages = store.get_paginator("list_keys").paginate(KvsARN=store_arn)
    held = {
        item["Key"]: item["Value"]
        for page in pages
        for item in page.get("Items", [])
        if item["Key"].startswith(_KEY_PREFIX)
    }
    puts = [
        {"Key": name, "Value": value} for name, value in wanted.items() if held.get(name) != value
    ]
    deletes = [{"Key": name} for name in held if name not in wanted]
    if puts or deletes:
        store.update_keys(
            KvsARN=store_arn,
            IfMatch=etag,
            Puts=puts,  # type: ignore[arg-type]
            Deletes=deletes,  # type: ignore[arg-type]
        )
