"""Parts of a file on their way: never the whole file, never more than there is, and stoppable."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli import show
from cli.errors import FileRefusal, Stopped
from cli.part import Part
from tests.unit.cli.conftest import Publish
from tests.unit.cli.fake_studio import FakeStudio, Fault


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("part") / "ep1.mp4"
    made.write_bytes(os.urandom(1000))
    return made


@given(st.integers(0, 999), st.lists(st.integers(1, 300), min_size=1, max_size=20))
def test_a_part_is_its_bytes_in_whatever_blocks_and_as_often_as_needed(
    file: Path, start: int, blocks: list[int]
) -> None:
    length, moved = min(400, 1000 - start), 0

    def move(amount: int) -> None:
        nonlocal moved
        moved += amount

    with Part(file, start, length, moved=move, is_over=lambda: False) as part:
        for block in blocks:
            part.read(block)
        part.seek(0)
        assert moved == 0
        assert part.read() == file.read_bytes()[start : start + length]
        assert part.read(1) == b""
        assert (part.tell(), moved) == (length, length)


def test_a_part_stops_in_the_middle(file: Path) -> None:
    over = False
    with Part(file, 0, 1000, moved=lambda _: None, is_over=lambda: over) as part:
        assert len(part.read(10)) == 10
        over = True
        with pytest.raises(Stopped):
            part.read(10)


def test_a_file_that_ends_too_early_is_not_sent_as_if_it_were_whole(file: Path) -> None:
    with (
        Part(file, 500, 1000, moved=lambda _: None, is_over=lambda: False) as part,
        pytest.raises(FileRefusal, match="changed"),
    ):
        part.read()


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileRefusal) as refused:
        Part(tmp_path / "x.mp4", 0, 1, moved=lambda _: None, is_over=lambda: False)
    assert "No such file" in refused.value.detail


def test_progress_is_what_has_arrived_however_often_it_was_sent(
    studio: FakeStudio, publishes: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, int]] = []
    note = show.Screen.uploading

    def uploading(screen: show.Screen, number: int, arrived: int, size: int) -> None:
        seen.append((number, arrived))
        note(screen, number, arrived, size)

    monkeypatch.setattr(show.Screen, "uploading", uploading)
    studio.faults += [Fault(r"PUT /storage/\w+/\d+", status, times=2) for status in (403, 503)]
    assert publishes("--jobs", "1").exit_code == 0
    for number in (1, 2, 10):
        counts = [arrived for one, arrived in seen if one == number]
        assert (max(counts), counts[-1]) == (2500, 2500)
