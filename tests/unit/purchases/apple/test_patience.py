"""What happens when Apple is slow, busy, broken, or cannot say whether a certificate is good."""

import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from appstoreserverlibrary.signed_data_verifier import (
    VerificationException,
    VerificationStatus,
    _ChainVerifier,
)

from cliffhanger.purchases.apple import api_client, deadline, verify
from cliffhanger.purchases.apple.claim import read_client_transaction
from cliffhanger.purchases.apple.notifications import read_notification
from cliffhanger.purchases.errors import (
    PurchaseNotVerified,
    StoreRefused,
    StoreUnavailable,
)
from local.stores.apple import api_key
from local.stores.apple.chain import Chain
from tests.unit.local_apple.shop import Shop

Answer = tuple[int, dict[str, str], bytes]
OK: Answer = (200, {}, b'{"fine": true}')
JSON = {"Content-Type": "application/json"}


class Apple:
    """A server that gives the answers it was told to, and counts."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.asked = 0
        self.url = ""

    def next(self) -> Answer:
        self.asked += 1
        return self.answers.pop(0) if self.answers else OK


@pytest.fixture
def apple(configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> Iterator[Apple]:
    found = Apple()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, headers, body = found.next()
            if status == 0:
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_port}"
    configure(url=found.url)
    key = api_client.ApiKey.model_validate(api_key._fresh().model_dump())
    monkeypatch.setattr(api_client, "_key", _Kept(key))
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


class _Kept:
    def __init__(self, key: api_client.ApiKey) -> None:
        self._key = key

    def __call__(self, _: str) -> api_client.ApiKey:
        return self._key

    def cache_clear(self) -> None:
        pass


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    return waits


def ask() -> dict[str, Any]:
    return api_client.call("Production", "GET", "/inApps/v1/anything")


@pytest.mark.parametrize(
    "hiccup",
    [
        (500, JSON, b'{"errorCode": 5000000}'),
        (502, {}, b"<html>"),
        (0, {}, b""),
        (404, JSON, b'{"errorCode": 4040002}'),
        (429, {}, b""),
    ],
    ids=["500", "502", "dropped", "retryable", "busy"],
)
def test_a_hiccup_is_waited_out(apple: Apple, slept: list[float], hiccup: Answer) -> None:
    apple.answers = [hiccup, hiccup]
    assert ask() == {"fine": True}
    assert apple.asked == 3
    assert 0 < slept[0] < slept[1] < 2


def test_more_than_a_hiccup_is_told_as_unavailable(apple: Apple, slept: list[float]) -> None:
    apple.answers = [(503, {}, b"")] * 9
    with pytest.raises(StoreUnavailable) as refused:
        ask()
    assert refused.value.status == 503
    assert (apple.asked, len(slept)) == (3, 2)


def test_nobody_there_is_unavailable(
    configure: Callable[..., None], apple: Apple, slept: list[float]
) -> None:
    configure(url="http://127.0.0.1:9")
    with pytest.raises(StoreUnavailable):
        ask()


def test_a_short_wait_that_apple_asks_for_is_waited(apple: Apple, slept: list[float]) -> None:
    moment = str(round((time.time() + 1) * 1000))
    apple.answers = [(429, {"Retry-After": moment}, b"")]
    assert ask() == {"fine": True}
    assert 0.5 < slept[0] <= 1


def test_a_long_wait_is_left_to_the_caller(apple: Apple, slept: list[float]) -> None:
    moment = str(round((time.time() + 90) * 1000))
    apple.answers = [(429, {"Retry-After": moment}, b"")]
    with pytest.raises(StoreUnavailable) as refused:
        ask()
    assert (apple.asked, slept) == (1, [])
    assert 85 < refused.value.document()["retry_after_seconds"] <= 91


@pytest.mark.parametrize(("status", "code"), [(400, 4000006), (403, None), (404, 4040010)])
def test_a_no_is_not_asked_again(
    apple: Apple, slept: list[float], status: int, code: int | None
) -> None:
    body = b"{}" if code is None else b'{"errorCode": %d}' % code
    apple.answers = [(status, JSON, body)]
    with pytest.raises(StoreRefused) as refused:
        ask()
    assert (refused.value.http_status, refused.value.error_code) == (status, code)
    assert apple.asked == 1
    assert str(code) not in str(refused.value.document())


def revocation(monkeypatch: pytest.MonkeyPatch, status: VerificationStatus) -> None:
    """Make the question about revocation end like this."""

    def check(*_: object) -> None:
        raise VerificationException(status)

    monkeypatch.setattr(_ChainVerifier, "check_ocsp_status", check)
    verify._verifier.cache_clear()


@pytest.mark.parametrize(
    "status",
    [VerificationStatus.RETRYABLE_VERIFICATION_FAILURE, VerificationStatus.VERIFICATION_FAILURE],
    ids=["unreachable", "no answer that can be read"],
)
def test_a_notification_comes_again_when_revocation_could_not_be_asked_about(
    shop: Shop,
    configure: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    status: VerificationStatus,
) -> None:
    configure(online_checks=True)
    revocation(monkeypatch, status)
    shop.buy()
    with pytest.raises(StoreUnavailable):
        read_notification(shop.store.state.notifications[0].signed_payload)


def test_a_forgery_is_refused_though_revocation_cannot_be_asked_about(
    shop: Shop,
    chain: Chain,
    configure: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    configure(online_checks=True)
    revocation(monkeypatch, VerificationStatus.RETRYABLE_VERIFICATION_FAILURE)
    head, payload, signature = shop.buy().signed_transaction.split(".")
    forged = ".".join((head, payload[:-6] + "AAAAAA", signature))
    with pytest.raises(PurchaseNotVerified):
        read_client_transaction(forged)


def test_online_checks_pass_where_apple_vouches_for_its_certificates(
    shop: Shop, configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(online_checks=True)
    asked: list[object] = []
    monkeypatch.setattr(_ChainVerifier, "check_ocsp_status", lambda *who: asked.append(who))
    verify._verifier.cache_clear()
    assert read_client_transaction(shop.buy().signed_transaction)
    assert len(asked) == 2


def test_a_purchase_whose_certificate_cannot_be_asked_about_is_looked_up(
    shop: Shop, configure: Callable[..., None], apple: Apple, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought = shop.buy()
    apple.answers = [(404, JSON, b'{"errorCode": 4040010}')]
    configure(url=apple.url, online_checks=True)
    revocation(monkeypatch, VerificationStatus.RETRYABLE_VERIFICATION_FAILURE)
    with pytest.raises(PurchaseNotVerified) as refused:
        read_client_transaction(bought.signed_transaction)
    assert refused.value.reason == "unknown_transaction"
    assert apple.asked == 1


class Hanging:
    """Apple's service of certificates takes a question, and answers when it is let."""

    def __init__(self) -> None:
        self.answers = threading.Event()
        self.asked = 0

    def check(self, *_: object) -> None:
        self.asked += 1
        self.answers.wait()

    def answer(self) -> None:
        """Answer at last, and see that it is heard."""
        self.answers.set()
        for thread in threading.enumerate():
            if thread.name == deadline.THREAD:
                thread.join()


