"""Findings that are known and stay, one by one and with a reason: a file for each scanner."""

import tomllib
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from audit.findings import Finding

FOLDER = Path(__file__).parent / "acknowledged"


class _Reason(BaseModel):
    """Why a rule does not hold at some places, each of which is named."""

    model_config = ConfigDict(extra="forbid")

    rule: str
    reason: str = Field(min_length=20)
    places: list[str] = Field(min_length=1)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    acknowledged: list[_Reason] = []


def read(tool: str, folder: Path = FOLDER) -> set[tuple[str, str]]:
    """Return rule and place of each finding that is acknowledged for a scanner.

    Raises:
        ValueError: an entry is not whole, or stands there twice.
    """
    path = folder / f"{tool}.toml"
    if not path.exists():
        return set()
    entries = [
        (one.rule, place)
        for one in _File.model_validate(tomllib.loads(path.read_text())).acknowledged
        for place in one.places
    ]
    twice = {one for one in entries if entries.count(one) > 1}
    if twice:
        raise ValueError(f"acknowledged twice in {path.name}: {sorted(twice)}")
    return set(entries)


def compare(
    found: Iterable[Finding], known: set[tuple[str, str]]
) -> tuple[list[Finding], set[tuple[str, str]]]:
    """Return the findings that nobody has acknowledged, and what is acknowledged and gone."""
    findings = sorted(set(found))
    seen = {(one.rule, one.place) for one in findings}
    return [one for one in findings if (one.rule, one.place) not in known], known - seen
