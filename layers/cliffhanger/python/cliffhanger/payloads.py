"""What a client sends: a body or a query, read as the model of its route."""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from cliffhanger.errors import InvalidPayload, MalformedJson, PayloadError, PayloadTooLarge
from cliffhanger.model import Model
from cliffhanger.routing import Route

Event = Mapping[str, Any]


class _NoFields(Model):
    """The body of a route that takes none: nothing, or an empty object."""

    model_config = ConfigDict(extra="forbid")


def read(route: Route, event: Event) -> tuple[BaseModel | None, str]:
    """Return the body of a write or the query of a read, and the text of a body by its meaning.

    Raises:
        PayloadTooLarge: the body is larger than the route reads.
        MalformedJson: it is no JSON.
        InvalidPayload: it is not what the route takes; every fault is told.
    """
    if route.query is not None:
        return _validated(route.query, event.get("queryStringParameters") or {}), ""
    if not route.takes_body:
        return None, ""
    text = event.get("body") or ("" if route.needs_body else "{}")
    if _size(text, encoded=bool(event.get("isBase64Encoded"))) > route.body_bytes:
        raise PayloadTooLarge(f"Send at most {route.body_bytes} bytes.")
    values = _values(route, event, text)
    payload = _validated(route.body or _NoFields, values)
    return payload if route.body else None, payload.model_dump_json()


def _values(route: Route, event: Event, text: str) -> Any:
    """Return what a body says: JSON, or a file as it is where the route takes one."""
    form = _file_format(route, event) if route.files else None
    try:
        if event.get("isBase64Encoded"):
            text = base64.b64decode(text).decode()
        return {"format": form, "text": text} if form else json.loads(text)
    except (ValueError, RecursionError) as error:
        if form:
            fault = PayloadError(pointer="/text", code="encoding", detail="The file is not UTF-8.")
            raise InvalidPayload([fault]) from error
        raise MalformedJson("Send a JSON object with content-type application/json.") from error


def _file_format(route: Route, event: Event) -> str | None:
    kind = (event.get("headers") or {}).get("content-type", "").partition(";")[0].strip().lower()
    return dict(route.files).get(kind)


def _size(text: str, *, encoded: bool) -> int:
    """Return how many bytes a client sent, with nothing decoded."""
    if encoded:
        return len(text) // 4 * 3 - text[-2:].count("=")
    return len(text) if text.isascii() else len(text.encode(errors="replace"))


def _validated(model: type[BaseModel], values: Any) -> BaseModel:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise InvalidPayload(
            [
                PayloadError(
                    pointer=_pointer(fault["loc"]),
                    code=fault["type"],
                    detail=fault["msg"],
                )
                for fault in error.errors(include_url=False, include_input=False)
            ]
        ) from error


def _pointer(location: Sequence[int | str]) -> str:
    """Return a place as a JSON Pointer (RFC 6901). Pydantic marks a wrong key with a `[key]`."""
    parts = [str(part) for part in location if part != "[key]"]
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)
