"""Where one can go with what was just made, for the API document (OpenAPI, "Link Object")."""

from collections.abc import Mapping, Sequence

from cliffhanger.routing import Route
from functions.api_responses import Json


def links(
    route: Route, answer: Json, parameters: Mapping[str, Json], routes: Sequence[Route]
) -> Json:
    """Return the links of a creation by the operation that each leads to.

    A link takes its ids from the answer, and those that the answer leaves out from the path of
    the call. They are told by their schemas: an `id` of the pattern of dramas is a `drama_id`.

    Args:
        route: the creation.
        answer: the schema of what it answers.
        parameters: the schema of each parameter that a path may have.
        routes: the whole table.
    """
    told = {
        name: f"$response.body#/{field}"
        for field, schema in answer["properties"].items()
        for name, wanted in parameters.items()
        if schema.get("pattern") == wanted.get("pattern", "")
    }
    known = {name: f"$request.path.{name}" for name in route.parameters} | told
    return {
        other.operation: {
            "operationId": other.operation,
            "parameters": {name: known[name] for name in other.parameters},
        }
        for other in routes
        if told.keys() & set(other.parameters) and known.keys() >= set(other.parameters)
    }