@pytest.fixture
def hanging(configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> Iterator[Hanging]:
    """A stage that asks about revocation, and has no patience."""
    found = Hanging()
    configure(online_checks=True)
    monkeypatch.setattr(_ChainVerifier, "check_ocsp_status", found.check)
    monkeypatch.setattr(verify, "_ONLINE_SECONDS", 0.01)
    verify._verifier.cache_clear()
    yield found
    found.answer()


def test_a_notification_comes_again_when_the_service_of_certificates_hangs(
    shop: Shop, hanging: Hanging, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.buy()
    signed = shop.store.state.notifications[0].signed_payload
    with pytest.raises(StoreUnavailable):
        read_notification(signed)
    hanging.answer()
    monkeypatch.setattr(verify, "_ONLINE_SECONDS", 60)
    assert read_notification(signed).type == "ONE_TIME_CHARGE"
    assert hanging.asked == 2, "what was answered late is remembered"


def test_a_purchase_is_looked_up_when_the_service_of_certificates_hangs(
    shop: Shop, configure: Callable[..., None], apple: Apple, hanging: Hanging
) -> None:
    bought = shop.buy()
    apple.answers = [(404, JSON, b'{"errorCode": 4040010}')]
    configure(url=apple.url, online_checks=True)
    with pytest.raises(PurchaseNotVerified) as refused:
        read_client_transaction(bought.signed_transaction)
    assert (refused.value.reason, apple.asked) == ("unknown_transaction", 1)
