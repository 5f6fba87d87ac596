"""What Apple did not sign for this app is refused, and the reason says which way it was tried."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from cliffhanger.purchases.apple.claim import read_client_transaction
from cliffhanger.purchases.apple.notifications import read_notification
from cliffhanger.purchases.errors import PurchaseNotVerified
from local.stores.apple.chain import (
    INTERMEDIATE_MARKER,
    LEAF_MARKER,
    Chain,
    Issued,
    issue,
    make,
)
from local.stores.apple.signing import sign
from tests.unit.local_apple.shop import Shop
from tests.unit.purchases.apple.app import joined, jws, parts

Payload = dict[str, Any]
LONG_AGO = datetime(2021, 6, 1, tzinfo=UTC)


def leaf_of(issuer: Issued, *, marker: str | None = LEAF_MARKER, **more: Any) -> Issued:
    more = {"curve": ec.SECP256R1(), "is_authority": False, **more}
    return issue("Leaf", issuer=issuer, marker=marker, **more)


def chain_of_their_own(payload: Payload, _: Chain) -> str:
    return sign(make(), payload)


def chain_of_their_own_under_the_true_root(payload: Payload, true: Chain) -> str:
    theirs = make()
    return jws(payload, theirs.leaf, theirs.leaf.der, theirs.intermediate.der, true.root.der)


def true_certificates_and_another_key(payload: Payload, true: Chain) -> str:
    return jws(payload, make().leaf, *true.certificates)


def leaf_that_signs_a_certificate(payload: Payload, true: Chain) -> str:
    forged = leaf_of(true.leaf)
    return jws(payload, forged, forged.der, true.leaf.der, true.root.der)


def leaf_without_apples_marker(payload: Payload, true: Chain) -> str:
    other = leaf_of(true.intermediate, marker=None)
    return jws(payload, other, other.der, true.intermediate.der, true.root.der)


def leaf_with_the_marker_of_an_intermediate(payload: Payload, true: Chain) -> str:
    other = leaf_of(true.intermediate, marker=INTERMEDIATE_MARKER)
    return jws(payload, other, other.der, true.intermediate.der, true.root.der)


def intermediate_without_apples_marker(payload: Payload, true: Chain) -> str:
    other = issue("Other Developers", issuer=true.root, path_length=0)
    leaf = leaf_of(other)
    return jws(payload, leaf, leaf.der, other.der, true.root.der)


def expired_leaf(payload: Payload, true: Chain) -> str:
    old = leaf_of(true.intermediate, not_after=LONG_AGO)
    return jws(payload, old, old.der, true.intermediate.der, true.root.der)


def no_signature_at_all(payload: Payload, true: Chain) -> str:
    header, _, _ = parts(sign(true, payload))
    return joined({**header, "alg": "none"}, payload, "")


def signed_with_the_public_key_as_a_secret(payload: Payload, true: Chain) -> str:
    public = true.leaf.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    header, _, _ = parts(sign(true, payload))
    unsigned = joined({**header, "alg": "HS256"}, payload, "").rstrip(".")
    digest = hmac.new(public, unsigned.encode(), hashlib.sha256).digest()
    return f"{unsigned}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def changed_after_it_was_signed(payload: Payload, true: Chain) -> str:
    header, told, signature = parts(sign(true, payload))
    return joined(header, {**told, "quantity": 10, "version": "9"}, signature)


def token_of_xcode(payload: Payload, _: Chain) -> str:
    theirs = leaf_of(make().intermediate)
    return jws(_in_environment(payload, "Xcode"), theirs, theirs.der)


def token_of_xcode_with_three_certificates(payload: Payload, _: Chain) -> str:
    return sign(make(), _in_environment(payload, "Xcode"))


def four_certificates(payload: Payload, true: Chain) -> str:
    return jws(payload, true.leaf, *true.certificates, true.root.der)


def no_certificates(payload: Payload, true: Chain) -> str:
    return jws(payload, true.leaf)


def certificates_that_are_none(payload: Payload, true: Chain) -> str:
    return jws(payload, true.leaf, b"a", b"b", b"c")


def another_app(payload: Payload, true: Chain) -> str:
    told = json.loads(json.dumps(payload).replace("dev.cliffhanger.test", "com.example.else"))
    return sign(true, told)


def environment_that_nobody_knows(payload: Payload, true: Chain) -> str:
    return sign(true, _in_environment(payload, "Moon"))


def signed_for_xcode_by_apple(payload: Payload, true: Chain) -> str:
    return sign(true, _in_environment(payload, "Xcode"))


def date_beyond_the_calendar(payload: Payload, true: Chain) -> str:
    return sign(true, {**payload, "signedDate": 10**30})


def nothing_like_a_token(_: Payload, __: Chain) -> str:
    return "héllo"


def _in_environment(payload: Payload, environment: str) -> Payload:
    if "data" in payload:
        return {**payload, "data": {**payload["data"], "environment": environment}}
    return {**payload, "environment": environment}


ATTACKS: list[tuple[Callable[[Payload, Chain], str], str]] = [
    (chain_of_their_own, "signature"),
    (chain_of_their_own_under_the_true_root, "signature"),
    (true_certificates_and_another_key, "signature"),
    (leaf_that_signs_a_certificate, "signature"),
    (leaf_without_apples_marker, "signature"),
    (leaf_with_the_marker_of_an_intermediate, "signature"),
    (intermediate_without_apples_marker, "signature"),
    (expired_leaf, "signature"),
    (no_signature_at_all, "signature"),
    (signed_with_the_public_key_as_a_secret, "signature"),
    (changed_after_it_was_signed, "signature"),
    (token_of_xcode, "certificate"),
    (token_of_xcode_with_three_certificates, "signature"),
    (four_certificates, "certificate"),
    (no_certificates, "signature"),
    (certificates_that_are_none, "certificate"),
    (another_app, "another_app"),
    (environment_that_nobody_knows, "environment"),
    (signed_for_xcode_by_apple, "environment"),
    (date_beyond_the_calendar, "signature"),
    (nothing_like_a_token, "signature"),
]
NAMES = [attack.__name__ for attack, _ in ATTACKS]


@pytest.mark.parametrize(("attack", "reason"), ATTACKS, ids=NAMES)
def test_a_forged_transaction_is_refused(
    shop: Shop, chain: Chain, attack: Callable[[Payload, Chain], str], reason: str
) -> None:
    _, payload, _ = parts(shop.buy().signed_transaction)
    assert read_client_transaction(sign(chain, payload))
    with pytest.raises(PurchaseNotVerified) as refused:
        read_client_transaction(attack(payload, chain))
    assert refused.value.document()["reason"] == reason
    assert refused.value.status == 422


@pytest.mark.parametrize(("attack", "reason"), ATTACKS, ids=NAMES)
def test_a_forged_notification_is_refused(
    shop: Shop, chain: Chain, attack: Callable[[Payload, Chain], str], reason: str
) -> None:
    shop.buy()
    _, payload, _ = parts(shop.store.state.notifications[0].signed_payload)
    assert read_notification(sign(chain, payload))
    with pytest.raises(PurchaseNotVerified) as refused:
        read_notification(attack(payload, chain))
    assert refused.value.reason == reason


@pytest.mark.parametrize(("attack", "reason"), ATTACKS, ids=NAMES)
def test_a_forgery_inside_a_true_notification_is_refused(
    shop: Shop, chain: Chain, attack: Callable[[Payload, Chain], str], reason: str
) -> None:
    bought = shop.buy()
    _, payload, _ = parts(shop.store.state.notifications[0].signed_payload)
    _, transaction, _ = parts(bought.signed_transaction)
    payload["data"]["signedTransactionInfo"] = attack(transaction, chain)
    with pytest.raises(PurchaseNotVerified) as refused:
        read_notification(sign(chain, payload))
    assert refused.value.reason == reason


def test_a_renewal_info_of_another_subscription_is_refused(shop: Shop, chain: Chain) -> None:
    mine, theirs = shop.subscribe(), shop.subscribe(account_token=None)
    _, payload, _ = parts(shop.store.state.notifications[0].signed_payload)
    payload["data"]["signedRenewalInfo"] = shop.store.signed_renewal(shop.line(theirs))
    with pytest.raises(PurchaseNotVerified) as refused:
        read_notification(sign(chain, payload))
    assert refused.value.reason == "renewal_mismatch"
    assert mine.transaction_id != theirs.transaction_id


def test_a_sandbox_transaction_in_a_production_notification_is_refused(
    shop: Shop, chain: Chain
) -> None:
    shop.buy()
    sandbox = shop.buy(environment="Sandbox")
    _, payload, _ = parts(shop.store.state.notifications[0].signed_payload)
    payload["data"]["signedTransactionInfo"] = sandbox.signed_transaction
    with pytest.raises(PurchaseNotVerified) as refused:
        read_notification(sign(chain, payload))
    assert refused.value.reason == "environment"


def test_what_was_signed_for_one_purpose_does_not_serve_another(shop: Shop) -> None:
    bought = shop.subscribe()
    sent = shop.store.state.notifications[0].signed_payload
    renewal = shop.store.signed_renewal(shop.line(bought))
    for token in (sent, renewal):
        with pytest.raises(PurchaseNotVerified):
            read_client_transaction(token)
    for token in (bought.signed_transaction, renewal):
        with pytest.raises(PurchaseNotVerified):
            read_notification(token)


def test_a_notification_with_the_date_of_an_expired_leaf_is_too_old(
    shop: Shop, chain: Chain
) -> None:
    old = leaf_of(chain.intermediate, not_after=LONG_AGO)
    shop.buy()
    _, payload, _ = parts(shop.store.state.notifications[0].signed_payload)
    payload["signedDate"] = round((LONG_AGO - timedelta(days=1)).timestamp() * 1000)
    forged = jws(payload, old, old.der, chain.intermediate.der, chain.root.der)
    with pytest.raises(PurchaseNotVerified) as refused:
        read_notification(forged)
    assert refused.value.reason == "too_old"


def test_the_refusal_tells_a_forger_nothing_but_the_reason(shop: Shop) -> None:
    with pytest.raises(PurchaseNotVerified) as refused:
        read_client_transaction("nonsense")
    assert set(refused.value.document()) == {"type", "title", "status", "detail", "code", "reason"}
    assert refused.value.document()["code"] == "purchase_not_verified"
