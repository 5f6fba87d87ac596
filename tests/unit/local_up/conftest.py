"""A place on free ports, and who listens where the backend would."""

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from infra.stage import Stage, read_stage
from local.layout import HOST, ROOT, Place


@pytest.fixture
def named() -> Stage:
    """The local stage, with names that are no default of anything."""
    stage = read_stage(ROOT / "stages" / "local.toml")
    apple = stage.apple.model_copy(update={"bundle_id": "com.example.app", "app_apple_id": 42})
    google = stage.google.model_copy(
        update={
            "package_name": "com.example.android",
            "push_audience": "https://api.example",
            "push_subscription": "projects/example/subscriptions/named",
        }
    )
    return stage.model_copy(update={"apple": apple, "google": google})


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A local cloud's folder, and six free ports in a row."""
    for port in range(20_000, 30_000, 10):
        found = Place(tmp_path, port)
        if all(_is_free(one) for one in found.ports.values()):
            return found
    pytest.fail("no six ports in a row are free")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) != 0


@dataclass
class Backend:
    """What reached the public port: paths, and what was said there."""

    seen: list[tuple[str, dict[str, Any], str]] = field(default_factory=list)


@pytest.fixture
def backend(place: Place) -> Iterator[Backend]:
    heard = Backend()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            heard.seen.append((self.path, body, self.headers.get("Authorization", "")))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer((HOST, place.ports["edge"]), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield heard
    server.shutdown()
    server.server_close()
    thread.join()
