"""The HTTP side: what a client sees, whatever it sends."""

import json

import pytest

from functions.identity.handler import handler as identity
from functions.studio.handler import handler
from functions.viewing.handler import handler as viewing
from tests.unit.gateway import call, studio
from tests.unit.written import Written

CREATE = "POST /v1/studio/dramas"
DRAMA = {"title": {"en": "A"}, "original_language": "en", "free_episodes": 1, "episode_price": 60}


@pytest.mark.parametrize(
    "raw", [b"{", b"", b"\xff\xfe", b"not json", b"[" * 100_000], ids=lambda raw: repr(raw[:8])
)
def test_what_is_no_json_is_told_so(raw: bytes) -> None:
    answer = studio(handler, CREATE, raw=raw)
    assert (answer.status, answer.body["code"]) == (400, "malformed_json")
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("body", [[], 1, "x", {}])
def test_json_of_another_shape_is_told_so(body: object) -> None:
    answer = studio(handler, CREATE, body)
    assert (answer.status, answer.body["code"]) == (422, "invalid_payload")


def test_every_fault_of_a_payload_is_told_at_once() -> None:
    faulty = DRAMA | {"title": {"en": ""}, "free_episodes": -1, "episode_price": "60", "extra": 1}
    answer = studio(handler, CREATE, faulty)
    assert {fault["pointer"] for fault in answer.body["errors"]} == {
        "/title/en",
        "/free_episodes",
        "/episode_price",
        "/extra",
    }


@pytest.mark.parametrize("groups", ["[studio]", "[operators studio]", ["studio"]])
def test_the_studio_gets_in(stage: None, groups: str | list[str]) -> None:
    assert call(handler, CREATE, DRAMA, groups=groups).status == 201


def test_a_creation_wants_its_idempotency_key() -> None:
    for key in ("", "x" * 256):
        answer = studio(handler, CREATE, DRAMA, headers={"idempotency-key": key})
        assert (answer.status, answer.body["code"]) == (400, "idempotency_key_missing")


def test_what_stands_nowhere_is_not_found() -> None:
    assert call(handler, "GET /v1/nothing").body["code"] == "route_not_found"


@pytest.mark.parametrize("body", [None, {}])
def test_a_body_in_which_nothing_is_needed_may_be_left_out(stage: None, body: object) -> None:
    path = {"episode_id": "ep_01JD0000000000000000000000"}
    played = call(viewing, "POST /v1/episodes/{episode_id}/playback", body, groups="[]", path=path)
    assert (played.status, played.body["code"]) == (404, "episode_not_found")


def test_a_route_that_takes_no_field_refuses_any() -> None:
    answer = call(identity, "POST /v1/guests", {"viewer_id": "vwr_1"})
    assert (answer.status, answer.body["errors"][0]["pointer"]) == (422, "/viewer_id")


def test_our_own_faults_say_nothing_of_their_cause(
    monkeypatch: pytest.MonkeyPatch, written: Written
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("arn:aws:dynamodb:the-cause")

    monkeypatch.setattr("cliffhanger.playback.sitting.open_sitting", fail)
    answer = call(
        viewing,
        "POST /v1/episodes/{episode_id}/playback",
        {},
        groups="[]",
        path={"episode_id": "ep_1"},
    )
    assert (answer.status, answer.body["code"]) == (500, "internal_error")
    assert "arn:" not in answer.text
    assert "the-cause" in "".join(written())


def test_a_call_logs_one_line_of_at_most_600_bytes_and_no_secret(
    stage: None, written: Written
) -> None:
    studio(handler, CREATE, DRAMA, headers={"authorization": "Bearer secret"})
    (line,) = written()
    assert len(line) <= 600
    assert "secret" not in line
    logged = json.loads(line)
    assert (logged["message"], logged["status"]) == ("create_drama", 201)
