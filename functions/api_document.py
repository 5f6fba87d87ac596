"""The API document, made from the route table: `python -m functions.api_document` writes it.

OpenAPI 3.1. With `--check` nothing is written, and the exit code says whether the file is current.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema

from cliffhanger import ids
from cliffhanger.catalog.languages import Language
from cliffhanger.errors import ProblemDocument
from cliffhanger.purchases.product_models import Slug
from cliffhanger.routing import Access, Route
from functions.api_examples import BODIES
from functions.api_links import links
from functions.api_responses import Json, Names, responses
from functions.api_texts import Texts, read_texts
from functions.registry import HTTP_FUNCTIONS, ROUTES

FILE = Path(__file__).parent.parent / "docs" / "openapi.json"

_IDS: dict[str, Any] = {
    "drama_id": ids.DramaId,
    "episode_id": ids.EpisodeId,
    "upload_id": ids.UploadId,
    "asset_id": ids.AssetId,
    "viewer_id": ids.ViewerId,
    "language": Language,
    "product_id": Slug,
}
_CREATED = 201
_COMPONENTS = "#/components/schemas/{model}"
_CORRELATION_ID: Json = {
    "name": "X-Correlation-Id",
    "in": "header",
    "required": False,
    "description": "The app's own id of the request: 8 to 64 letters, digits, `_`, `=` and `-`. It"
    " is in every log line and event that comes of it. One of another form is ignored.",
    "schema": {"type": "string"},
}


class _Schemas(GenerateJsonSchema):
    """Writes schemas as a person would: `DramaPage`, not `Page_Drama_`, and no echoed titles."""

    def normalize_name(self, name: str) -> str:
        return super().normalize_name(re.sub(r"^Page\[(\w+)\]$", r"\1Page", name))

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - pydantic's hook
        return False


def document() -> Json:
    """Return the whole document, ready for JSON."""
    schemas, names = _schemas()
    texts = read_texts()
    paths: Json = {}
    for function in HTTP_FUNCTIONS:
        for route in function.routes:
            operation = _operation(function.name, route, names, schemas, texts)
            paths.setdefault(route.full_path, {})[route.method.lower()] = operation
    queries = {_short(names[route.query]) for route in ROUTES if route.query}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Cliffhanger",
            "version": "1",
            "description": texts.introduction,
        },
        "servers": [{"url": "/", "description": "The origin that serves this document"}],
        "tags": [{"name": name, "description": text} for name, text in texts.groups.items()],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": {name: one for name, one in schemas.items() if name not in queries},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
        },
    }


def _schemas() -> tuple[Json, Names]:
    """Return the schema of every model by its name, and the reference to each model."""
    models: list[tuple[type[BaseModel], Any]] = [(ProblemDocument, "serialization")]
    for route in ROUTES:
        models += [(model, "validation") for model in (route.body, route.query) if model]
        models += [(route.answer, "serialization")] if route.answer else []
    references, whole = models_json_schema(
        models, ref_template=_COMPONENTS, schema_generator=_Schemas
    )
    names: Names = {}
    for (model, _), reference in references.items():
        if names.setdefault(model, reference["$ref"]) != reference["$ref"]:
            raise TypeError(f"{model.__name__} is sent and received in two shapes: make two models")
    found: dict[str, JsonSchemaValue] = whole["$defs"]
    return {name: _untitled(found[name]) for name in sorted(found)}, names


def _untitled(schema: JsonSchemaValue) -> JsonSchemaValue:
    """Return a schema without the title that only repeats its name."""
    return {key: value for key, value in schema.items() if key != "title"}


def _operation(function: str, route: Route, names: Names, schemas: Json, texts: Texts) -> Json:
    made: Json = {
        "operationId": route.operation,
        "summary": route.summary,
        "tags": [function],
        "parameters": _parameters(route, names, schemas),
        "responses": responses(route, names),
        "security": [] if route.access is Access.PUBLIC else [{"token": []}],
        "x-access": route.access.value,
    }
    if route.operation in texts.operations:
        made["description"] = texts.operations[route.operation]
    if route.status == _CREATED and route.answer:
        answer = schemas[_short(names[route.answer])]
        if leading := links(route, answer, _id_schemas(), ROUTES):
            made["responses"][str(_CREATED)]["links"] = leading
    if route.body:
        content = {"schema": {"$ref": names[route.body]}, "example": BODIES[route.operation]}
        sent = {"required": route.needs_body, "content": {"application/json": content}}
        made["requestBody"] = sent
    return made


def _id_schemas() -> dict[str, Json]:
    return {name: TypeAdapter(kind).json_schema() for name, kind in _IDS.items()}


def _parameters(route: Route, names: Names, schemas: Json) -> list[Json]:
    known = _id_schemas()
    found: list[Json] = [
        {"name": name, "in": "path", "required": True, "schema": known[name]}
        for name in route.parameters
    ]
    if route.query:
        query = schemas[_short(names[route.query])]
        for name, field in query["properties"].items():
            required = name in query.get("required", ())
            found.append({"name": name, "in": "query", "required": required, "schema": field})
    if route.cache_seconds:
        found.append(
            {
                "name": "Accept-Language",
                "in": "header",
                "required": False,
                "description": "The languages to choose texts by (RFC 9110).",
                "schema": {"type": "string"},
            }
        )
    if route.idempotent:
        found.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": True,
                "description": "Fresh for a new request, the same on a retry.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 255},
            }
        )
    return [*found, _CORRELATION_ID]


def _short(reference: str) -> str:
    return reference.rpartition("/")[2]


def text() -> str:
    """Return the document as it is kept, the same for the same route table."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


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
