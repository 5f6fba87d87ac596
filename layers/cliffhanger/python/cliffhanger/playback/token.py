"""The playback token: a CTA-5007 Common Access Token, made as a CWT.

Its form is `61(17([<<{1: 5}>>, {}, <<claims>>, tag]))`: a CWT (RFC 8392) in a COSE_Mac0
(RFC 8152, section 6.2) with HMAC 256/256. `functions/edge/playback.js` checks it, and both
files must agree on the numbers below.
"""

import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import cbor2

# Registered claims: RFC 8392, section 3.1, and CTA-5007 (the IANA registry of CWT claims).
ISS, SUB, EXP, NBF, IAT, CTI = 1, 2, 4, 5, 6, 7
CATV, CATU = 310, 312
CATU_PATH, MATCH_PREFIX = 3, 1
# The open slots, as text: CloudFront does not document how byte strings come back.
# Numbers below -65536 are for private use (RFC 8392, section 9.1).
SLOTS = -65537

MAX_TOKEN_BYTES = 1024  # the limit of CloudFront's cwt.validateToken
KEY_BYTES = 32

_ONE = ord("1")
_CWT_TAG, _COSE_MAC0_TAG = 61, 17
_ALGORITHM = 1
_ALGORITHM_OF_TAG_LENGTH = {8: 4, 32: 5}  # HMAC 256/64 and HMAC 256/256 (RFC 8152, section 9.1)
_ID = re.compile(r"[a-z]{2,8}_[0-9A-Za-z]{26}")  # a short prefix and a ULID; the edge expects it


@dataclass(frozen=True, kw_only=True)
class Grant:
    """One sitting: the slots of one drama that one viewer may watch until `expires_at`.

    Ids are a short prefix and a ULID. Times are datetimes with a time zone; a fraction of a
    second is cut off. `not_before` should lie some seconds before `issued_at`, as the clock of
    an edge location may be behind ours.
    """

    session_id: str
    viewer_id: str
    drama_id: str
    slots: Collection[int]
    issued_at: datetime
    not_before: datetime
    expires_at: datetime


def mint(grant: Grant, *, issuer: str, key: bytes) -> str:
    """Return the token of a grant: base64url without padding, at most 1,024 bytes decoded.

    The same grant and key give the same token. `key` is 32 random bytes, known to the edge by
    the key id that stands before the token in the URL.

    Raises:
        ValueError: an id, a time, a slot or the key is not of its form, or the token is too
            large for the edge.
    """
    for name in ("session_id", "viewer_id", "drama_id"):
        if not _ID.fullmatch(getattr(grant, name)):
            raise ValueError(f"{name} must be a short prefix and a ULID")
    if len(key) != KEY_BYTES:
        raise ValueError(f"the key must be {KEY_BYTES} bytes")
    not_before, expires_at = _epoch(grant.not_before), _epoch(grant.expires_at)
    if expires_at <= not_before:
        raise ValueError("expires_at must lie after not_before")
    claims = {  # in the order of RFC 8949, section 4.2.1: positive keys first
        ISS: issuer,
        SUB: grant.viewer_id,
        EXP: expires_at,
        NBF: not_before,
        IAT: _epoch(grant.issued_at),
        CTI: grant.session_id.encode(),
        CATV: 1,
        CATU: {CATU_PATH: {MATCH_PREFIX: f"/media/{grant.drama_id}/"}},
        SLOTS: slot_set(grant.slots),
    }
    token = cose_mac0(_encode(claims), key=key)
    if len(token) > MAX_TOKEN_BYTES:
        raise ValueError(f"the token has {len(token)} bytes, the edge takes {MAX_TOKEN_BYTES}")
    return _base64url(token)


def slot_set(slots: Iterable[int]) -> str:
    """Return a set of slots as text: a bitmap in base64url without padding.

    Slot n is bit `n & 7` of byte `n >> 3`, the least significant bit first; no byte follows
    that of the highest slot.

    Raises:
        ValueError: a slot is negative, or too high for any token.
    """
    members = sorted(set(slots))
    if not members:
        return ""
    if members[0] < 0 or members[-1] >= MAX_TOKEN_BYTES * 8:
        raise ValueError(f"a slot lies between 0 and {MAX_TOKEN_BYTES * 8 - 1}")
    digits = bytearray(b"0" * (members[-1] + 1))  # of a number whose bit n is slot n
    for slot in members:
        digits[slot] = _ONE
    digits.reverse()
    return _base64url(int(digits, 2).to_bytes((members[-1] >> 3) + 1, "little"))


def cose_mac0(
    payload: bytes,
    *,
    key: bytes,
    tag_length: int = 32,
    unprotected: Mapping[int, object] | None = None,
) -> bytes:
    """Return a tagged CWT over `payload` (encoded claims) with a MAC of 32 or 8 bytes.

    Eight bytes exist for the vectors of RFC 8392: CloudFront takes 32 alone. Source: RFC 8152,
    section 6.3.
    """
    protected = _encode({_ALGORITHM: _ALGORITHM_OF_TAG_LENGTH[tag_length]})
    structure = _encode(["MAC0", protected, b"", payload])
    tag = hmac.digest(key, structure, "sha256")[:tag_length]
    message = [protected, dict(unprotected or {}), payload, tag]
    return _encode(cbor2.CBORTag(_CWT_TAG, cbor2.CBORTag(_COSE_MAC0_TAG, message)))


def _encode(value: object) -> bytes:
    """Encode deterministically: shortest forms, sorted keys (RFC 8949, section 4.2).

    Every map here is written in the order that its encoded keys have, so nothing is left to sort.
    """
    return cbor2.dumps(value)


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _epoch(moment: datetime) -> int:
    if moment.utcoffset() is None:
        raise ValueError("a time needs its time zone")
    return int(moment.timestamp())
