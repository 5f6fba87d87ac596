"""Runs a `.http` file as the REST Client of Visual Studio Code does: requests and variables."""

import json
import re
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.client import Answer, fetch


@dataclass(frozen=True)
class Request:
    """One request as it is written, and the status that the file promises."""

    text: str
    name: str | None
    status: int


@dataclass
class Story:
    """A file that is being run. `said` holds the bodies of the named answers."""

    variables: dict[str, str]
    said: dict[str, Any] = field(default_factory=dict)

    def send(self, request: Request) -> Answer:
        """Send one request, with every variable filled in, and keep its answer by its name."""
        head, _, body = self._filled(request.text).partition("\n\n")
        line, *headers = head.splitlines()
        method, url = line.split(" ", 1)
        answer = fetch(
            url,
            method=method,
            data=body.strip().encode() or None,
            headers=dict(one.split(": ", 1) for one in headers),
        )
        if request.name:
            self.said[request.name] = answer.body
        return answer

    def _filled(self, text: str) -> str:
        while "{{" in text:  # a variable may hold others
            text = re.sub(r"\{\{(.+?)\}\}", lambda found: self._value(found[1]), text)
        return text

    def _value(self, name: str) -> str:
        match name:
            case "$guid":
                return str(uuid.uuid4())
            case "$datetime iso8601":
                return datetime.now(UTC).isoformat()
        if name in self.variables:
            return self.variables[name]
        said, path = name.split(".response.body.$.")
        value = self.said[said]
        for part in re.findall(r"-?\w+", path):
            value = value[int(part) if part.lstrip("-").isdigit() else part]
        return value if isinstance(value, str) else json.dumps(value)


def read(path: Path) -> tuple[Story, list[Request]]:
    """Return a story that has the file's own variables, and its requests in order."""
    head, *parts = re.split(r"^###.*\n", path.read_text(), flags=re.MULTILINE)
    return Story(dict(re.findall(r"^@(\w+) = (.+)$", head, re.MULTILINE))), [
        _request(part) for part in parts
    ]


def _request(part: str) -> Request:
    name = re.search(r"^# @name (\w+)$", part, re.MULTILINE)
    status = re.search(r"^# Answers (\d+)$", part, re.MULTILINE)
    text = re.sub(r"^#.*\n", "", part, flags=re.MULTILINE).strip()
    return Request(text, name and name[1], int(status[1]) if status else 200)
