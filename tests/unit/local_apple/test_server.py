"""The store over HTTP: tools need nothing, the Server API wants a token of the app's key."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest

from local.stores.apple import api_key
from local.stores.apple.chain import Chain
from local.stores.apple.chain_on_disk import load_or_make
from local.stores.apple.courier import poster
from tests.unit.local_apple.open import Address, opened
from tests.unit.local_apple.shop import BUNDLE_ID, TOKEN, Shop, open_shop, unverified


@pytest.fixture
def address(shop: Shop, tmp_path: Path) -> Iterator[Address]:
    with opened(shop, tmp_path / "apple") as found:
        yield found


def token(address: Address, **changes: Any) -> str:
    """A token of the app's key, with other claims or another key."""
    now = int(time.time())
    claims = {
        "iss": address.key.issuer_id,
        "iat": now,
        "exp": now + 300,
        "aud": "appstoreconnect-v1",
        "bid": BUNDLE_ID,
    }
    signing = changes.pop("signing", address.key.private_key)
    kid = changes.pop("kid", address.key.key_id)
    return jwt.encode(claims | changes, signing, algorithm="ES256", headers={"kid": kid})


def test_a_tool_buys_and_gets_what_an_app_would_send(address: Address) -> None:
    told = address.tell("buy", product_id="coins.100", account_token=TOKEN, price=990, quantity=2)
    payload = unverified(told["signed_transaction"])
    assert payload == {**told["transaction"], "signedDate": payload["signedDate"]}
    assert (payload["price"], payload["quantity"], payload["appAccountToken"]) == (990, 2, TOKEN)
    assert told["notification"]["type"] == "ONE_TIME_CHARGE"
    assert address.ask("GET", "/_health") == (200, {"status": "ok"})


@pytest.mark.parametrize(
    ("operation", "more", "type_"),
    [
        ("renew", {}, "DID_RENEW"),
        ("cancel", {}, "DID_CHANGE_RENEWAL_STATUS"),
        ("resume", {}, "DID_CHANGE_RENEWAL_STATUS"),
        ("expire", {}, "EXPIRED"),
        ("grace", {"days": 6}, "DID_FAIL_TO_RENEW"),
        ("billing-retry", {}, "DID_FAIL_TO_RENEW"),
        ("change-plan", {"product_id": "vip.yearly"}, "DID_CHANGE_RENEWAL_PREF"),
        ("refund", {"percentage": 40}, "REFUND"),
        ("decline", {}, "REFUND_DECLINED"),
        ("ask-consumption", {"reason": "LEGAL"}, "CONSUMPTION_REQUEST"),
        ("share", {}, "SUBSCRIBED"),
    ],
)
def test_a_tool_does_all_that_happens_to_a_subscription(
    address: Address, operation: str, more: dict[str, Any], type_: str
) -> None:
    bought = address.tell("subscribe", product_id="vip.weekly", account_token=TOKEN)
    told = address.tell(operation, transaction_id=bought["transaction_id"], **more)
    assert told["notification"]["type"] == type_
    _, sent = address.ask("GET", "/_store/notifications")
    assert [one["type"] for one in sent["items"]] == ["SUBSCRIBED", type_]


def test_what_happened_can_be_taken_back(address: Address) -> None:
    bought = address.tell("buy", product_id="coins.100")
    address.tell("refund", transaction_id=bought["transaction_id"])
    told = address.tell("reverse", transaction_id=bought["transaction_id"])
    assert told["notification"]["type"] == "REFUND_REVERSED"
    assert told["transaction"] == bought["transaction"] | {
        "signedDate": told["transaction"]["signedDate"]
    }
    shared = address.tell(
        "share", transaction_id=address.tell("subscribe", product_id="vip")["transaction_id"]
    )
    lost = address.tell("revoke", transaction_id=shared["transaction_id"])
    assert (lost["notification"]["type"], lost["status"]) == ("REVOKE", 5)


@pytest.mark.parametrize(
    ("path", "body", "status", "says"),
    [
        ("/_store/fly", {}, 404, "It has: "),
        ("/_store/buy", {}, 400, "product_id"),
        ("/_store/buy", {"product_id": "a", "quantity": 0}, 400, "quantity"),
        ("/_store/buy", {"product_id": "a", "colour": "red"}, 400, "colour"),
        ("/_store/renew", {"transaction_id": "1"}, 404, "not found"),
        ("/_store/advance", {"seconds": -1}, 400, "seconds"),
        ("/elsewhere", {}, 404, "elsewhere"),
    ],
)
def test_a_tool_is_told_what_was_wrong(
    address: Address, path: str, body: Any, status: int, says: str
) -> None:
    answer, told = address.ask("POST", path, body)
    assert answer == status
    assert says in told["errorMessage"]


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": 1_000_000_000},
        {"exp": 4_000_000_000},
        {"iss": "someone"},
        {"aud": "someone"},
        {"bid": "com.example.else"},
        {"kid": "OTHER"},
        {"signing": api_key._fresh().private_key},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_the_server_api_lets_nobody_in_without_a_good_token(
    address: Address, changes: dict[str, Any]
) -> None:
    bought = address.tell("buy", product_id="coins.100")
    path = f"/inApps/v1/transactions/{bought['transaction_id']}"
    assert address.ask("GET", path, Authorization=f"Bearer {token(address)}")[0] == 200
    sent = f"Bearer {token(address, **changes)}"
    assert address.ask("GET", path, Authorization=sent)[0] == 401
    assert address.ask("GET", path)[0] == 401
    assert address.ask("GET", path, Authorization=token(address))[0] == 401


