"""What makes a deployment slower than it could be is told, and it goes on."""

import pytest
from typer.testing import CliRunner

from infra import bytecode
from operations import __main__ as operations
from operations import preflight


@pytest.mark.parametrize("found", [None, "/usr/bin/python3.13"])
def test_a_check_warns_when_the_layers_cannot_be_compiled(
    monkeypatch: pytest.MonkeyPatch, found: str | None
) -> None:
    monkeypatch.setattr(bytecode, "interpreter", lambda version: found if version == "3.13" else "")
    monkeypatch.setattr(operations, "preflight", lambda _: [])
    monkeypatch.setattr(preflight, "low_quotas", lambda _: ["a quota is low"])
    ran = CliRunner().invoke(operations.app, ["check", "--stage", "dev"])
    assert ran.exit_code == 0
    assert ("go without bytecode" in ran.output) is (found is None)
    assert "! a quota is low" in ran.output
