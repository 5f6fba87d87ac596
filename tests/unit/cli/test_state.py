"""What a folder remembers."""

import json
import os
import stat
import threading
from pathlib import Path

import pytest

from cli import state
from cli.errors import Failure
from cli.state import DramaRecord, EpisodeRecord, FolderRecord, Journal


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    record = FolderRecord(api_url="https://x/v1", language="en", drama=DramaRecord(id="drm_1"))
    made = Journal(tmp_path / state.NAME, record)
    with made.step():
        pass
    return made


def test_what_was_written_is_read_back(journal: Journal, tmp_path: Path) -> None:
    with journal.step() as record:
        record.episodes[7] = EpisodeRecord(
            number=7, title={"en": "x"}, key="k", file="7.mp4", id="ep_7"
        )
    assert state.load(tmp_path) == journal.record
    mode = stat.S_IMODE((tmp_path / state.NAME).stat().st_mode)
    assert mode == 0o644, "a colleague can go on from a shared folder"
    assert state.episode(tmp_path, "7").id == state.episode(tmp_path, "ep_7").id == "ep_7"


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_write_that_breaks_off_leaves_the_file_as_it_was(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = (tmp_path / state.NAME).read_bytes()
    monkeypatch.setattr(*((os, "fsync", full) if step == "fsync" else (Path, "replace", full)))
    with pytest.raises(Failure, match="No space left"), journal.step() as record:
        record.drama.is_published = True
    assert (tmp_path / state.NAME).read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == [state.NAME], "no litter stays behind"


def test_a_reader_never_sees_half_a_file(journal: Journal, tmp_path: Path) -> None:
    done = threading.Event()

    def write() -> None:
        for number in range(150):
            with journal.step() as record:
                record.language = "e" * (number * 20)
        done.set()

    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    reads = 0
    while not done.is_set() or reads == 0:
        assert json.loads((tmp_path / state.NAME).read_text())["version"] == 1
        reads += 1
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 2}', "\x00"])
def test_a_damaged_file_is_told_and_not_overwritten(tmp_path: Path, text: str) -> None:
    (tmp_path / state.NAME).write_text(text)
    with pytest.raises(Failure, match="cannot be read"):
        state.load(tmp_path)
    assert (tmp_path / state.NAME).read_text() == text


def test_two_runs_do_not_work_in_one_folder(tmp_path: Path) -> None:
    with (
        state.only_one(tmp_path),
        pytest.raises(Failure, match="is working in"),
        state.only_one(tmp_path),
    ):
        pytest.fail("a second run got in")
    with state.only_one(tmp_path):
        assert not list(tmp_path.iterdir())
