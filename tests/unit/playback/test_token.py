"""The playback token, against the standards that it follows."""

import hashlib
import hmac
from base64 import urlsafe_b64decode
from collections.abc import Collection
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cliffhanger.playback.token import MAX_TOKEN_BYTES, Grant, cose_mac0, mint, slot_set

KEY = bytes(range(32))
NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
EPOCH = 1795377600

# RFC 8392: the key of appendix A.2.2, the claims of A.1, the tokens of A.4 and A.7.
RFC_KEY = bytes.fromhex("403697de87af64611c1d32a05dab0fe1fcb715a86ab435f1ec99192d79569388")
RFC_CLAIMS = {
    1: "coap://as.example.com",
    2: "erikw",
    3: "coap://light.example.com",
    4: 1444064944,
    5: 1443944944,
    6: 1443944944,
    7: bytes.fromhex("0b71"),
}
RFC_A4 = bytes.fromhex(
    "d83dd18443a10104a1044c53796d6d65747269633235365850a70175636f6170"
    "3a2f2f61732e6578616d706c652e636f6d02656572696b77037818636f61703a"
    "2f2f6c696768742e6578616d706c652e636f6d041a5612aeb0051a5610d9f006"
    "1a5610d9f007420b7148093101ef6d789200"
)
RFC_A7_TAG = bytes.fromhex("b8816f34c0542892")


def a_grant(slots: Collection[int] = range(1, 11), **changes: Any) -> Grant:
    fields: dict[str, Any] = {
        "session_id": "ses_01JD9Q3W6V7X8Y9Z0A1B2C3D4E",
        "viewer_id": "vwr_01JD9Q3W6V7X8Y9Z0A1B2C3D4F",
        "drama_id": "drm_01JD9Q3W6V7X8Y9Z0A1B2C3D4G",
        "slots": slots,
        "issued_at": NOW,
        "not_before": NOW - timedelta(seconds=30),
        "expires_at": NOW + timedelta(hours=4),
    }
    return Grant(**{**fields, **changes})


def minted(grant: Grant) -> bytes:
    return decoded(mint(grant, issuer="cliffhanger", key=KEY))


def decoded(text: str) -> bytes:
    assert "=" not in text
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def members(text: str) -> set[int]:
    return {
        8 * i + bit for i, byte in enumerate(decoded(text)) for bit in range(8) if byte >> bit & 1
    }


def test_the_maced_example_of_rfc_8392_comes_out_byte_for_byte() -> None:
    payload = cbor2.dumps(RFC_CLAIMS, canonical=True)
    token = cose_mac0(payload, key=RFC_KEY, tag_length=8, unprotected={4: b"Symmetric256"})
    assert token == RFC_A4


def test_the_mac_of_the_second_example_of_rfc_8392_comes_out_too() -> None:
    payload = bytes.fromhex("a106fb41d584367c200000")
    token = cose_mac0(payload, key=RFC_KEY, tag_length=8, unprotected={4: b"Symmetric256"})
    assert token.endswith(RFC_A7_TAG)


def test_a_token_carries_the_claims_of_its_grant() -> None:
    protected, unprotected, payload, tag = cbor2.loads(minted(a_grant(slots=[1, 2, 9]))).value.value
    assert cbor2.loads(protected) == {1: 5}
    assert unprotected == {}
    assert cbor2.loads(payload) == {
        1: "cliffhanger",
        2: "vwr_01JD9Q3W6V7X8Y9Z0A1B2C3D4F",
        4: EPOCH + 4 * 3600,
        5: EPOCH - 30,
        6: EPOCH,
        7: b"ses_01JD9Q3W6V7X8Y9Z0A1B2C3D4E",
        310: 1,
        312: {3: {1: "/media/drm_01JD9Q3W6V7X8Y9Z0A1B2C3D4G/"}},
        -65537: "BgI",
    }
    assert payload == cbor2.dumps(cbor2.loads(payload), canonical=True)
    structure = cbor2.dumps(["MAC0", protected, b"", payload])
    assert tag == hmac.new(KEY, structure, hashlib.sha256).digest()


def test_a_token_begins_with_the_tags_and_the_algorithm_that_the_edge_expects() -> None:
    assert mint(a_grant(), issuer="cliffhanger", key=KEY).startswith("2D3RhEOhAQWg")


def test_the_same_grant_gives_the_same_token_in_any_time_zone() -> None:
    tokyo = timezone(timedelta(hours=9))
    assert minted(a_grant(issued_at=NOW.astimezone(tokyo))) == minted(a_grant())


def test_another_key_or_another_slot_gives_another_token() -> None:
    tokens = {
        mint(a_grant(), issuer="cliffhanger", key=KEY),
        mint(a_grant(), issuer="cliffhanger", key=bytes(32)),
        mint(a_grant(slots=[1]), issuer="cliffhanger", key=KEY),
    }
    assert len(tokens) == 3


@pytest.mark.parametrize(("slots", "most"), [(10, 310), (100, 340), (1_000, 550), (2_000, 750)])
def test_a_long_drama_still_fits_the_edge(slots: int, most: int) -> None:
    token = mint(a_grant(slots=range(1, slots + 1)), issuer="cliffhanger", key=KEY)
    assert len(token) < most
    assert len(decoded(token)) <= MAX_TOKEN_BYTES


def test_a_token_too_large_for_the_edge_is_not_made() -> None:
    with pytest.raises(ValueError, match="the edge takes 1024"):
        mint(a_grant(slots=[8_000]), issuer="cliffhanger", key=KEY)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"drama_id": "drm_1/../2"}, "drama_id"),
        ({"session_id": ""}, "session_id"),
        ({"viewer_id": "vwr_01JD9Q3W6V7X8Y9Z0A1B2C3D4F\n"}, "viewer_id"),
        ({"expires_at": NOW - timedelta(minutes=1)}, "expires_at"),
        ({"issued_at": datetime(2026, 1, 1)}, "time zone"),  # noqa: DTZ001 - the naive time is the point
        ({"slots": [-1]}, "slot"),
    ],
)
def test_a_grant_of_a_wrong_form_gets_no_token(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        mint(a_grant(**changes), issuer="cliffhanger", key=KEY)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        mint(a_grant(), issuer="cliffhanger", key=b"short")


@given(st.sets(st.integers(min_value=0, max_value=2_000)))
def test_a_slot_set_holds_just_its_members(slots: set[int]) -> None:
    assert members(slot_set(slots)) == slots


@given(st.lists(st.integers(min_value=0, max_value=300)))
def test_order_and_repetition_do_not_change_a_slot_set(slots: list[int]) -> None:
    assert slot_set(slots) == slot_set(sorted(set(slots)))


@given(st.sets(st.integers(min_value=1, max_value=1_200), min_size=1))
def test_any_drama_of_up_to_1200_slots_makes_a_token(slots: set[int]) -> None:
    payload = cbor2.loads(minted(a_grant(slots=slots))).value.value[2]
    assert members(cbor2.loads(payload)[-65537]) == slots
