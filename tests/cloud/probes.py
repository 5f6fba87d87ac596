"""Calls with what is another's: one route, and every place of it where an id could be believed."""

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from cliffhanger.routing import Route
from tests.client import Answer, Client

WHOSE = ("viewer_id", "user_name", "account_id", "owner")
"""Names under which a careless function might take somebody's word for who they are."""


@dataclass(frozen=True)
class Probe:
    """One call of a route."""

    route: Route
    path: str
    body: object = None

    def send(self, client: Client, key: str | None = None) -> Answer:
        """Call it as somebody."""
        return client.call(self.route.method, self.path, self.body, key=key)


def probes(
    route: Route, right: dict[str, str], bodies: Sequence[Any], ids: Sequence[str]
) -> Iterator[Probe]:
    """Return the calls of a route by somebody else.

    Args:
        route: of the table.
        right: what each parameter of a path would be in its owner's own call.
        bodies: whole bodies of its owner's own calls; none where the route takes none.
        ids: everything that is the owner's.
    """
    path = route.path.format_map({name: right.get(name, ids[0]) for name in route.parameters})
    for body in bodies or [None]:
        yield Probe(route, path, body)
        for one in changed(body, ids):
            yield Probe(route, path, one)
    for name in route.parameters:
        for one in ids:
            named = {other: right.get(other, one) for other in route.parameters}
            other_path = route.path.format_map(named | {name: quote(one, safe="")})
            for body in bodies or [None]:
                yield Probe(route, other_path, body)
    fields = tuple(route.query.model_fields) if route.query else ()
    asked = [(name, one) for name in fields for one in ids] + [(name, ids[0]) for name in WHOSE]
    for name, one in asked:
        yield Probe(route, f"{path}?{urlencode({name: one})}", (bodies or [None])[0])


def changed(body: Any, ids: Sequence[str]) -> Iterator[Any]:
    """Return a body with each of the ids at each place of a text, and under names of its own."""
    if not isinstance(body, dict):
        return
    yield from (body | {name: ids[0]} for name in WHOSE)
    for place in texts(body):
        for one in ids:
            made = copy.deepcopy(body)
            at = made
            for step in place[:-1]:
                at = at[step]
            at[place[-1]] = one
            yield made


def texts(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Return the way to each text in a document."""
    if isinstance(value, str):
        yield place
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from texts(one, (*place, name))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from texts(one, (*place, number))
