"""One local cloud at a time on a folder: what a start that fails leaves as it is."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from infra.stage import StageError
from local import up
from local.layout import HOST, ROOT, Place
from local.lock import alone
from local.processes import LocalError
from local.up import Cloud

STAGE_FILE = ROOT / "stages" / "local.toml"


@pytest.fixture
def left(place: Place) -> str:
    """What `endpoints.json` says when the start begins."""
    text = json.dumps({"base_url": place.url("edge")})
    place.endpoints.write_text(text)
    return text


def start(place: Place, stage_file: Path = STAGE_FILE) -> None:
    Cloud(place, stage_file, Console(quiet=True)).up(with_demo=False)


@pytest.mark.parametrize("stage_file", [STAGE_FILE, Path("nowhere.toml")], ids=["good", "missing"])
@pytest.mark.parametrize("port", [0, 100], ids=["the same ports", "other ports"])
def test_a_second_start_says_that_one_is_up_and_leaves_it_alone(
    place: Place, left: str, stage_file: Path, port: int
) -> None:
    with alone(place), pytest.raises(LocalError, match="already up") as told:
        start(Place(place.state, place.port + port), stage_file)
    assert str(place.state) in str(told.value)
    assert place.url("edge") in str(told.value)
    assert place.endpoints.read_text() == left


def test_one_that_is_still_starting_is_left_alone_too(place: Place) -> None:
    with alone(place), pytest.raises(LocalError, match="already up"):
        start(place)


def test_a_start_that_cannot_begin_leaves_the_file_as_it_is(place: Place, left: str) -> None:
    with pytest.raises(StageError):
        start(place, Path("nowhere.toml"))
    assert place.endpoints.read_text() == left
    with (
        socket.create_server((HOST, place.ports["edge"])),
        pytest.raises(LocalError, match="is taken"),
    ):
        start(place)
    assert place.endpoints.read_text() == left


def test_what_a_crash_has_left_goes_before_the_first_server_starts(
    place: Place, left: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def see(*_: Any) -> None:
        assert not place.endpoints.exists()
        place.endpoints.write_text("half ready")
        raise LocalError("seen")

    monkeypatch.setattr(up, "start_aws", see)
    for _ in range(2):
        with pytest.raises(LocalError, match="seen"):
            start(place)
        assert not place.endpoints.exists()
