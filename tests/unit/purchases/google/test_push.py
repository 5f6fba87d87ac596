"""Pushes: each forged token is refused for what is wrong with it."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from cliffhanger.errors import MalformedJson, Problem
from cliffhanger.purchases.errors import StoreUnavailable
from cliffhanger.purchases.google import certificates
from cliffhanger.purchases.google.errors import PushMalformed, PushNotVerified
from cliffhanger.purchases.google.push import Push, read_push
from local.stores.google.keys import Keys
from tests.unit.local_google.running import AUDIENCE, PACKAGE, PUSHER, SUBSCRIPTION, Play


def envelope(told: Any = None, **more: Any) -> str:
    told = {"version": "1.0", "packageName": PACKAGE, "eventTimeMillis": "1788264000123"} | (
        told if told is not None else {"testNotification": {"version": "1.0"}}
    )
    data = base64.b64encode(json.dumps(told).encode()).decode()
    made = {"message": {"data": data, "messageId": "77"}, "subscription": SUBSCRIPTION}
    return json.dumps(made | more)


def claims(**changed: Any) -> dict[str, Any]:
    now = int(time.time())
    good = {
        "iss": "https://accounts.google.com",
        "aud": AUDIENCE,
        "email": PUSHER,
        "email_verified": True,
        "sub": "1",
        "iat": now,
        "exp": now + 3600,
    }
    return {name: value for name, value in (good | changed).items() if value is not None}


def push(token: str, body: str | None = None) -> Push:
    return read_push(f"Bearer {token}", envelope() if body is None else body)


def test_a_push_of_googles_is_read(google: Play) -> None:
    token = google.buy()
    ((authorization, body),) = google.push()
    read = read_push(authorization, json.dumps(body))
    told = read.notification
    assert told.kind == "one_time"
    assert told.purchase_token == token
    assert told.one_time_product_notification
    assert told.one_time_product_notification.sku == "coins_100"
    assert read.message_id == body["message"]["messageId"]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"aud": "https://other.example"}, "another audience"),
        ({"aud": None}, "another audience"),
        ({"iss": "https://accounts.example"}, "another issuer"),
        ({"iss": None}, "another issuer"),
        ({"email": "push@other.example"}, "another service account"),
        ({"email": None}, "another service account"),
        ({"email_verified": False}, "not verified"),
        ({"email_verified": "true"}, "not verified"),
        ({"email_verified": None}, "not verified"),
        ({"iat": 1_600_000_000, "exp": 1_600_003_600}, "expired"),
        ({"exp": None}, "malformed"),
        ({"exp": "never"}, "malformed"),
        ({"iat": 4_000_000_000, "exp": 4_000_003_600}, "not good yet"),
    ],
)
def test_a_token_with_other_claims_is_refused(
    google: Play, changed: Mapping[str, Any], reason: str
) -> None:
    with pytest.raises(PushNotVerified, match=reason):
        push(google.keys.signed(claims(**changed)))


def test_clocks_may_differ_by_seconds(google: Play) -> None:
    now = int(time.time())
    assert push(google.keys.signed(claims(iat=now + 5, exp=now + 60)))
    assert push(google.keys.signed(claims(iat=now - 60, exp=now - 5)))
    with pytest.raises(PushNotVerified, match="expired"):
        push(google.keys.signed(claims(iat=now - 60, exp=now - 20)))


@pytest.mark.parametrize(
    "other",
    ["", "play", SUBSCRIPTION + "-2", SUBSCRIPTION.upper(), "projects/other/subscriptions/play"],
)
def test_a_push_of_another_subscription_is_refused_though_its_token_is_good(
    google: Play, other: str
) -> None:
    token = google.keys.signed(claims())
    with pytest.raises(PushNotVerified, match="another subscription"):
        push(token, envelope(subscription=other))
    assert push(token, envelope())


def part(told: Any) -> str:
    text = told if isinstance(told, bytes) else json.dumps(told).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def test_an_unsigned_token_is_refused(google: Play) -> None:
    token = f"{part({'alg': 'none', 'kid': google.keys.key_id})}.{part(claims())}."
    with pytest.raises(PushNotVerified, match="RS256"):
        push(token)


def test_a_token_signed_with_the_public_key_as_a_secret_is_refused(google: Play) -> None:
    signed = f"{part({'alg': 'HS256', 'kid': google.keys.key_id})}.{part(claims())}"
    secret = google.keys.certificates[google.keys.key_id].encode()
    mac = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
    with pytest.raises(PushNotVerified, match="RS256"):
        push(f"{signed}.{part(mac)}")


def test_a_token_of_a_key_that_is_not_googles_is_refused(google: Play, tmp_path: Path) -> None:
    foreign = Keys(tmp_path / "foreign", google.url)
    with pytest.raises(PushNotVerified, match="not Google's"):
        push(foreign.signed(claims()))
    foreign.key_id = google.keys.key_id  # it says that it is Google's, and is not
    with pytest.raises(PushNotVerified, match="signature"):
        push(foreign.signed(claims()))


def test_a_token_whose_claims_were_changed_is_refused(google: Play) -> None:
    header, _, signature = google.keys.signed(claims(email="push@other.example")).split(".")
    with pytest.raises(PushNotVerified, match="signature"):
        push(f"{header}.{part(claims())}.{signature}")


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic eDp5"])
def test_a_push_without_a_token_is_refused(google: Play, header: str | None) -> None:
    with pytest.raises(PushNotVerified, match="Send an OpenID token"):
        read_push(header, envelope())


@pytest.mark.parametrize(
    "token",
    ["x", "a.b", "a.b.c", "é.é.é", f"{part([])}.{part({})}.x", f"{part(b'[' * 6000)}.e30.x"],
)
def test_what_is_no_token_at_all_is_refused(google: Play, token: str) -> None:
    with pytest.raises(PushNotVerified):
        push(token)


def test_a_token_that_names_no_key_is_refused(google: Play) -> None:
    _, told, signature = google.keys.signed(claims()).split(".")
    with pytest.raises(PushNotVerified, match="name its key"):
        push(f"{part({'alg': 'RS256'})}.{told}.{signature}")


def test_certificates_are_fetched_once_and_again_for_a_new_key(
    google: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[str] = []
    really = certificates._asked

    def asked(url: str) -> Any:
        fetched.append(url)
        return really(url)

    monkeypatch.setattr(certificates, "_asked", asked)
    for _ in range(3):
        push(google.keys.signed(claims()))
    assert len(fetched) == 1
    foreign = Keys(tmp_path / "foreign", google.url)
    for _ in range(3):  # unknown keys do not make us ask again and again
        with pytest.raises(PushNotVerified):
            push(foreign.signed(claims()))
    assert len(fetched) == 1
    google.server.api.keys = foreign  # Google rotates, and a minute passes
    asked_at, good_until, found = certificates._cache[fetched[0]]
    certificates._cache[fetched[0]] = (asked_at - 61, good_until, found)
    assert push(foreign.signed(claims()))
    assert len(fetched) == 2


def test_without_certificates_the_push_may_come_again(google: Play) -> None:
    google.server.shutdown()
    google.server.server_close()
    with pytest.raises(StoreUnavailable):
        push(google.keys.signed(claims()))


@pytest.fixture
def read(google: Play) -> Callable[[str], Push]:
    token = google.keys.signed(claims())
    return lambda body: push(token, body)


@pytest.mark.parametrize(
    ("told", "kind", "token"),
    [
        (
            {"subscriptionNotification": {"notificationType": 99, "purchaseToken": "t", "new": 1}},
            "subscription",
            "t",
        ),
        (
            {"voidedPurchaseNotification": {"purchaseToken": "t", "orderId": "o"}},
            "voided",
            "t",
        ),
        (
            {"pendingRefundReviewNotification": {"pendingRefundToken": "p", "orderId": "o"}},
            "refund_review",
            None,
        ),
        ({"testNotification": {"version": "1.0"}}, "test", None),
        ({"starNotification": {"distance": 4}}, "unknown", None),
    ],
)
def test_every_kind_is_read_and_new_ones_are_kept(
    read: Callable[[str], Push], told: Any, kind: str, token: str | None
) -> None:
    found = read(envelope(told)).notification
    assert (found.kind, found.purchase_token) == (kind, token)
    assert found.event_at.isoformat() == "2026-09-01T12:00:00.123000+00:00"
    kept = found.model_dump(mode="json", by_alias=True, exclude_none=True)
    assert kept.items() >= told.items() or kind != "unknown"


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("", MalformedJson),
        ("{", MalformedJson),
        ("[]", PushMalformed),
        ("{}", PushMalformed),
        (envelope(message={"data": "!!", "messageId": "1"}), PushMalformed),
        (envelope(message={"data": "e30", "messageId": "1"}), PushMalformed),
        (envelope(message={"data": "e30=", "messageId": "1"}), PushMalformed),
        ('{"message": {"data": "e30="}}', PushMalformed),
        ('{"message": {"data": "e30=", "messageId": "1"}}', PushMalformed),
        (envelope(subscription=7), PushMalformed),
        (envelope({"packageName": "dev.somebody.else"}), PushMalformed),
        (envelope({"eventTimeMillis": "yesterday"}), PushMalformed),
        (envelope({"subscriptionNotification": {"notificationType": 4}}), PushMalformed),
    ],
)
def test_what_is_no_notification_of_this_app_is_refused(
    read: Callable[[str], Push], body: str, problem: type[Problem]
) -> None:
    with pytest.raises(problem):
        read(body)
