"""The store as a server on a free port of this machine."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import urllib3

from local.stores.apple import api_key
from local.stores.apple.api_key import LocalApiKey
from local.stores.apple.server import Site, serve
from tests.unit.local_apple.shop import Shop


@dataclass(frozen=True)
class Address:
    url: str
    key: LocalApiKey

    def tell(self, operation: str, **wanted: Any) -> dict[str, Any]:
        """Do something in the store, as a tool does."""
        status, told = self.ask("POST", f"/_store/{operation}", wanted)
        assert status == 200, told
        found: dict[str, Any] = told
        return found

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Send a request and return the status and the JSON of the answer."""
        sent = None if body is None else json.dumps(body)
        answer = urllib3.request(method, self.url + path, body=sent, headers=headers, retries=False)
        return answer.status, json.loads(answer.data) if answer.data else None


@contextmanager
def opened(shop: Shop, folder: Path) -> Iterator[Address]:
    """Serve a shop while it lasts. Its courier carries nothing by itself."""
    key = api_key.load_or_make(folder)
    server = serve(Site(shop.store, shop.courier, key), 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield Address(f"http://127.0.0.1:{server.server_port}", key)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
