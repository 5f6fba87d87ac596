"""What KMS answers in DER is what JOSE writes as numbers."""

import base64

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from cliffhanger.entitlements.signing import jwk, raw_signature

HALVES = st.one_of(
    st.integers(1, 2**256 - 1),
    st.integers(1, 300),  # short ones are filled up
    st.sampled_from([2**255, 2**255 - 1, 2**248 - 1, 2**248]),  # a sign byte, and none
)


def der_of(curve: ec.EllipticCurve) -> bytes:
    public = ec.generate_private_key(curve).public_key()
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


@given(r=HALVES, s=HALVES)
def test_a_signature_is_both_numbers_in_32_bytes_each(r: int, s: int) -> None:
    raw = raw_signature(encode_dss_signature(r, s))
    assert len(raw) == 64
    assert (int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")) == (r, s)


@given(r=HALVES, s=HALVES, cut=st.integers(0, 71))
def test_half_a_signature_is_none(r: int, s: int, cut: int) -> None:
    der = encode_dss_signature(r, s)
    with pytest.raises(ValueError, match="DER"):
        raw_signature(der[: min(cut, len(der) - 1)])


@given(st.binary(max_size=80))
def test_what_is_no_signature_is_refused_or_is_one(data: bytes) -> None:
    try:
        raw = raw_signature(data)
    except ValueError:
        return
    assert len(raw) == 64


def test_a_number_above_32_bytes_is_not_of_this_curve() -> None:
    with pytest.raises((ValueError, OverflowError)):
        raw_signature(encode_dss_signature(2**256, 1))


def test_a_key_is_the_same_key_as_a_jwk_and_its_id_is_its_thumbprint() -> None:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    made = jwk(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    assert jwt.PyJWK(made.model_dump()).key.public_numbers() == key.public_numbers()
    assert len(base64.urlsafe_b64decode(made.kid + "=")) == 32


@pytest.mark.parametrize("curve", [ec.SECP384R1(), ec.SECP256K1()], ids=lambda one: one.name)
def test_a_key_on_another_curve_is_refused(curve: ec.EllipticCurve) -> None:
    with pytest.raises(ValueError, match="P-256"):
        jwk(der_of(curve))
