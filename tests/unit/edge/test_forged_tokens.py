"""Tokens that were changed, made up or signed over wrong claims: none opens anything."""

import string
from collections.abc import Callable
from typing import Any

import cbor2
import pytest

from tests.unit.edge.conftest import Viewer, base64url, from_base64url, signed

ALPHABET = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"


@pytest.mark.parametrize("byte", [0, 5, 8, 9, 11, 40, 100, 150, -32, -1])
def test_one_changed_bit_anywhere_in_a_token_ruins_it(
    refused: Callable[..., str], viewer: Viewer, byte: int
) -> None:
    token = bytearray(from_base64url(viewer.token()))
    token[byte] ^= 1
    assert refused(viewer.path(base64url(bytes(token)))) == "token_invalid"


def test_a_second_spelling_of_the_same_token_is_refused(
    refused: Callable[..., str], viewer: Viewer
) -> None:
    token = next(t for t in (viewer.token(slots=range(1, n)) for n in range(9, 40)) if len(t) % 4)
    last = ALPHABET.index(token[-1])
    spelled = token[:-1] + ALPHABET[last + 1]
    assert from_base64url(spelled) == from_base64url(token)
    assert refused(viewer.path(spelled)) == "token_invalid"


def forgeries(viewer: Viewer) -> dict[str, str]:
    payload = cbor2.dumps(viewer.claims(), canonical=True)

    def message(protected: bytes, tag: bytes, *tags: int, unprotected: Any = None) -> str:
        value: Any = [protected, unprotected or {}, payload, tag]
        for number in reversed(tags):
            value = cbor2.CBORTag(number, value)
        return base64url(cbor2.dumps(value))

    hs256, none = cbor2.dumps({1: 5}), b""
    return {
        "another key": signed(viewer.claims(), key=bytes(32)),
        "a short MAC": signed(viewer.claims(), tag_length=8),
        "a key id of its own": signed(viewer.claims(), unprotected={4: b"other"}),
        "an empty MAC": message(hs256, b"", 61, 17),
        "a MAC of zeros": message(hs256, bytes(32), 61, 17),
        "no algorithm": message(none, b"", 61, 17),
        "the tag of a signature": message(hs256, bytes(64), 61, 18),
        "no tags": message(hs256, bytes(32)),
        "not CBOR": base64url(b"\xff" * 60),
        "bare claims": base64url(payload),
        "claims that are no map": signed(["a", "list", "of", "texts", "instead of the claims"]),
        "null": signed(None) + "AAAA",
    }


@pytest.mark.parametrize("name", forgeries(Viewer()))
def test_a_forged_token_is_refused(refused: Callable[..., str], viewer: Viewer, name: str) -> None:
    assert refused(viewer.path(forgeries(viewer)[name])) == "token_invalid"


@pytest.mark.parametrize(
    "changes",
    [
        {"c4": None},
        {"c4": "4102444800"},
        {"c4": 4102444800.5},
        {"c4": True},
        {"c4": [4102444800]},
        {"c4": cbor2.CBORTag(1, 4102444800)},
        {"c4": 2**63},
        {"c5": None},
        {"c5": "0"},
        {"c5": {}},
        {"c310": None},
        {"c310": 2},
        {"c310": "1"},
        {"c312": None},
        {"c312": {}},
        {"c312": "/media/"},
        {"c312": {3: {0: "/media/", 1: "/media/"}}},
        {"c312": {1: {1: "edge.test"}, 3: {1: "/media/"}}},
        {"c2": None},
        {"c2": ""},
        {"c7": None},
        {"c7": b""},
        {"c7": 7},
        {"c7": b"ses_short"},
        {"c-65537": None},
        {"c-65537": b"\xff\xff"},
        {"c-65537": 65535},
    ],
    ids=str,
)
def test_a_claim_that_is_missing_or_of_a_wrong_type_opens_nothing(
    refused: Callable[..., str], viewer: Viewer, changes: dict[str, Any]
) -> None:
    assert refused(viewer.path(signed(viewer.claims(**changes)))) == "token_invalid"


@pytest.mark.parametrize("prefix", ["/", "/media/", "/media", "", "/media/drm_", 3])
def test_a_wider_prefix_than_one_drama_opens_nothing(
    refused: Callable[..., str], viewer: Viewer, prefix: object
) -> None:
    token = signed(viewer.claims(c312={3: {1: prefix}}))
    assert refused(viewer.path(token)) == "drama_not_open"
