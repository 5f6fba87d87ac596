"""Verifying Apple's signature, with the chain of certificates asked about before."""

import base64
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from unittest.mock import patch

from appstoreserverlibrary.models.Environment import Environment
from appstoreserverlibrary.signed_data_verifier import SignedDataVerifier, _ChainVerifier
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from bench.clockwork import Times, in_turn, repeated
from bench.row import Line, Progress, Row
from cliffhanger import settings
from cliffhanger.purchases.apple import verify
from local.stores.apple.chain import Chain, make
from tests.unit.local_apple.shop import APP_ID, BUNDLE_ID, open_shop
from tests.unit.purchases.apple.app import variables

_ROUNDS, _CALLS = 15, 100


def measure(progress: Progress) -> Sequence[Line]:
    """Verify one transaction again and again, in four ways in turn."""
    chain = make()
    with tempfile.TemporaryDirectory() as folder:
        shop = open_shop(Path(folder), chain)
        signed = shop.signed(shop.buy())
    told = variables(chain, online_checks=True)
    # The chain was found good a moment ago: what is left out is the first question of all.
    with patch.dict(os.environ, told), patch.object(_ChainVerifier, "check_ocsp_status"):
        settings._loaded.cache_clear()
        ways = {name: repeated(way, _CALLS) for name, way in _ways(chain, signed).items()}
        progress(f"{_ROUNDS} rounds")
        found = in_turn(ways, _ROUNDS)
    settings._loaded.cache_clear()
    bare, library = found["one bare ES256 verification"], found["the library alone, online"]
    return [_line(name, one, bare, library) for name, one in found.items()]


def _ways(chain: Chain, signed: str) -> dict[str, Callable[[], object]]:
    head, payload, text = signed.split(".")
    raw = base64.urlsafe_b64decode(text + "==")
    words = [int.from_bytes(raw[at : at + 32], "big") for at in (0, 32)]
    signature, message = encode_dss_signature(*words), f"{head}.{payload}".encode()
    key = chain.leaf.key.public_key()
    online, offline = (_library(chain, online=one) for one in (True, False))
    return {
        "one bare ES256 verification": lambda: key.verify(signature, message, ec.ECDSA(SHA256())),
        "the library alone, online": lambda: online.verify_and_decode_signed_transaction(signed),
        "the library alone, offline": lambda: offline.verify_and_decode_signed_transaction(signed),
        "ours, online": lambda: verify.transaction(signed, online=True),
    }


def _library(chain: Chain, *, online: bool) -> SignedDataVerifier:
    return SignedDataVerifier(
        [chain.root.der], online, Environment.PRODUCTION, BUNDLE_ID, app_apple_id=APP_ID
    )


def _line(name: str, found: Times, bare: Times, library: Times) -> Line:
    ratios = f"{found.least / bare.least:.1f} of ES256, {found.least / library.least:.2f} of it"
    measured = f"{1 / found.least:.0f} a second; {found.text('us')}"
    return Line(what=name, measured=measured, baseline=bare.text("us"), ratio=ratios)


ROW = Row(
    name="apple",
    title="Apple's verification, online, the chain cached",
    measure=measure,
    reading=(
        "There is no verifier of our own: ours calls Apple's library. *Of it* is the"
        " share of the library alone. Online it remembers for a quarter of an hour that Apple"
        " called the chain good, and then checks one signature and reads the payload; offline it"
        " walks the chain of three certificates each time, so online mode is the faster one"
        " for a warm function. The first question to Apple about a chain is a round trip to its"
        " responder and is not measured here."
    ),
)
