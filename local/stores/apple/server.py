"""The HTTP side: Apple's API for the app's server, and `/_store` for tools.

`/inApps` is the environment that the store itself is of; `/production/inApps` and
`/sandbox/inApps` stand for Apple's two hosts.
"""

import json
import sys
import traceback
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from local.stores.apple import operations
from local.stores.apple.api_key import LocalApiKey, require_token
from local.stores.apple.courier import Courier
from local.stores.apple.errors import StoreError, not_found
from local.stores.apple.records import Environment
from local.stores.apple.server_api import ServerApi
from local.stores.apple.store import Store

Answer = tuple[HTTPStatus, Any]
_PREFIXES: dict[str, Environment] = {"/production": "Production", "/sandbox": "Sandbox"}


@dataclass(frozen=True)
class Site:
    """Everything that the store answers."""

    store: Store
    courier: Courier
    key: LocalApiKey

    def answer(self, method: str, target: str, authorization: str | None, body: bytes) -> Answer:
        """Answer one request; the second part is the JSON, or None for an empty body.

        Raises:
            StoreError: any answer other than success.
        """
        url = urlsplit(target)
        path, environment = unquote(url.path), self.store.environment
        for prefix, one in _PREFIXES.items():
            if path.startswith(f"{prefix}/inApps/"):
                path, environment = path.removeprefix(prefix), one
        if path.startswith("/inApps/"):
            require_token(self.key, self.store.bundle_id, authorization)
            query = {name: ",".join(values) for name, values in parse_qs(url.query).items()}
            api = ServerApi(self.store, self.courier, environment)
            return api.answer(method, path, query, body)
        return HTTPStatus.OK, self._own(method, path, body)

    def _own(self, method: str, path: str, body: bytes) -> Any:
        state = self.store.state
        match method, path:
            case "GET", "/_health":
                return {"status": "ok"}
            case "GET", "/_store/notifications":
                return {"items": [one.model_dump() for one in list(state.notifications)]}
            case "GET", "/_store/transactions":
                return {"items": [one.model_dump() for one in list(state.transactions.values())]}
            case "GET", "/_store/consumptions":
                return {"items": list(state.consumptions)}
            case "POST", _ if path.startswith("/_store/"):
                name = path.removeprefix("/_store/")
                return operations.run(self.store, self.courier, name, body)
        raise not_found(f"The store has no {method} {path}", 4040000)


def serve(site: Site, port: int) -> ThreadingHTTPServer:
    """A server on 127.0.0.1, bound and not yet running; port 0 takes a free one."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _handle(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            try:
                sent = self.headers.get("Authorization")
                self._send(*site.answer(self.command, self.path, sent, body))
            except StoreError as error:
                told = {"errorCode": error.code, "errorMessage": str(error)}
                self._send(error.status, told)
            except Exception:  # noqa: BLE001 - told on stderr and to the caller
                traceback.print_exc(file=sys.stderr)
                told = {"errorCode": 5000000, "errorMessage": "An unknown error occurred."}
                self._send(HTTPStatus.INTERNAL_SERVER_ERROR, told)

        do_GET = do_POST = do_PUT = _handle  # noqa: N815 - named by http.server

        def _send(self, status: HTTPStatus, answer: Any) -> None:
            payload = b"" if answer is None else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, *_: Any) -> None:
            """Say nothing for each request."""

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)
