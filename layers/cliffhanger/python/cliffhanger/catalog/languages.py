"""Localized text: a map of language to words, and the choice of one for a reader."""

import re
from collections.abc import Collection
from typing import Annotated

from pydantic import Field, StringConstraints

_TAG = r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?$"
Language = Annotated[str, StringConstraints(pattern=_TAG)]
"""A language tag of RFC 5646, as far as subtitles and stores use them: `en`, `pt-BR`, `zh-Hant`."""

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
LocalizedWords = Annotated[dict[Language, Words], Field(min_length=1, max_length=60)]
LocalizedProse = Annotated[dict[Language, Prose], Field(max_length=60)]


def is_language(text: str) -> bool:
    """Return whether a text is a language tag as we take it."""
    return re.fullmatch(_TAG, text) is not None


def choose(accept_language: str | None, offered: Collection[str], fallbacks: list[str]) -> str:
    """Return the language of `offered` that suits a reader best.

    A tag matches itself, then any offered tag of the same primary language (RFC 4647, lookup,
    made lenient in the last step: `pt-BR` is better than English for a reader of `pt-PT`).

    Args:
        accept_language: the header as it came (RFC 9110, 12.5.4), or None.
        offered: the languages that there are; at least one.
        fallbacks: what to try when none matches, in order.
    """
    wanted = [*_by_weight(accept_language or ""), *fallbacks]
    for tag in wanted:
        parts = tag.split("-")
        for length in range(len(parts), 0, -1):
            prefix = "-".join(parts[:length]).lower()
            for candidate in sorted(offered):
                if candidate.lower() == prefix:
                    return candidate
        for candidate in sorted(offered):
            if candidate.split("-")[0].lower() == parts[0].lower():
                return candidate
    return min(offered)


def _by_weight(header: str) -> list[str]:
    weighted = []
    for place, part in enumerate(header[:1000].split(",")):
        tag, _, parameters = part.strip().partition(";")
        weight = parameters.strip().removeprefix("q=")
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            quality = 0.0
        if tag and tag != "*" and quality > 0:
            weighted.append((-quality, place, tag))
    return [tag for _, _, tag in sorted(weighted)]
