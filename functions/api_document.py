"""The API document, made from the route table: `python -m functions.api_document` writes it.

OpenAPI 3.1. With `--check` nothing is written, and the exit code says whether the file is current.
"""

import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from cliffhanger.errors import (
    Busy,
    Forbidden,
    IdempotencyKeyMissing,
    IdempotencyKeyReused,
    InternalError,
    InvalidPayload,
    MalformedJson,
    Problem,
    ProblemDocument,
    Unauthenticated,
)
from cliffhanger.routing import Access, Route
from functions.registry import HTTP_FUNCTIONS, ROUTES

FILE = Path(__file__).parent.parent / "docs" / "openapi.json"

_IDS = {"drama_id": "drm", "episode_id": "ep", "upload_id": "upl", "asset_id": "ast"}
_COMPONENTS = "#/components/schemas/{model}"
_PROBLEM_TYPE = "application/problem+json"
Json = dict[str, Any]
Names = dict[Any, str]


def document() -> Json:
    """Return the whole document."""
    models: list[tuple[type[BaseModel], Any]] = [(ProblemDocument, "serialization")]
    for route in ROUTES:
        models += [(model, "validation") for model in (route.body, route.query) if model]
        models += [(route.answer, "serialization")] if route.answer else []
    references, definitions = models_json_schema(models, ref_template=_COMPONENTS)
    names: Names = {model: ref["$ref"] for (model, _), ref in references.items()}
    queries = {_short(names[route.query]) for route in ROUTES if route.query}
    schemas = {
        name: one for name, one in sorted(definitions["$defs"].items()) if name not in queries
    }
    paths: Json = {}
    for function in HTTP_FUNCTIONS:
        for route in function.routes:
            operation = _operation(function.name, route, names, definitions["$defs"])
            paths.setdefault(route.full_path, {})[route.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Cliffhanger",
            "version": "1",
            "description": "The backend of a short-drama app. Every refusal is a problem"
            " (RFC 9457) with a stable `code`.",
        },
        "servers": [{"url": "/", "description": "The origin that serves this document"}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
        },
    }


def _operation(function: str, route: Route, names: Names, schemas: Json) -> Json:
    made: Json = {
        "operationId": route.operation,
        "summary": route.summary,
        "tags": [function],
        "parameters": _parameters(route, names, schemas),
        "responses": _responses(route, names),
        "security": [] if route.access is Access.PUBLIC else [{"token": []}],
        "x-access": route.access.value,
    }
    if route.body:
        schema = {"$ref": names[route.body]}
        made["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema}},
        }
    return made


def _parameters(route: Route, names: Names, schemas: Json) -> list[Json]:
    found: list[Json] = []
    for name in route.parameters:
        pattern = f"^{_IDS[name]}_[0-7][0-9A-HJKMNP-TV-Z]{{25}}$"
        schema = {"type": "string", "pattern": pattern}
        found.append({"name": name, "in": "path", "required": True, "schema": schema})
    if route.query:
        fields = schemas[_short(names[route.query])]["properties"]
        found += [
            {"name": name, "in": "query", "required": False, "schema": field}
            for name, field in fields.items()
        ]
    if route.cache_seconds:
        schema = {"type": "string"}
        found.append({"name": "Accept-Language", "in": "header", "schema": schema})
    if route.idempotent:
        key: Json = {"type": "string", "minLength": 1, "maxLength": 255}
        found.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": True,
                "description": "Fresh for a new request, the same on a retry.",
                "schema": key,
            }
        )
    return found


def _responses(route: Route, names: Names) -> Json:
    good: Json = {"description": "Done"}
    if route.answer:
        good["content"] = {"application/json": {"schema": {"$ref": names[route.answer]}}}
    found: Json = {str(route.status): good}
    by_status: dict[int, list[str]] = {}
    for problem in _problems(route):
        by_status.setdefault(problem.status, []).append(problem.code)
    for status, codes in sorted(by_status.items()):
        schema = {
            "allOf": [
                {"$ref": names[ProblemDocument]},
                {"properties": {"code": {"enum": sorted(set(codes))}}},
            ]
        }
        content: Json = {_PROBLEM_TYPE: {"schema": schema}}
        if status in {401, 403} and route.access is not Access.PUBLIC:
            content["application/json"] = {"schema": {"type": "object"}}
        found[str(status)] = {
            "description": ", ".join(sorted(set(codes))),
            "content": content,
        }
    return found


def _problems(route: Route) -> Sequence[type[Problem]]:
    found: list[type[Problem]] = [*route.problems, InternalError]
    if route.method != "GET":
        found.append(Busy)
    if route.access is not Access.PUBLIC:
        found += [Unauthenticated, Forbidden]
    if route.body:
        found.append(MalformedJson)
    if route.body or route.query:
        found.append(InvalidPayload)
    if route.idempotent:
        found += [IdempotencyKeyMissing, IdempotencyKeyReused]
    return found


def _short(reference: str) -> str:
    return reference.rpartition("/")[2]


def text() -> str:
    """Return the document as it is kept, the same for the same route table."""
    # Pydantic writes generics as Page_Drama_; DramaPage is what a person would say.
    plain = json.dumps(document(), indent=2, ensure_ascii=False) + "\n"
    return re.sub(r"Page_(\w+?)_(?=\")", r"\1Page", plain)


def main() -> int:
    """Write the document, or check that it is current."""
    made = text()
    if "--check" in sys.argv[1:]:
        if FILE.exists() and FILE.read_text() == made:
            return 0
        sys.stderr.write("docs/openapi.json is not what the code makes. Run `make openapi`.\n")
        return 1
    FILE.write_text(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
