"""A bare client of the API: what was answered, whatever it was."""

import json
import urllib.error
import urllib.request
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.content)


def _lowered(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def fetch(
    url: str,
    *,
    method: str = "GET",
    data: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    request = urllib.request.Request(url, method=method, data=data, headers=dict(headers or {}))
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return Answer(answer.status, _lowered(answer.headers), answer.read())
    except urllib.error.HTTPError as error:
        return Answer(error.code, _lowered(error.headers), error.read())


@dataclass(frozen=True)
class Client:
    """Calls of one caller. Without a token they are anyone's."""

    api_url: str
    token: str | None = None

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        sent = {"content-type": "application/json", "idempotency-key": key or uuid.uuid4().hex}
        if self.token:
            sent["authorization"] = f"Bearer {self.token}"
        data = None if body is None else json.dumps(body).encode()
        return fetch(
            self.api_url + path, method=method, data=data, headers=sent | dict(headers or {})
        )

    def get(self, path: str, **headers: str) -> Answer:
        return self.call("GET", path, headers=headers)

    def post(self, path: str, body: object = None, *, key: str | None = None) -> Answer:
        return self.call("POST", path, body, key=key)


def put_parts(upload: dict[str, Any], file: Path) -> list[dict[str, Any]]:
    """Send each part of a file to where the upload says, and return what completes it."""
    data = file.read_bytes()
    parts = []
    for part in upload["parts"]:
        start = (part["number"] - 1) * upload["part_size"]
        sent = fetch(part["url"], method="PUT", data=data[start : start + upload["part_size"]])
        assert sent.status == 200, sent.content
        parts.append({"number": part["number"], "etag": sent.headers["etag"]})
    return parts
