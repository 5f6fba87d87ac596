"""The kernel: settings, the table's codec, pages and ranges."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from cliffhanger import aws, dynamo
from cliffhanger.entitlements.numbers import ranges
from cliffhanger.errors import Busy
from cliffhanger.media.multipart import part_size
from cliffhanger.media.settings import MediaSettings, TranscodingSettings
from cliffhanger.pages import decode_cursor, encode_cursor
from cliffhanger.settings import _loaded, load
from tests.unit.conftest import LADDER

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(value=values)
def test_what_is_written_is_read_again(value: Any) -> None:
    assert dynamo.decode(dynamo.encode(value)) == value


def test_a_float_is_refused_rather_than_rounded() -> None:
    with pytest.raises(TypeError):
        dynamo.encode({"price": 0.1})


def test_a_function_reads_the_settings_that_the_stack_wrote(stage: None) -> None:
    assert load(TranscodingSettings).ladder == LADDER


def test_a_missing_setting_is_named(stage: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLIFFHANGER_MEDIA_BUCKET")
    _loaded.cache_clear()
    with pytest.raises(ValidationError, match="media_bucket"):
        load(MediaSettings)


@given(number=st.integers(), text=st.text())
def test_a_cursor_comes_back_as_it_went(number: int, text: str) -> None:
    assert decode_cursor(encode_cursor(number), int) == number
    assert decode_cursor(encode_cursor(text), str) == text


@given(numbers=st.sets(st.integers(1, 200)))
def test_ranges_say_exactly_the_numbers(numbers: set[int]) -> None:
    said: set[int] = set()
    for run in filter(None, ranges(sorted(numbers)).split(",")):
        first, _, last = run.partition("-")
        said |= set(range(int(first), int(last or first) + 1))
    assert said == numbers


@given(size=st.integers(1, 5 * 1024**4))
def test_parts_are_as_s3_takes_them_and_fit_one_answer(size: int) -> None:
    part = part_size(size)
    assert 5 * 1024**2 <= part <= 5 * 1024**3
    assert part * 1000 >= size or part == 5 * 1024**3
    assert part * 10_000 >= size


class _Conflicting:
    """A table on which others write: so many conflicts, then success."""

    def __init__(self, conflicts: int) -> None:
        self.left = conflicts

    def transact_write_items(self, **_: Any) -> None:
        if self.left:
            self.left -= 1
            reasons = [{"Code": "None"}, {"Code": "TransactionConflict"}]
            answer: Any = {
                "Error": {"Code": "TransactionCanceledException", "Message": ""},
                "CancellationReasons": reasons,
            }
            raise ClientError(answer, "TransactWriteItems")


def test_a_conflict_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    table = _Conflicting(2)
    monkeypatch.setattr(aws, "dynamodb", lambda: table)
    dynamo.transact(dynamo.create("content", {"pk": "a", "sk": "b"}))
    assert table.left == 0


def test_a_conflict_that_goes_on_is_told_as_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    table = _Conflicting(100)
    monkeypatch.setattr(aws, "dynamodb", lambda: table)
    monkeypatch.setattr("time.sleep", lambda _: None)
    with pytest.raises(Busy):
        dynamo.transact(dynamo.create("content", {"pk": "a", "sk": "b"}))


def test_a_failed_condition_says_which(stage: None) -> None:
    taken = {"pk": "a", "sk": "taken"}
    dynamo.transact(dynamo.create("content", taken))
    with pytest.raises(dynamo.ConditionFailed) as failure:
        dynamo.transact(
            dynamo.create("content", {"pk": "a", "sk": "free"}), dynamo.create("content", taken)
        )
    assert failure.value.failed == (1,)
    assert dynamo.get("content", {"pk": "a", "sk": "free"}) is None
    assert json.dumps(dynamo.get("content", taken)) == json.dumps(taken)
