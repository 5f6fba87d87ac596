"""The demo page reaches the stand-in stores through the edge, and nothing else of them."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from tests.unit.edge.edge_process import Edge, running_edge
from tests.unit.edge.fake_aws import FakeAws


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    """A store that tells what reached it."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            sent = {name.lower(): value for name, value in self.headers.items()}
            seen = {"method": self.command, "path": self.path, "headers": sent, "body": body}
            told = json.dumps(seen).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        do_GET = do_POST  # noqa: N815 - the name that http.server calls

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def shop(aws: FakeAws, store: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """An edge with both stores behind it; Google's is down."""
    stores = {"apple": store, "google": "http://127.0.0.1:9"}
    with running_edge(aws.url, tmp_path_factory.mktemp("edge"), stores=stores) as edge:
        yield edge


def test_a_sale_reaches_the_store_as_the_page_sent_it(shop: Edge, store: str) -> None:
    answer = shop.ask("/_stores/apple/buy", "POST", b'{"product_id": "coins"}')
    seen = json.loads(answer.body)
    assert (seen["method"], seen["path"]) == ("POST", "/_store/buy")
    assert seen["body"] == '{"product_id": "coins"}'
    assert seen["headers"]["host"] == store.removeprefix("http://")


def test_the_viewers_credentials_are_not_the_stores_business(shop: Edge) -> None:
    secret = {"authorization": "Bearer x", "cookie": "a=b"}
    seen = json.loads(shop.ask("/_stores/apple/change-plan", "POST", b"{}", **secret).body)
    assert seen["path"] == "/_store/change-plan"
    assert seen["headers"].keys().isdisjoint(secret)


def test_a_store_that_is_down_is_a_502(shop: Edge) -> None:
    assert shop.ask("/_stores/google/buy", "POST", b"{}").status == 502


@pytest.mark.parametrize(
    "path",
    [
        "/_stores/amazon/buy",
        "/_stores/apple",
        "/_stores/apple/",
        "/_stores/apple/buy/",
        "/_stores/apple/inApps/v1/notifications/test",
        "/_stores/apple/_health",
        "/_stores/constructor/buy",
    ],
)
def test_nothing_else_of_a_store_is_reached(shop: Edge, path: str) -> None:
    assert shop.ask(path, "POST", b"{}").status == 404


def test_an_edge_without_stores_has_no_shop(edge: Edge) -> None:
    assert edge.ask("/_stores/apple/buy", "POST", b"{}").status == 404
