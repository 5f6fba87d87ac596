"""Revocations: the table holds the truth, and the one writer makes the edge follow it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cliffhanger import aws, clock, dynamo
from cliffhanger.edge import revocations
from cliffhanger.playback.keyring import load_keyring
from functions.playback_keys.handler import handler as writer
from functions.studio.handler import handler
from tests.unit.edge_store import Store
from tests.unit.gateway import Answer, studio

SESSION = "ses_01JD0000000000000000000000"
QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/edge.fifo"


@pytest.fixture
def store(stage: None, monkeypatch: pytest.MonkeyPatch) -> Store:
    made = Store()
    monkeypatch.setattr(aws, "client", lambda _service, **_config: made)
    return made


def message(action: str, *subjects: str) -> dict[str, Any]:
    return {"action": action, "subjects": subjects, "at": clock.iso(clock.now())}


def deliver(*messages: Any) -> list[str]:
    """Hand messages to the writer and return which of them it wants again, by number."""
    records = [
        {"messageId": str(number), "body": one if isinstance(one, str) else json.dumps(one)}
        for number, one in enumerate(messages)
    ]
    answer = writer({"Records": records}, None)
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]


def sent() -> list[Any]:
    """What has been sent to the writer since the last look."""
    found = aws.sqs().receive_message(QueueUrl=QUEUE, MaxNumberOfMessages=10)
    for one in found.get("Messages", []):
        aws.sqs().delete_message(QueueUrl=QUEUE, ReceiptHandle=one["ReceiptHandle"])
    return [json.loads(one["Body"]) for one in found.get("Messages", [])]


def follow() -> None:
    messages = sent()
    assert messages
    assert deliver(*messages) == []


def drama() -> str:
    body = {"title": {"en": "x"}, "original_language": "en", "free_episodes": 1, "episode_price": 1}
    return str(studio(handler, "POST /v1/studio/dramas", body).body["id"])


def act(drama_id: str, action: str) -> Answer:
    route = f"POST /v1/studio/dramas/{{drama_id}}/{action}"
    return studio(handler, route, path={"drama_id": drama_id})


def revoke(**body: str) -> Answer:
    return studio(handler, "POST /v1/studio/revocations", body)


def revoked(store: Store) -> set[str]:
    return {name.removeprefix("revoked:") for name in store.entries if name.startswith("revoked:")}


def commit(write: dynamo.Write) -> None:
    dynamo.transact(write)


def test_the_edge_refuses_a_session_until_its_last_token_has_expired(store: Store) -> None:
    before = clock.now()
    answer = revoke(session_id=SESSION)
    follow()
    assert answer.status == 201
    until = datetime.fromisoformat(answer.body["until"])
    assert store.entries == {f"revoked:{SESSION}": str(int(until.timestamp()))}
    assert until - before > timedelta(seconds=3600)


def test_an_episode_is_revoked_by_its_place(store: Store) -> None:
    made = drama()
    path = "POST /v1/studio/dramas/{drama_id}/episodes"
    body = {"number": 7, "title": {"en": "x"}}
    episode = studio(handler, path, body, path={"drama_id": made}).body
    answer = revoke(episode_id=episode["id"])
    follow()
    assert answer.body["subject"] == episode["id"]
    assert revoked(store) == {f"{made}/1"}


def test_unpublishing_revokes_and_publishing_restores(store: Store) -> None:
    made = drama()
    act(made, "publish")
    act(made, "unpublish")
    follow()
    assert revoked(store) == {made}
    act(made, "publish")
    follow()
    assert revoked(store) == set()


def test_publishing_again_lifts_a_revocation_and_keeps_the_place_on_the_shelf(
    store: Store,
) -> None:
    made = drama()
    act(made, "publish")
    before = dynamo.get("content", dynamo.key(made, "DRAMA"))
    revoke(drama_id=made)
    assert act(made, "publish").body["status"] == "published"
    follow()
    assert revoked(store) == set()
    after = dynamo.get("content", dynamo.key(made, "DRAMA"))
    assert before is not None
    assert after is not None
    assert after["shelved_at"] == before["shelved_at"]


def test_a_late_message_finds_the_table_as_it_is_now(store: Store) -> None:
    made = drama()
    act(made, "unpublish")
    late = sent()
    act(made, "publish")
    follow()
    assert deliver(*late, *late) == []
    assert revoked(store) == set()


def test_a_retry_of_the_call_tells_the_edge_again(store: Store) -> None:
    key = {"idempotency-key": "again"}
    route = "POST /v1/studio/revocations"
    first = studio(handler, route, {"session_id": SESSION}, headers=key)
    assert sent()
    again = studio(handler, route, {"session_id": SESSION}, headers=key)
    assert again.body == first.body
    assert [one["subjects"] for one in sent()] == [[SESSION]]
    other = studio(handler, route, {"session_id": SESSION[:-1] + "1"}, headers=key)
    assert other.body["code"] == "idempotency_key_reused"


def test_who_revoked_what_and_why_is_kept(store: Store) -> None:
    answer = studio(
        handler, "POST /v1/studio/revocations", {"session_id": SESSION, "reason": "shared"}
    )
    kept = dynamo.get("content", dynamo.key(answer.body["id"], "REVOCATION"))
    assert kept is not None
    assert (kept["reason"], kept["revoked_by"]) == ("shared", "vwr_1")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"session_id": SESSION, "drama_id": "drm_01JD0000000000000000000000"},
        {"session_id": "ses_x"},
        {"drama_id": "drm_01JD0000000000000000000000/1"},
        {"key": "key:k1"},
    ],
)
def test_a_body_that_does_not_name_one_subject_is_refused(
    store: Store, body: dict[str, str]
) -> None:
    assert revoke(**body).body["code"] == "invalid_payload"
    assert sent() == []


@pytest.mark.parametrize(
    ("field", "prefix", "code"),
    [("drama_id", "drm", "drama_not_found"), ("episode_id", "ep", "episode_not_found")],
)
def test_what_does_not_exist_is_not_revoked(
    store: Store, field: str, prefix: str, code: str
) -> None:
    assert revoke(**{field: f"{prefix}_01JD0000000000000000000000"}).body["code"] == code
    assert sent() == []


def test_keys_stay_when_revocations_change_and_the_other_way_round(store: Store) -> None:
    commit(revocations.revoke(SESSION, clock.now()))
    assert deliver(message("rotate"), message("look", SESSION)) == []
    (key,) = load_keyring("keys").keys
    assert set(store.entries) == {f"key:{key.id}", f"revoked:{SESSION}"}
    assert deliver(message("rotate")) == []
    assert f"revoked:{SESSION}" in store.entries


def test_entries_past_their_time_go_with_the_next_write(store: Store) -> None:
    store.entries = {"revoked:drm_old": "1000", "revoked:drm_odd": "soon", "key:k": "secret"}
    commit(revocations.revoke(SESSION, clock.now()))
    deliver(message("look", SESSION))
    assert set(store.entries) == {f"revoked:{SESSION}", "key:k"}


def test_an_entry_that_the_table_has_prolonged_does_not_go_too_soon(store: Store) -> None:
    commit(revocations.revoke(SESSION, clock.now()))
    store.entries = {f"revoked:{SESSION}": "1000"}
    deliver(message("look", "drm_other"))
    assert int(store.entries[f"revoked:{SESSION}"]) > clock.now().timestamp()


def test_the_sweep_finds_what_was_never_told_in_either_direction(store: Store) -> None:
    now = clock.now()
    for number in range(120):
        commit(revocations.revoke(f"vwr_{number:03d}", now))
    commit(revocations.restore("drm_back", now))
    commit(revocations.revoke("drm_over", now - timedelta(days=2)))
    later = str(int(now.timestamp()) + 3600)
    store.entries = {"revoked:drm_back": later, "revoked:ses_nobody": later}
    assert deliver(message("sweep")) == []
    assert revoked(store) == {f"vwr_{number:03d}" for number in range(120)}
    assert store.writes == 3, "fifty at once, as the quota has it"
    assert deliver(message("sweep")) == []
    assert store.writes == 3, "nothing to do, nothing written"


def test_a_conflict_with_a_deployment_is_read_again(store: Store) -> None:
    store.others = [{"key:new": "secret"}]
    commit(revocations.revoke(SESSION, clock.now()))
    assert deliver(message("look", SESSION)) == []
    assert set(store.entries) == {f"revoked:{SESSION}", "key:new"}


def test_a_conflict_without_end_brings_the_message_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    store.others = [{f"key:{number}": "secret"} for number in range(50)]
    commit(revocations.revoke(SESSION, clock.now()))
    assert deliver(message("look", SESSION)) == ["0"]


def test_a_message_that_is_not_understood_holds_no_other_back(store: Store) -> None:
    commit(revocations.revoke(SESSION, clock.now()))
    assert deliver("{", message("look", SESSION), message("burn"), {"action": "look"}) == [
        "0",
        "2",
        "3",
    ]
    assert revoked(store) == {SESSION}


def test_a_subject_needs_no_revocation_after_its_last_token(stage: None) -> None:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    commit(revocations.revoke(SESSION, now))
    until = revocations.end(now)
    assert revocations.standing([SESSION], until - timedelta(seconds=2)) == {
        SESSION: int(until.timestamp())
    }
    assert revocations.standing([SESSION], until) == {}
    assert revocations.recent(until) == set()
