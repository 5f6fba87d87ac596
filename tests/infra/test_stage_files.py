"""A stage file that cannot be used fails at synth, and the message names the key."""

import re
from pathlib import Path

import pytest

from infra.stage import StageError, read_stage
from local.layout import ROOT

GOOD = (ROOT / "stages" / "dev.toml").read_text()


@pytest.mark.parametrize("path", sorted((ROOT / "stages").glob("*.toml")), ids=lambda p: p.stem)
def test_the_stages_of_the_repository_are_good(path: Path) -> None:
    assert read_stage(path).name == path.stem


@pytest.mark.parametrize(
    ("line", "instead", "key"),
    [
        ("bundle_id = .*", "", "apple.bundle_id"),
        ('environment = "Sandbox"', 'environment = "Xcode"', "apple.environment"),
        ("token_seconds = .*", "token_seconds = 5", "playback.token_seconds"),
        ("segment_seconds = 2", 'segment_seconds = "two"', "media.segment_seconds"),
        ("short_side = 360", "short_side = 361", "media.ladder.3.short_side"),
        ("removal = .*", 'removal = "maybe"', "ops.removal"),
        ('markets = \\["US"', 'markets = ["us"', "catalog.markets.0"),
        ('region = "us-east-1"', 'region = "us-east-1"\ncolour = "red"', "colour"),
    ],
)
def test_a_wrong_value_names_its_key(tmp_path: Path, line: str, instead: str, key: str) -> None:
    broken, count = re.subn(line, instead, GOOD)
    assert count == 1
    path = tmp_path / "broken.toml"
    path.write_text(broken)
    with pytest.raises(StageError, match=re.escape(f"  {key}: ")):
        read_stage(path)


def test_no_toml_and_no_file_are_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    with pytest.raises(StageError, match="No such file"):
        read_stage(path)
    path.write_text("name = ")
    with pytest.raises(StageError, match=re.escape("broken.toml")):
        read_stage(path)