def test_each_environment_knows_its_own_transactions(address: Address) -> None:
    bought = address.tell("buy", product_id="coins.100", environment="Sandbox")
    path = f"/inApps/v1/transactions/{bought['transaction_id']}"
    authorization = f"Bearer {token(address)}"
    assert address.ask("GET", f"/sandbox{path}", Authorization=authorization)[0] == 200
    status, told = address.ask("GET", f"/production{path}", Authorization=authorization)
    assert (status, told["errorCode"]) == (404, 4040010)


def test_a_consumption_without_consent_is_refused(address: Address) -> None:
    bought = address.tell("buy", product_id="coins.100")
    path = f"/inApps/v2/transactions/consumption/{bought['transaction_id']}"
    body = {
        "customerConsented": False,
        "sampleContentProvided": True,
        "deliveryStatus": "DELIVERED",
    }
    authorization = f"Bearer {token(address)}"
    status, told = address.ask("PUT", path, body, Authorization=authorization)
    assert (status, told["errorCode"]) == (400, 4000035)
    body["customerConsented"] = True
    assert address.ask("PUT", path, body, Authorization=authorization) == (202, None)
    _, kept = address.ask("GET", "/_store/consumptions")
    assert kept["items"] == [{"transaction_id": bought["transaction_id"], **body}]


@pytest.mark.parametrize("days", [1, 170, 400])
def test_the_history_has_what_was_told_by_the_clock_of_the_server_that_asks(
    address: Address, days: int
) -> None:
    asked_at = time.time_ns() // 1_000_000
    address.tell("buy", product_id="coins.100")
    address.tell("advance", seconds=days * 86_400)
    address.tell("buy", product_id="coins.100", lost=True)
    path, authorization = "/inApps/v1/notifications/history", f"Bearer {token(address)}"
    month, soon = 30 * 86_400_000, asked_at + 60_000
    body = {"startDate": asked_at - month, "endDate": soon}
    status, told = address.ask("POST", path, body, Authorization=authorization)
    assert (status, len(told["notificationHistory"])) == (200, 2)
    body = {"startDate": asked_at - 7 * month, "endDate": soon}
    status, told = address.ask("POST", path, body, Authorization=authorization)
    assert (status, told["errorCode"]) == (400, 4000012)
    body = {"startDate": asked_at - month, "endDate": asked_at - 1}
    _, told = address.ask("POST", path, body, Authorization=authorization)
    assert told["notificationHistory"] == []


class _Backend(BaseHTTPRequestHandler):
    status, received = 200, list[Any]()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.received.append(json.loads(body))
        self.send_response(self.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.mark.parametrize(
    ("status", "result"),
    [(200, "SUCCESS"), (206, "SUCCESS"), (302, None), (400, None), (503, None)],
)
def test_a_notification_is_posted_and_any_answer_but_a_success_is_a_failure(
    status: int, result: str | None
) -> None:
    backend = HTTPServer(("127.0.0.1", 0), type("Backend", (_Backend,), {"status": status}))
    thread = threading.Thread(target=backend.handle_request)
    thread.start()
    found = poster(f"http://127.0.0.1:{backend.server_port}/notifications")("a.b.c")
    thread.join()
    backend.server_close()
    assert found == (result or "UNSUCCESSFUL_HTTP_RESPONSE_CODE")
    assert _Backend.received.pop() == {"signedPayload": "a.b.c"}


def test_a_backend_that_is_not_there_gives_no_response() -> None:
    assert poster("http://127.0.0.1:9/notifications")("a.b.c") == "NO_RESPONSE"


def test_certificates_and_key_are_made_once(tmp_path: Path) -> None:
    first, second = load_or_make(tmp_path), load_or_make(tmp_path)
    assert first.certificates == second.certificates
    assert [one.read_bytes() for one in (tmp_path / "roots").iterdir()] == [first.root.der]
    assert api_key.load_or_make(tmp_path) == api_key.load_or_make(tmp_path)
    assert set(json.loads((tmp_path / "api-key.json").read_text())) == {
        "issuer_id",
        "key_id",
        "private_key",
    }


def test_ids_do_not_come_again_in_a_store_that_lost_its_folder(
    tmp_path: Path, chain: Chain
) -> None:
    first = open_shop(tmp_path / "one", chain).buy()
    time.sleep(0.005)
    assert open_shop(tmp_path / "two", chain).buy().transaction_id > first.transaction_id
