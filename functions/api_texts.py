"""The words of the API document that no schema says. They are written in api_texts.md.

No function reads them at run time, so they cost no cold start.
"""

import re
from dataclasses import dataclass
from pathlib import Path

_FILE = Path(__file__).with_suffix(".md")
# A line that begins with one of these is a line of its own; any other goes on with the one before.
_OWN_LINE = r"[|#\n]|- |\d\. "


@dataclass(frozen=True)
class Texts:
    """Markdown: an introduction, a text for each function that has routes, and for operations."""

    introduction: str
    groups: dict[str, str]
    operations: dict[str, str]


def read_texts() -> Texts:
    """Return the texts. Lines are joined: some pages show the end of a line as a break."""
    _, introduction, groups, operations = re.split(
        r"^# (?:Introduction|Groups|Operations)\n", _FILE.read_text(), flags=re.MULTILINE
    )
    return Texts(_joined(introduction), _named(groups), _named(operations))


def _named(section: str) -> dict[str, str]:
    _, *parts = re.split(r"^## (\w+)\n", section, flags=re.MULTILINE)
    return dict(zip(parts[::2], map(_joined, parts[1::2]), strict=True))


def _joined(text: str) -> str:
    return re.sub(rf"(?<=[^\n])\n *(?!{_OWN_LINE})", " ", text.strip())
