"""What a store's command knows of the studio's products: it asks the API, as a viewer does."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import typer

from local.aws import SignedIn
from local.stores import offered

COINS = {"kind": "coins", "apple_product_id": "a.coins", "google_product_id": "g_coins"}
VIP = {"kind": "vip", "apple_product_id": None, "google_product_id": "g_vip"}
PAGES = {
    "/v1/products": {"items": [COINS], "next_cursor": "a+b"},
    "/v1/products?cursor=a%2Bb": {"items": [VIP], "next_cursor": None},
}


@pytest.fixture
def endpoints(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """A local cloud whose API offers the products to whoever is signed in."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.headers["Authorization"] == "Bearer yes" else 401)
            self.end_headers()
            self.wfile.write(json.dumps(PAGES[self.path]).encode())

        def log_message(self, *_: Any) -> None:
            pass

    monkeypatch.setattr(offered, "sign_in", lambda _: SignedIn("vwr_", "yes"))
    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield {"api_url": f"http://127.0.0.1:{server.server_port}/v1"}
    server.shutdown()
    server.server_close()


def test_the_right_command_passes_in_silence(
    endpoints: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    offered.check(endpoints, "apple", "buy", "a.coins")
    offered.check(endpoints, "google", "subscribe", "g_vip")
    offered.check(endpoints, "google", "change-plan", "g_vip")
    assert capsys.readouterr().err == ""


def test_the_wrong_one_is_refused(endpoints: dict[str, Any]) -> None:
    with pytest.raises(typer.BadParameter, match="google subscribe g_vip"):
        offered.check(endpoints, "google", "buy", "g_vip")


def test_an_id_of_the_other_store_is_not_known_in_this_one(
    endpoints: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    offered.check(endpoints, "apple", "buy", "g_coins")
    assert "holds the purchase" in capsys.readouterr().err


def test_a_store_sells_though_nobody_can_say_what_the_studio_offers(
    endpoints: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    offered.check({"api_url": "http://127.0.0.1:9/v1"}, "apple", "buy", "a.coins")
    assert "cannot be seen" in capsys.readouterr().err
