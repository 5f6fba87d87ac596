"""Stages of a test beside the local one, on the same local cloud."""

from pathlib import Path

from local.layout import ROOT
from operations.shell import target_of
from operations.target import Target

STAGE = ROOT / "stages" / "local.toml"


def stage_like_local(folder: Path, **changes: str) -> Path:
    """A stage file that differs from the local one in some lines."""
    text = STAGE.read_text()
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    path = folder / "scratch.toml"
    path.write_text(text.replace('"apple-roots"', f'"{STAGE.parent / "apple-roots"}"'))
    return path


def scratch(target: Target, stage_file: Path) -> Target:
    """The same local cloud, for another stage."""
    assert target.place
    return target_of(None, stage_file, target.place.state)
