"""Settings: what the stack writes is what the function reads, and a fault names its field."""

import os
from typing import Literal
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from cliffhanger.media.ladder import Rung
from cliffhanger.settings import PREFIX, Settings, _loaded, load, variables


class Shapes(Settings):
    """A setting of every shape that a variable may have to carry."""

    name: str
    kind: Literal["Sandbox", "Production"]
    email: str | None
    count: int
    on: bool
    names: list[str]
    ladder: list[Rung]


# A variable of a process holds neither a NUL nor a lone surrogate.
words = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
rungs = st.builds(
    Rung,
    name=st.from_regex(r"[a-z0-9]{1,16}", fullmatch=True),
    short_side=st.integers(16, 2048).map(lambda half: half * 2),
    max_bitrate=st.integers(1_000, 1_152_000_000),
    quality=st.integers(1, 10),
)


def read(environment: dict[str, str]) -> Shapes:
    _loaded.cache_clear()
    try:
        with patch.dict(os.environ, environment, clear=True):
            return load(Shapes)
    finally:
        _loaded.cache_clear()


@settings(deadline=None, max_examples=50)
@given(
    written=st.builds(
        Shapes,
        name=words,
        email=st.none() | words | st.sampled_from(["null", "1", '"', "true"]),
        names=st.lists(words),
        ladder=st.lists(rungs, max_size=2),
    )
)
def test_a_function_reads_what_the_stack_wrote(written: Shapes) -> None:
    assert read(variables(written)) == written


WRITTEN = variables(
    Shapes(name="a", kind="Sandbox", email=None, count=1, on=True, names=[], ladder=[])
)


@pytest.mark.parametrize("field", Shapes.model_fields)
def test_a_missing_setting_is_named(field: str) -> None:
    rest = {name: value for name, value in WRITTEN.items() if name != PREFIX + field.upper()}
    with pytest.raises(ValidationError, match=field):
        read(rest)


@pytest.mark.parametrize("field", ["kind", "count", "on", "names", "ladder"])
@pytest.mark.parametrize("text", ["", "{", "7.5", '"odd"'])
def test_a_wrong_setting_is_named(field: str, text: str) -> None:
    with pytest.raises(ValidationError, match=field):
        read(WRITTEN | {PREFIX + field.upper(): text})


def test_nothing_is_read_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    _loaded.cache_clear()
    for name, value in WRITTEN.items():
        monkeypatch.setenv(name, value)
    first = load(Shapes)
    monkeypatch.setenv(f"{PREFIX}NAME", "b")
    assert load(Shapes) is first
    _loaded.cache_clear()
