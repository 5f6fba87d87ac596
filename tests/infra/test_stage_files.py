"""A stage file that cannot be used fails at synth, and the message names the key."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from infra.stage import StageError, read_stage
from local.layout import ROOT

GOOD = (ROOT / "stages" / "dev.toml").read_text()
OPTIONAL = {"ops.alarm_email"}


def keys() -> list[tuple[int, str]]:
    """Every key of the file, with the number of its line, as the message names it."""
    found, section, rungs = [], "", -1
    for number, line in enumerate(GOOD.splitlines()):
        if line.startswith("[["):
            rungs += 1
            section = f"{line.strip('[]')}.{rungs}."
        elif line.startswith("["):
            section = line.strip("[]") + "."
        elif match := re.match(r"(\w+) = ", line):
            found.append((number, section + match[1]))
    return [(number, key) for number, key in found if key not in OPTIONAL]


@pytest.mark.parametrize("path", sorted((ROOT / "stages").glob("*.toml")), ids=lambda p: p.stem)
def test_the_stages_of_the_repository_are_good(path: Path) -> None:
    assert read_stage(path).name == path.stem


@pytest.mark.parametrize(("number", "key"), keys(), ids=[key for _, key in keys()])
def test_a_missing_value_names_its_key(tmp_path: Path, number: int, key: str) -> None:
    lines = GOOD.splitlines()
    del lines[number]
    path = tmp_path / "broken.toml"
    path.write_text("\n".join(lines))
    with pytest.raises(StageError, match=re.escape(f"  {key}: Field required")):
        read_stage(path)


@pytest.mark.parametrize(
    ("line", "instead", "key"),
    [
        ('name = "dev"', 'name = "Dev!"', "name"),
        ('region = "us-east-1"', 'region = "the moon"', "region"),
        ("bundle_id = .*", 'bundle_id = ""', "apple.bundle_id"),
        ("app_apple_id = .*", 'app_apple_id = "1000000001"', "apple.app_apple_id"),
        ('environment = "Sandbox"', 'environment = "Xcode"', "apple.environment"),
        ("online_checks = .*", 'online_checks = "yes"', "apple.online_checks"),
        ("push_audience = .*", 'push_audience = ""', "google.push_audience"),
        ("push_subscription = .*", 'push_subscription = "play"', "google.push_subscription"),
        ("token_seconds = .*", "token_seconds = 5", "playback.token_seconds"),
        ("statement_hours = .*", "statement_hours = 73", "playback.statement_hours"),
        ("segment_seconds = 2", 'segment_seconds = "two"', "media.segment_seconds"),
        ("max_bytes = .*", "max_bytes = 0", "media.max_bytes"),
        ("short_side = 360", "short_side = 361", "media.ladder.3.short_side"),
        ("short_side = 360", "short_side = 540", "media.ladder"),
        ("event_bus = .*", 'event_bus = ""', "ops.event_bus"),
        ("event_bus = .*", 'event_bus = "a/b"', "ops.event_bus"),
        ("event_bus = .*", 'event_bus = "default"', "ops.event_bus"),
        ("removal = .*", 'removal = "maybe"', "ops.removal"),
        ("release = .*", 'release = "slowly"', "ops.release"),
        ("release = .*", 'release = "canary"\nbackup_days = 3', "ops.backup_days"),
        ("release = .*", 'release = "canary"\nmonthly_budget_usd = 0', "ops.monthly_budget_usd"),
        ("log_retention_days = .*", "log_retention_days = 15", "ops.log_retention_days"),
        ('markets = \\["US"', 'markets = ["us"', "catalog.markets.0"),
        ("default_language = .*", 'default_language = "sv"', "catalog.default_language"),
        ('region = "us-east-1"', 'region = "us-east-1"\ncolour = "red"', "colour"),
        ("origins = .*", 'origins = ["http://studio.example"]', "api.origins.0"),
        ("origins = .*", 'origins = ["https://studio.example/page"]', "api.origins.0"),
        ("origins = .*", 'origins = ["*"]', "api.origins.0"),
        ("origins = .*", 'origins = []\ndomain = "api.example.com"', "api"),
        (
            "origins = .*",
            'origins = []\ncertificate_arn = "arn:aws:acm:eu-west-1:1:x"',
            "api.certificate_arn",
        ),
        ("\\[ops\\]", '[ops]\nalarm_email = "nobody"', "ops.alarm_email"),
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


@pytest.mark.parametrize(
    ("context", "told"),
    [
        ({"stage_file": "broken.toml"}, "ops.removal: Field required"),
        ({"stage": "nowhere"}, "nowhere.toml: No such file"),
        ({}, "Name a stage"),
    ],
    ids=["a missing value", "an unknown stage", "no stage"],
)
def test_the_app_stops_before_it_makes_a_template(
    tmp_path: Path, context: dict[str, str], told: str
) -> None:
    (tmp_path / "broken.toml").write_text(GOOD.replace("removal = ", "# "))
    if "stage_file" in context:
        context = {"stage_file": str(tmp_path / context["stage_file"])}
    out = tmp_path / "out"
    ran = subprocess.run(
        [sys.executable, "-m", "infra.app"],
        cwd=ROOT,
        env=os.environ | {"CDK_CONTEXT_JSON": json.dumps(context), "CDK_OUTDIR": str(out)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 1
    assert told in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not list(tmp_path.glob("out/*.template.json"))
