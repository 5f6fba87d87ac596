"""Which file is which episode."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli import folder
from cli.errors import Failure

WORDS = st.text("abcXYZ -_", max_size=6)
NUMBERS = st.lists(st.integers(1, 2000), min_size=2, max_size=30, unique=True)


@given(NUMBERS, WORDS, WORDS, st.integers(1, 6))
def test_names_sort_as_a_person_counts(
    numbers: list[int], before: str, after: str, width: int
) -> None:
    names = {f"{before}{number:0{width}d}{after}.mp4": number for number in numbers}
    assert [names[name] for name in sorted(names, key=folder.natural)] == sorted(numbers)


@given(st.lists(st.text(min_size=1, max_size=12), max_size=12))
def test_any_names_have_one_order(names: list[str]) -> None:
    backwards = list(reversed(names))
    assert sorted(names, key=folder.natural) == sorted(backwards, key=folder.natural)


@given(NUMBERS, WORDS, st.integers(0, 5000))
def test_the_number_of_an_episode_is_the_one_that_differs_between_the_names(
    numbers: list[int], word: str, constant: int
) -> None:
    assert folder.numbers([f"{word} {number}" for number in numbers]) == numbers
    assert folder.numbers([f"S{constant}E{number} {word}" for number in numbers]) == numbers


@pytest.mark.parametrize(
    "stems",
    [
        pytest.param(["ep1", "ep2", "trailer"], id="one has none"),
        pytest.param(["ep1 a", "ep1 b"], id="two are the same"),
        pytest.param(["ep0", "ep1"], id="there is no episode 0"),
        pytest.param(["2024-01", "2025-02"], id="two of them differ"),
        pytest.param(["ep٣", "ep٤"], id="digits that no sort of ours knows"),
        pytest.param(["ep99999"], id="more than a drama has"),
    ],
)
def test_numbers_that_are_not_clear_are_not_guessed(stems: list[str]) -> None:
    assert folder.numbers(stems) is None


def make(where: Path, *names: str) -> Path:
    for name in names:
        (where / name).write_bytes(b"x")
    return where


def numbered(where: Path, recorded: dict[int, str] | None = None) -> dict[int, str]:
    return {one.number: one.path.name for one in folder.plan(where, recorded or {}).files}


def test_gaps_in_the_numbers_stay(tmp_path: Path) -> None:
    make(tmp_path, "ep2.mp4", "ep10.mov", "notes.txt", "._ep3.mp4")
    (tmp_path / "ep4.mp4").mkdir()
    assert numbered(tmp_path) == {2: "ep2.mp4", 10: "ep10.mov"}


def test_without_clear_numbers_files_count_in_order(tmp_path: Path) -> None:
    make(tmp_path, "part 2.mp4", "part 10.mp4", "an opening.mp4")
    plan = folder.plan(tmp_path, {})
    assert not plan.from_names
    assert [one.path.name for one in plan.files] == ["an opening.mp4", "part 2.mp4", "part 10.mp4"]


def test_a_file_keeps_its_number_when_others_come_before_it(tmp_path: Path) -> None:
    make(tmp_path, "a.mp4", "b.mp4", "aa.mp4")
    assert numbered(tmp_path, {1: "a.mp4", 2: "b.mp4"}) == {1: "a.mp4", 2: "b.mp4", 3: "aa.mp4"}


def test_a_mended_file_with_another_extension_keeps_its_number(tmp_path: Path) -> None:
    make(tmp_path, "a.mp4", "b.mov")
    assert numbered(tmp_path, {1: "a.mp4", 2: "b.mp4"}) == {1: "a.mp4", 2: "b.mov"}


@pytest.mark.parametrize(
    ("names", "recorded", "says"),
    [
        pytest.param([], {}, "no video", id="nothing there"),
        pytest.param(["ep3.mp4", "ep3.mov"], {}, "same episode", id="the same twice"),
        pytest.param(["ep1.mp4", "ep2.mp4"], {2: "ep1.mp4"}, "both be episode 2", id="clash"),
    ],
)
def test_what_cannot_be_told_apart_is_refused(
    tmp_path: Path, names: list[str], recorded: dict[int, str], says: str
) -> None:
    make(tmp_path, *names)
    with pytest.raises(Failure, match=says):
        folder.plan(tmp_path, recorded)


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    make(tmp_path, "ep1.mp4")
    (tmp_path / "ep2.mp4").touch()
    with pytest.raises(Failure, match=r"Empty: ep2\.mp4"):
        folder.plan(tmp_path, {})
