"""MediaConvert's JSON, held against botocore's own model of the service.

On the wire the members are camelCase (`outputGroups`), in the model and in boto3 PascalCase
(`OutputGroups`). The rest of the stand-in works with the latter, as the code that it serves does.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.session
from botocore.model import ServiceModel

from local.mediaconvert.errors import BadRequest

PYTHON_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "long": int,
    "double": (int, float),
    "float": (int, float),
    "boolean": bool,
    "timestamp": (int, float),
}


@cache
def service() -> ServiceModel:
    """The service model that boto3 uses, API version 2017-08-29."""
    return botocore.session.get_session().get_service_model("mediaconvert")


def read(operation: str, body: Any) -> dict[str, Any]:
    """A request's JSON body in the model's names.

    Raises:
        BadRequest: with every breach of the model: unknown and missing members, types, enums,
            ranges, lengths and patterns.
    """
    shape = service().operation_model(operation).input_shape
    problems = list(_problems(shape, body, ""))
    if problems:
        raise BadRequest("; ".join(problems[:10]))
    request: dict[str, Any] = _read(shape, body)
    return request


def write(shape_name: str, value: Any) -> Any:
    """A value in the model's names, as the JSON that goes over the wire."""
    return _write(service().shape_for(shape_name), value)


def _wire_names(shape: Any) -> dict[str, str]:
    return {member.serialization.get("name", name): name for name, member in shape.members.items()}


def _read(shape: Any, value: Any) -> Any:
    match shape.type_name:
        case "structure":
            names = _wire_names(shape)
            return {names[key]: _read(shape.members[names[key]], v) for key, v in value.items()}
        case "list":
            return [_read(shape.member, item) for item in value]
        case "map":
            return {key: _read(shape.value, item) for key, item in value.items()}
        case _:
            return value


def _write(shape: Any, value: Any) -> Any:
    match shape.type_name:
        case "structure":
            return {
                member.serialization.get("name", name): _write(member, value[name])
                for name, member in shape.members.items()
                if value.get(name) is not None
            }
        case "list":
            return [_write(shape.member, item) for item in value]
        case "map":
            return {key: _write(shape.value, item) for key, item in value.items()}
        case _:
            return value


def _problems(shape: Any, value: Any, path: str) -> Iterator[str]:
    wanted = {"structure": dict, "map": dict, "list": list}.get(shape.type_name)
    if wanted is None:
        yield from _scalar_problems(shape, value, path or "/")
    elif not isinstance(value, wanted):
        yield f"{path or '/'}: should be {'array' if wanted is list else 'object'}"
    elif shape.type_name == "structure":
        yield from _structure_problems(shape, value, path)
    else:
        member = shape.member if wanted is list else shape.value
        for key, item in enumerate(value) if wanted is list else value.items():
            yield from _problems(member, item, f"{path}/{key}")


def _structure_problems(shape: Any, value: dict[str, Any], path: str) -> Iterator[str]:
    names = _wire_names(shape)
    for key, item in value.items():
        if key in names:
            yield from _problems(shape.members[names[key]], item, f"{path}/{key}")
        else:
            yield f"{path}/{key}: is not a known property"
    for key, name in names.items():
        if name in shape.required_members and value.get(key) is None:
            yield f"{path}/{key}: is a required property"


def _scalar_problems(shape: Any, value: Any, where: str) -> Iterator[str]:
    wanted = PYTHON_TYPES[shape.type_name]
    if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
        yield f"{where}: should be {shape.type_name}"
        return
    rules = shape.metadata
    if rules.get("enum") and value not in rules["enum"]:
        yield f"{where}: should be one of {rules['enum'][:12]}, not {value!r}"
    measured = len(value) if isinstance(value, str) else value
    if "min" in rules and measured < rules["min"]:
        yield f"{where}: must be at least {rules['min']}"
    if "max" in rules and measured > rules["max"]:
        yield f"{where}: must be at most {rules['max']}"
    if "pattern" in rules and not re.search(rules["pattern"], str(value)):
        yield f"{where}: should match {rules['pattern']}"
