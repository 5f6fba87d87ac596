"""Which paths the distribution may keep, and which need the viewer's country: from the route table.

CloudFront takes the first pattern that fits, and its `*` fits slashes too. So a private path that a
pattern of the catalogue would catch is named before it.
"""

import re
from collections.abc import Sequence
from enum import Enum, auto

from cliffhanger.routing import Route


class Kind(Enum):
    """How the distribution treats a path."""

    CACHED = auto()
    COUNTRY = auto()
    PRIVATE = auto()


def kind_of(route: Route) -> Kind:
    """Return how a route wants to be treated."""
    if route.cache_seconds:
        return Kind.CACHED
    return Kind.COUNTRY if route.by_country else Kind.PRIVATE


def pattern_of(route: Route) -> str:
    """Return CloudFront's pattern of a route's path."""
    return re.sub(r"\{\w+\}", "*", route.full_path)


def fits(pattern: str, path: str) -> bool:
    """Whether CloudFront's pattern fits a path."""
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), path) is not None


def paths(routes: Sequence[Route]) -> list[tuple[str, Kind]]:
    """Return the patterns in the order in which CloudFront has to try them.

    What no pattern fits is private. When two methods of one path want different things, the path
    gets the country, since that keeps nothing either.
    """
    wanted: dict[str, Kind] = {}
    for route in routes:
        pattern, kind = pattern_of(route), kind_of(route)
        known = wanted.get(pattern, kind)
        if Kind.CACHED in (known, kind) and known is not kind:
            raise ValueError(f"{pattern} is kept by one method and not by another")
        wanted[pattern] = known if known is Kind.COUNTRY else kind
    special = [one for one, kind in wanted.items() if kind is not Kind.PRIVATE]
    kept = [
        (pattern, kind)
        for pattern, kind in wanted.items()
        if kind is not Kind.PRIVATE or any(fits(one, pattern) for one in special)
    ]
    return sorted(kept, key=lambda one: (-one[0].count("/"), one[0].count("*"), one[0]))
