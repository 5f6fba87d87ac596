"""The client of the API: one method a verb, refusals as `ApiProblem`, the session kept alive."""

import json
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import urllib3
from urllib3.util import Retry

from cli.errors import ApiProblem, SignedOut
from cli.session import Session
from cli.transport import PATIENT, Transport

Json = dict[str, Any]


def new_key() -> str:
    """Return a fresh Idempotency-Key. Keep it before it is used, to try again after a crash."""
    return uuid.uuid4().hex


class Api:
    """Calls of one studio user. Threads may share it."""

    def __init__(
        self,
        session: Session,
        transport: Transport,
        *,
        keep: Callable[[Session], None] = lambda _: None,
        retries: Retry = PATIENT,
    ) -> None:
        """Take a session, and what to do with it when it was refreshed."""
        self._session = session
        self._transport = transport
        self._keep = keep
        self._retries = retries
        self._refreshing = threading.Lock()

    @property
    def url(self) -> str:
        """The address of the API."""
        return self._session.api_url

    def get(self, path: str) -> Json:
        """Read something.

        Raises:
            ApiProblem: the API refuses.
            SignedOut: the session has ended.
            ConnectionLost: there is no answer.
        """
        return self._call("GET", path)

    def post(self, path: str, body: Json | None = None, *, key: str | None = None) -> Json:
        """Create or do something; raises as `get` does.

        Args:
            path: the path below the address of the API.
            body: what to send.
            key: the Idempotency-Key. Without one, a fresh key covers the retries of this call.
        """
        return self._call("POST", path, body, key or new_key())

    def patch(self, path: str, body: Json) -> Json:
        """Change something; raises as `get` does."""
        return self._call("PATCH", path, body)

    def put(self, path: str, body: Json) -> Json:
        """Put something in its place; raises as `get` does."""
        return self._call("PUT", path, body)

    def delete(self, path: str) -> None:
        """Take something away; raises as `get` does."""
        self._call("DELETE", path)

    def refresh(self) -> None:
        """Get a fresh access token, whatever the old one is worth.

        Raises:
            SignedOut: there is no refresh token, or it is refused.
        """
        with self._refreshing:
            self._refresh()

    def _call(
        self, method: str, path: str, body: Json | None = None, key: str | None = None
    ) -> Json:
        token = self._token()
        answer = self._send(method, path, body, key, token)
        if answer.status == 401 and self._session.refresh_token:
            answer = self._send(method, path, body, key, self._token(unlike=token))
        if answer.status == 401:
            raise self._signed_out()
        return _read(answer)

    def _send(
        self, method: str, path: str, body: Json | None, key: str | None, token: str | None
    ) -> urllib3.BaseHTTPResponse:
        headers = {"Accept": "application/json", "User-Agent": "cliffhanger-cli"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if key:
            headers["Idempotency-Key"] = key
        if body is not None:
            headers["Content-Type"] = "application/json"
        return self._transport.send(
            method,
            self.url + path,
            headers=headers,
            body=None if body is None else json.dumps(body).encode(),
            retries=self._retries,
        )

    def _token(self, *, unlike: str | None = None) -> str:
        """Return an access token that is good for now, and not the one that was refused."""
        with self._refreshing:
            session = self._session
            stale = session.is_stale(time.time()) or session.access_token == unlike
            if stale and session.refresh_token:
                self._refresh()
            return self._session.access_token

    def _refresh(self) -> None:
        wanted = {"refresh_token": self._session.refresh_token}
        if not wanted["refresh_token"]:
            raise self._signed_out()
        answer = self._send("POST", "/sessions/refresh", wanted, None, None)
        if answer.status in {400, 401, 422}:
            raise self._signed_out()
        fresh = _read(answer)
        self._session = replace(
            self._session,
            access_token=fresh["access_token"],
            expires_at=int(time.time()) + fresh["expires_in"],
        )
        self._keep(self._session)

    def _signed_out(self) -> SignedOut:
        return SignedOut(
            f"The session at {self.url} has ended.",
            advice="Sign in again with `cliffhanger login`, then run this command again.",
        )


def _read(answer: urllib3.BaseHTTPResponse) -> Json:
    if answer.status == 204:
        return {}
    try:
        document = json.loads(answer.data)
    except ValueError:
        document = None
    if not 200 <= answer.status < 300 or not isinstance(document, dict):
        raise ApiProblem.read(answer.status, document)
    return document
