"""The stand-in for Google Play, running in this process on a free port."""

import json
import shutil
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from local.stores.google.book import Book
from local.stores.google.keys import Keys
from local.stores.google.pushes import Sender, Subscription
from local.stores.google.server import Api, StoreServer, serve

PACKAGE = "dev.cliffhanger.test"
AUDIENCE = "https://api.example/v1/stores/google/notifications"
PUSHER = "push@project.example"
SUBSCRIPTION = "projects/project/subscriptions/play"
VIEWER = "vwr_01J8Z3V0QK7Y1N5D2W9B4C6A8E"


class Receiver:
    """Takes pushes as our endpoint would; answers what it is told to, else 200."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, Any]]] = []
        self.answers: list[int] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append((self.headers["Authorization"], json.loads(body)))
                self.send_response(outer.answers.pop(0) if outer.answers else 200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()


class Play:
    """The store. `act` is what the tools do; pushes go out when `push` is called."""

    def __init__(self, folder: Path, receiver: Receiver) -> None:
        self.folder, self.receiver = folder, receiver
        self.server: StoreServer = serve(0)
        self.url = self.server.address
        self.keys = Keys(folder, self.url)
        self.begin()
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def begin(self) -> None:
        """Start with what is on disk; access tokens of before are forgotten."""
        self.book = Book(self.folder / "store.json")
        self.server.api = Api(self.book, self.keys, PACKAGE)
        to = Subscription(
            self.receiver.url, AUDIENCE, PUSHER, SUBSCRIPTION, PACKAGE, first_pause=0.01
        )
        self.sender = Sender(self.book, self.keys, to, self.server.api.tick)

    @property
    def key_file(self) -> str:
        return self.keys.service_account_file.read_text()

    def act(self, action: str, **body: Any) -> dict[str, Any]:
        """Do it, and return what an app would send."""
        return self.post(f"/_store/{action}", body)

    def post(self, path: str, body: Any) -> dict[str, Any]:
        request = urllib.request.Request(self.url + path, data=json.dumps(body).encode())
        with urllib.request.urlopen(request) as answer:
            told: dict[str, Any] = json.load(answer)
        return told

    def buy(self, **body: Any) -> str:
        return str(self.act("buy", **{"product_id": "coins_100", **body})["purchase_token"])

    def subscribe(self, **body: Any) -> str:
        return str(self.act("subscribe", **{"product_id": "vip", **body})["purchase_token"])

    def push(self) -> list[tuple[str, dict[str, Any]]]:
        """Send what is due; return what has arrived since."""
        before = len(self.receiver.got)
        self.sender.send_due()
        return self.receiver.got[before:]


def refusal(do: Callable[[], object]) -> tuple[int, dict[str, Any]]:
    """The status and the error of a call that is refused."""
    try:
        do()
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)["error"]
    raise AssertionError("it was not refused")


def until(is_so: Callable[[], bool]) -> None:
    """Wait for something that happens in another thread."""
    deadline = time.monotonic() + 5
    while not is_so():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.01)


@contextmanager
def running(folder: Path, keys: Path) -> Iterator[Play]:
    """A store with keys that were made before, since making them is slow."""
    shutil.copytree(keys, folder)
    receiver = Receiver()
    play = Play(folder, receiver)
    yield play
    for server in (play.server, receiver.server):
        server.shutdown()
        server.server_close()
