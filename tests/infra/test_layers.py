"""Layers are installed from what is here, so a synth needs no network after the first."""

from pathlib import Path

import pytest

from infra import bytecode, layers
from local.layout import ROOT
from tests.infra.conftest import Templates

LOCK = ROOT / "layers" / "dependencies" / "core.txt"
RUNTIME = ["--python-version", bytecode.RUNTIME, "--python-platform", layers._RUNTIME_PLATFORM]


def test_what_was_fetched_once_is_not_asked_for_again(
    prod: Templates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert prod, "it has fetched everything"
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nobody listens there
    monkeypatch.setenv("NO_PROXY", "")
    layers._LockedLibraries(LOCK, RUNTIME, None)._install(tmp_path)
    assert (tmp_path / "pydantic").is_dir()


def test_what_is_installed_is_a_copy_that_may_be_changed(
    prod: Templates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A link would let what is kept of botocore be what the next installation finds, too."""
    assert prod, "it has fetched everything"
    monkeypatch.setenv("UV_LINK_MODE", "hardlink")
    layers._LockedLibraries(LOCK, RUNTIME, None)._install(tmp_path)
    endpoints = tmp_path / "botocore" / "data" / "endpoints.json"
    assert endpoints.stat().st_nlink == 1
