"""The HTTP side: the Play Developer API, sign-in, certificates, and the tools' own paths."""

import json
import sys
import time
import traceback
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from local.stores.google import desk, due, publisher, pushes
from local.stores.google.book import Book, now
from local.stores.google.errors import ApiError, bad
from local.stores.google.keys import Keys, new_access_token

SCOPE = "https://www.googleapis.com/auth/androidpublisher"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_TOKEN_SECONDS = 3599
Answer = tuple[HTTPStatus, Any, dict[str, str]]


@dataclass
class Faults:
    """How many of the next calls of the API fail, with which status and headers.

    Only those whose path ends in `of`, such as `:consume`; without it all.
    """

    count: int = 0
    of: str = ""
    status: int = 503
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Api:
    """Everything that is answered."""

    book: Book
    keys: Keys
    package_name: str
    faults: Faults = field(default_factory=Faults)
    _access: dict[str, float] = field(default_factory=dict)

    def answer(self, method: str, target: str, authorization: str, body: bytes) -> Answer:
        """Answer one request.

        Raises:
            ApiError: any answer other than success.
        """
        url = urlsplit(target)
        query = {name: values[-1] for name, values in parse_qs(url.query).items()}
        match method, url.path:
            case "GET", "/_health":
                return HTTPStatus.OK, {"status": "ok"}, {}
            case "GET", "/oauth2/v1/certs":
                # Google says some hours; here keys may be forgotten with the state's folder.
                return HTTPStatus.OK, self.keys.certificates, {"Cache-Control": "max-age=300"}
            case "POST", "/token":
                return self._sign_in(body)
        if url.path.startswith("/_store/"):
            return self._tools(method, url.path.removeprefix("/_store/"), _json(body))
        self._require_access(authorization)
        if self.faults.count and url.path.endswith(self.faults.of):
            self.faults.count -= 1
            return HTTPStatus(self.faults.status), {}, self.faults.headers
        with self.book.open() as state:
            at = now(state)
            due.run(state, at)
            told = publisher.answer(
                state,
                at,
                self.package_name,
                method=method,
                path=url.path,
                query=query,
                body=_json(body),
            )
        return HTTPStatus.OK, told, {}

    def tick(self) -> None:
        """Let happen what is due."""
        with self.book.open() as state:
            due.run(state, now(state))

    def _sign_in(self, body: bytes) -> Answer:
        """Exchange a service account's assertion for an access token (RFC 7523)."""
        form = {name: values[-1] for name, values in parse_qs(body.decode()).items()}
        if form.get("grant_type") != GRANT or not self.keys.accepts(
            form.get("assertion", ""), SCOPE
        ):
            refusal = {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}
            return HTTPStatus.BAD_REQUEST, refusal, {}
        token = new_access_token()
        self._access[token] = time.time() + _TOKEN_SECONDS
        granted = {"access_token": token, "expires_in": _TOKEN_SECONDS, "token_type": "Bearer"}
        return HTTPStatus.OK, granted, {}

    def _require_access(self, authorization: str) -> None:
        token = authorization.removeprefix("Bearer ")
        if self._access.get(token, 0) < time.time():
            raise ApiError(HTTPStatus.UNAUTHORIZED, "authError", "Invalid Credentials")

    def _tools(self, method: str, action: str, body: Any) -> Answer:
        if (method, action) == ("GET", "pushes"):
            with self.book.open() as state:
                found = [one.model_dump(mode="json") for one in state.pushes]
            return HTTPStatus.OK, {"pushes": found}, {}
        if method != "POST":
            raise ApiError(HTTPStatus.NOT_FOUND, "notFound", f"There is no {method} of {action}")
        if action == "redeliver":
            again = pushes.redeliver(self.book, int(body.get("count", 1)))
            return HTTPStatus.OK, {"message_ids": again}, {}
        if action == "faults":
            self.faults = Faults(**body)
            return HTTPStatus.OK, {}, {}
        with self.book.open() as state:
            due.run(state, now(state))
            return HTTPStatus.OK, desk.act(state, now(state), action, body), {}


class StoreServer(ThreadingHTTPServer):
    """The server. What it answers with comes after it, since keys name its address."""

    api: Api

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"


def serve(port: int) -> StoreServer:
    """A server on 127.0.0.1, bound and not yet running; port 0 takes a free one."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _handle(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            assert isinstance(self.server, StoreServer)
            try:
                status, answer, extra = self.server.api.answer(
                    self.command, self.path, self.headers.get("Authorization", ""), body
                )
                self._send(status, answer, extra)
            except ApiError as error:
                self._send(error.status, error.document(), {})
            except Exception:  # noqa: BLE001 - told on stderr and to the caller
                traceback.print_exc(file=sys.stderr)
                self._send(HTTPStatus.INTERNAL_SERVER_ERROR, {}, {})

        do_GET = do_POST = _handle  # noqa: N815 - named by http.server

        def _send(self, status: HTTPStatus, answer: Any, extra: dict[str, str]) -> None:
            payload = json.dumps(answer).encode()
            self.send_response(status)
            for name, value in extra.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, *_: Any) -> None:
            """Say nothing for each request."""

    return StoreServer(("127.0.0.1", port), Handler)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body or b"{}")
    except ValueError as error:
        raise bad(f"The body is not JSON: {error}") from error
