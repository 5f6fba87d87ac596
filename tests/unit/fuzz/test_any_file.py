"""Captions and lists of parts: read, or refused with what is wrong, and in bounded time."""

import random
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cliffhanger.media.cues import Format
from functions.studio.handler import handler
from tests.unit.fuzz.anything import WORDS, anything, damaged, tried
from tests.unit.gateway import Answer, studio
from tests.unit.media.sending import act, send, start
from tests.unit.media.test_captions import caption
from tests.unit.media.test_cues import SRT, VTT
from tests.unit.pipeline import Transcoder, arrived, complete, deliver, upload

LINES = st.sampled_from(
    [
        "WEBVTT",
        "WEBVTT - x",
        "",
        "1",
        "00:01.000 --> 00:02.000",
        "00:00:01,000 --> 00:00:02,000 X1:0",
        "99999999999999999999:00:01.000 --> 00:02.000",
        "00:01.000 --> 00:02.000 align:" + "a" * 500,
        "NOTE",
        "STYLE",
        "REGION",
        "<v " + "<" * 200,
        "{\\an8}" * 50,
        "&" * 300,
        "-->",
        "\u2028",
        "\ufeff",
        "\0",
    ]
)
FILES = st.lists(LINES | WORDS, max_size=30).map("\n".join)
TEXTS = damaged(VTT) | damaged(SRT) | FILES | FILES.map(lambda text: "WEBVTT\n\n" + text)
SECONDS = 10.0
"""What takes as long as that here hangs in a function, which has 15 s on half a processor."""


@pytest.fixture
def ready(transcoder: Transcoder, episode: Any) -> str:
    asset_id = upload(episode)
    deliver(arrived(asset_id))
    deliver(complete(transcoder.jobs[-1]))
    return asset_id


def test_captions_of_any_text_are_taken_or_refused_with_a_line(ready: str) -> None:
    @tried(120)
    @given(text=TEXTS, kind=st.sampled_from(["vtt", "srt"]))
    def answered(text: str, kind: Format) -> None:
        answer = caption(ready, "en", text, kind)
        if answer.status != 200:
            assert answer.status == 422, answer.text
            assert answer.body["code"] in {"captions_invalid", "invalid_payload"}
            assert answer.body["errors"]

    answered()


@pytest.mark.parametrize(
    "piece",
    [
        "<",
        "<i>",
        "</",
        "&lt;",
        "{\\an",
        "00:01.000 --> ",
        "\n\n",
        "-->",
        " ",
        "a",
        "\u0301",
        ":",
        "0",
    ],
)
def test_a_file_as_large_as_is_taken_is_read_in_bounded_time(ready: str, piece: str) -> None:
    shapes = ("WEBVTT\n\n00:01.000 --> 00:02.000\n{}", "WEBVTT\n\n{}", "{}")
    for shape in shapes:
        text = shape.format(piece * (1_000_000 // len(piece)))
        began = time.monotonic()
        assert caption(ready, "en", text).status in {200, 413, 422}
        assert time.monotonic() - began < SECONDS, shape


PARTS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "number": st.integers(-1, 10_002) | anything,
            "etag": st.text("0123456789abcdef", min_size=32, max_size=32) | anything,
        },
    )
    | anything,
    max_size=6,
)


def completed(parts: Any, begun: Any) -> Answer:
    return act("POST", begun, "/complete", {"parts": parts})


def test_no_list_of_parts_but_the_right_one_completes_an_upload(episode: Any) -> None:
    begun = start(episode).body
    etag = send(begun)
    right = [{"number": 1, "etag": etag}]

    @tried(100)
    @given(parts=PARTS.filter(lambda parts: parts != right))
    def refused(parts: Any) -> None:
        answer = completed(parts, begun)
        assert (answer.status, answer.body["code"]) in {
            (422, "invalid_payload"),
            (409, "parts_mismatch"),
        }

    refused()
    for size in (10_001, 100_000):
        numbers = random.Random(size).choices(range(1, 10_001), k=size)
        parts = [{"number": number, "etag": "0" * 32} for number in numbers]
        assert completed(parts, begun).status in {409, 413, 422}
    assert completed(right, begun).status == 200, "and nothing was lost by it"


def test_any_id_of_an_upload_is_found_or_not(stage: None) -> None:
    @tried(60)
    @given(upload_id=WORDS.filter(bool))
    def answered(upload_id: str) -> None:
        path = {"upload_id": upload_id}
        answer = studio(handler, "GET /v1/studio/uploads/{upload_id}", path=path)
        assert answer.body["code"] in {"upload_not_found", "route_not_found"}

    answered()
