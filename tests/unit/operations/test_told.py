"""What an operator reads when a command cannot go on: all of it, and never a traceback."""

import sys
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from local.layout import ROOT
from operations import __main__ as operations
from operations.errors import refused

COMMANDS = (
    ["check"],
    ["deploy", "--yes"],
    ["smoke"],
    ["rollback", "--yes"],
    ["prune"],
    ["teardown", "--yes"],
    ["redrive", "uploads"],
    ["backup", "commerce"],
    ["restore", "commerce", "--at", "2026-11-25T12:30:00"],
    ["forget-viewer", "vwr_01JD0000000000000000000000", "--yes"],
)


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int | str | None:
    """The exit code of a command that an operator types."""
    monkeypatch.setattr(sys, "argv", ["operations", *words])
    with pytest.raises(SystemExit) as ended:
        operations.main()
    return ended.value.code


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A shell without credentials."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.mark.usefixtures("nobody")
@pytest.mark.parametrize("words", COMMANDS, ids=[one[0] for one in COMMANDS])
def test_who_is_not_signed_in_is_told_to_sign_in(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert run(monkeypatch, *words, "--stage", "dev") == 1
    told = capsys.readouterr()
    assert "Sign in" in told.out
    assert "Traceback" not in told.out + told.err


def test_every_command_is_tried_without_credentials() -> None:
    known = {
        one.name or getattr(one.callback, "__name__", "").replace("_", "-")
        for one in operations.app.registered_commands
    }
    assert known == {one[0] for one in COMMANDS}


def test_brackets_of_a_fault_are_told_as_they_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    text = (ROOT / "stages" / "dev.toml").read_text()
    path = tmp_path / "bad.toml"
    path.write_text(text.replace('name = "dev"', 'name = "D"'))
    assert run(monkeypatch, "check", "--stage-file", str(path)) == 1
    assert "'^[a-z][a-z0-9-]{1,15}$'" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("code", "told"),
    [("ExpiredToken", "Sign in"), ("AccessDenied", "right"), ("ValidationError", "refused")],
)
def test_what_aws_refuses_says_what_to_do(code: str, told: str) -> None:
    error = ClientError({"Error": {"Code": code, "Message": "no"}}, "DescribeStacks")
    assert told in str(refused(error))


def test_aws_that_is_not_reached_is_told() -> None:
    error = EndpointConnectionError(endpoint_url="https://sqs")
    assert "https://sqs" in str(refused(error))
