"""Caption files as studios send them: read whole, or refused with the line that is wrong."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cliffhanger.media.cues import MOST_CUES, Cue, Format, Unreadable, read, write

VTT = """WEBVTT - made by an editor

NOTE nothing for viewers

STYLE
::cue { color: red }

first
00:01.000 --> 00:02.500 align:start line:0
<v Ana>Who is <i>there</i>?</v>
It is {\\an8}me.

00:01:03.000 --> 01:00:04.000
Bye
"""
SRT = (
    "\ufeff1\r\n00:00:01,000 --> 00:00:02,500\r\nOla\r\n\r\n"
    "2\r\n00:00:03,1 --> 00:00:04,000\r\nTchau"
)


def test_webvtt_keeps_words_weight_and_place_and_nothing_else() -> None:
    first, second = read(VTT, "vtt")
    assert first == Cue(1000, 2500, "Who is <i>there</i>?\nIt is me.", "align:start line:0")
    assert second == Cue(63_000, 3_604_000, "Bye")


def test_subrip_becomes_webvtt() -> None:
    assert read(SRT, "srt") == [Cue(1000, 2500, "Ola"), Cue(3100, 4000, "Tchau")]
    assert write(read(SRT, "srt")) == (
        "WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n\n"
        "00:00:01.000 --> 00:00:02.500\nOla\n\n00:00:03.100 --> 00:00:04.000\nTchau\n"
    )


def test_captions_come_in_the_order_in_which_they_are_shown() -> None:
    text = "WEBVTT\n\n00:05.000 --> 00:06.000\nlater\n\n00:01.000 --> 00:02.000\nsooner\n"
    assert [cue.text for cue in read(text, "vtt")] == ["sooner", "later"]


@pytest.mark.parametrize(
    ("kind", "text", "code", "line"),
    [
        ("vtt", "00:01.000 --> 00:02.000\nHi", "no_signature", 1),
        ("vtt", "WEBVTTX\n\n00:01.000 --> 00:02.000\nHi", "no_signature", 1),
        ("vtt", "", "no_signature", 1),
        ("vtt", "WEBVTT\n", "no_cues", 1),
        ("srt", "\n\n", "no_cues", 1),
        ("vtt", "WEBVTT\n\nHello", "no_times", 3),
        ("vtt", "WEBVTT\n\n00:01.000 --> 00:0x.000\nHi", "times_unreadable", 3),
        ("srt", "1\n00:00:01,000 -> 00:00:02,000\nHi", "no_times", 1),
        ("srt", "1\n00:00:05,000 --> 00:00:02,000\nHi", "ends_before_it_starts", 2),
        ("srt", "1\n00:00:05,000 --> 00:00:05,000\nHi", "ends_before_it_starts", 2),
        (
            "srt",
            "1\n00:00:01,000 --> 00:00:02,000\nHi\n2\n00:00:03,000 --> 00:00:04,000\nHo",
            "captions_run_together",
            2,
        ),
        ("srt", "\0" * 50, "no_times", 1),
    ],
)
def test_what_is_wrong_is_told_with_its_line(kind: Format, text: str, code: str, line: int) -> None:
    with pytest.raises(Unreadable) as refused:
        read(text, kind)
    (fault,) = refused.value.faults
    assert (fault.pointer, fault.code) == ("/text", code)
    assert fault.detail.startswith(f"Line {line}: ")


def test_every_fault_is_told_but_not_a_thousand_times() -> None:
    with pytest.raises(Unreadable) as refused:
        read("WEBVTT\n\n" + "no times\n\n" * 1000, "vtt")
    assert len(refused.value.faults) == 20


def test_a_file_has_an_end() -> None:
    with pytest.raises(Unreadable, match="1 faults"):
        read("WEBVTT\n\n" + "00:01.000 --> 00:02.000\nHi\n\n" * (MOST_CUES + 1), "vtt")


@given(text=st.text(), kind=st.sampled_from(["vtt", "srt"]))
def test_any_text_is_read_or_refused(text: str, kind: Format) -> None:
    try:
        found: list[Any] = list(read(text, kind))
    except Unreadable as refused:
        found = refused.faults
    assert found


words = st.lists(
    st.text(st.characters(categories=["L", "N", "Zs"]), min_size=1).filter(str.strip), min_size=1
)


@given(
    cues=st.lists(
        st.tuples(st.integers(0, 5_000_000), st.integers(1, 60_000), words), min_size=1, max_size=20
    )
)
def test_what_is_written_is_read_back(cues: list[tuple[int, int, list[str]]]) -> None:
    lines = [
        Cue(start, start + long, "\n".join(" ".join(one.split()) for one in text))
        for start, long, text in cues
    ]
    in_order = sorted(lines, key=lambda cue: (cue.start_ms, cue.end_ms))
    assert read(write(in_order), "vtt") == in_order
