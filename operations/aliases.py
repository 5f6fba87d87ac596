"""The functions that are released behind the alias `live`, and their published versions."""

from dataclasses import dataclass
from typing import Any

from infra.alias import LIVE
from operations.target import Target


@dataclass(frozen=True)
class Released:
    """A function: the version that is live, and every published one, the oldest first.

    `aliased` are the versions that any alias sends calls to, with those that get only a part.
    """

    name: str
    live: int
    published: tuple[int, ...]
    aliased: frozenset[int]

    @property
    def previous(self) -> int | None:
        """The published version before the live one."""
        return max((one for one in self.published if one < self.live), default=None)


def released(target: Target) -> list[Released]:
    """Return every function of the stage that has the alias, by name."""
    client = target.client("lambda")
    found = (_released(client, name) for name in target.resources("AWS::Lambda::Function"))
    return sorted((one for one in found if one), key=lambda one: one.name)


def point(target: Target, function: str, version: int) -> None:
    """Send all calls of a function to one version."""
    target.client("lambda").update_alias(
        FunctionName=function,
        Name=LIVE,
        FunctionVersion=str(version),
        RoutingConfig={"AdditionalVersionWeights": {}},
    )


def _released(client: Any, name: str) -> Released | None:
    aliases = client.list_aliases(FunctionName=name)["Aliases"]
    live = next((one for one in aliases if one["Name"] == LIVE), None)
    if live is None:
        return None
    pages = client.get_paginator("list_versions_by_function").paginate(FunctionName=name)
    versions = [one["Version"] for page in pages for one in page["Versions"]]
    aliased = {one["FunctionVersion"] for one in aliases}
    for one in aliases:
        aliased |= set(one.get("RoutingConfig", {}).get("AdditionalVersionWeights", {}))
    return Released(
        name=name,
        live=int(live["FunctionVersion"]),
        published=tuple(sorted(int(one) for one in versions if one != "$LATEST")),
        aliased=frozenset(int(one) for one in aliased if one != "$LATEST"),
    )
