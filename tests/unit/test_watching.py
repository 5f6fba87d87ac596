"""Progress: reports come in any order and any number of times, and mean the same."""

import random
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cliffhanger import aws, clock, dynamo, ids
from cliffhanger.dynamo import Item
from cliffhanger.watching import rows
from cliffhanger.watching.rows import PLAY_MS, Report
from functions.studio.handler import handler as studio_handler
from functions.viewing.handler import handler
from tests.unit.gateway import VIEWER, Answer, studio, viewer

REPORTS = st.lists(
    st.builds(
        Report,
        session_id=st.just("ses_1"),
        drama_id=st.just("drm_1"),
        slot=st.integers(1, 3),
        episode_id=st.just("ep_1"),
        position_ms=st.integers(0, 90_000),
        watched_ms=st.sampled_from([0, 1, PLAY_MS - 1, PLAY_MS, PLAY_MS + 1, 90_000]),
        at_ms=st.integers(0, 5),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda report: (report.slot, report.at_ms),  # a device is in one place at a time
)


def applied(batches: list[list[Report]]) -> tuple[Any, Any, int]:
    """Both rows after these batches, and how many plays they made."""
    watched: Item = {}
    sitting: Item = {}
    plays = 0
    for batch in batches:
        moved = rows.moved(watched or None, batch)
        watched |= moved or {}
        slots, new = rows.watched(sitting or None, batch)
        sitting |= {"slots": slots} if slots is not None else {}
        plays += len(new)
    return watched.get("slots"), sitting.get("slots"), plays


@given(reports=REPORTS, seed=st.randoms(use_true_random=False))
def test_order_repetition_and_the_cut_into_batches_change_nothing(
    reports: list[Report], seed: random.Random
) -> None:
    shuffled = [*reports, *seed.choices(reports, k=4)]
    seed.shuffle(shuffled)
    one_by_one = [[report] for report in shuffled]
    assert applied(one_by_one) == applied([reports])


@given(reports=REPORTS)
def test_an_episode_is_a_play_when_enough_of_it_was_watched(reports: list[Report]) -> None:
    played = {report.slot for report in reports if report.watched_ms >= PLAY_MS}
    assert applied([reports])[2] == len(played)


@given(reports=REPORTS)
def test_what_brings_nothing_new_writes_nothing(reports: list[Report]) -> None:
    first = rows.moved(None, reports)
    slots, _ = rows.watched(None, reports)
    assert rows.moved(first, reports) is None
    again, plays = rows.watched({"slots": slots or {}}, reports)
    assert (again, plays) == (None, [])


def episode(number: int = 1) -> str:
    body = {"title": {"en": "x"}, "original_language": "en", "free_episodes": 1, "episode_price": 1}
    drama = studio(studio_handler, "POST /v1/studio/dramas", body).body["id"]
    path = "POST /v1/studio/dramas/{drama_id}/episodes"
    body = {"number": number, "title": {"en": "x"}}
    return str(studio(studio_handler, path, body, path={"drama_id": drama}).body["id"])


def item(session: str, episode_id: str, seconds: float, **more: Any) -> dict[str, Any]:
    return {
        "session_id": session,
        "episode_id": episode_id,
        "position_seconds": seconds,
        "watched_seconds": seconds,
        "at": clock.iso(clock.now()),
    } | more


def report(*items: dict[str, Any]) -> Answer:
    return viewer(handler, "POST /v1/progress", {"items": list(items)})


@pytest.fixture
def told(stage: None, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The events that went out."""
    seen: list[Any] = []
    put = aws.events().put_events

    def note(**call: Any) -> Any:
        seen.extend(entry["DetailType"] for entry in call["Entries"])
        return put(**call)

    monkeypatch.setattr(aws.events(), "put_events", note)
    return seen


def test_a_play_is_told_once_however_often_it_is_reported(told: list[Any]) -> None:
    one = item(ids.new("ses"), episode(), 10.0)
    assert [report(one).body["plays"] for _ in range(3)] == [1, 0, 0]
    assert told == ["playback.started"]


def test_a_play_that_could_not_be_told_is_told_by_the_retry(
    told: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = item(ids.new("ses"), episode(), 10.0)
    with monkeypatch.context() as patch:
        answer = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]}
        patch.setattr(aws.events(), "put_events", lambda **_: answer)
        assert report(one).status == 500
    assert report(one).body["plays"] == 1
    assert told == ["playback.started"]


def test_a_row_that_changed_meanwhile_is_read_again(
    told: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two devices read the same rows; the second write finds the first one's."""
    session, watched = ids.new("ses"), episode()
    earlier = item(session, watched, 5.0, at=clock.iso(clock.now() - timedelta(minutes=1)))
    batch_get = dynamo.batch_get

    def overtaken(*at: Any, **how: Any) -> Any:
        found = batch_get(*at, **how)
        monkeypatch.setattr(dynamo, "batch_get", batch_get)
        assert report(earlier).status == 200
        return found

    monkeypatch.setattr(dynamo, "batch_get", overtaken)
    assert report(item(session, watched, 9.0)).body["plays"] == 0
    assert told == ["playback.started"] * 2, "the same id twice"
    row = dynamo.get("commerce", dynamo.key(VIEWER, f"SITTING#{session}"))
    assert row is not None
    assert (row["slots"], row["version"]) == ({"1": 9000}, 2)


def test_the_same_play_has_the_same_id(stage: None) -> None:
    session = ids.new("ses")
    assert ids.derived("evt", session, "ep_1") == ids.derived("evt", session, "ep_1")
    assert ids.derived("evt", session, "ep_1") != ids.derived("evt", session, "ep_2")
    assert ids.moment(ids.derived("evt", session, "ep_1")) == ids.moment(session)


def test_a_sitting_is_kept_longer_than_reports_of_it_are_taken(stage: None) -> None:
    session = ids.new("ses")
    report(item(session, episode(), 10.0))
    row = dynamo.get("commerce", dynamo.key(VIEWER, f"SITTING#{session}"))
    assert row is not None
    last = ids.moment(session) + timedelta(days=31)
    assert row["expires_at"] > last.timestamp()


@pytest.mark.parametrize("session", ["ses_7ZZZZZZZZZZZZZZZZZZZZZZZZZ", f"ses_{'0' * 26}"])
def test_a_session_of_a_time_that_never_was_is_unknown(stage: None, session: str) -> None:
    refused = report(item(session, episode(), 10.0))
    assert (refused.status, refused.body["code"]) == (422, "invalid_payload")
    assert [fault["code"] for fault in refused.body["errors"]] == ["unknown_session"]


@pytest.mark.parametrize("at", [1_900_000_000, "1900000000", "0001-01-01T00:00:00+12:00"])
def test_what_is_no_moment_in_utc_is_refused(stage: None, at: Any) -> None:
    refused = report(item(ids.new("ses"), episode(), 10.0, at=at))
    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/items/0/at")


def test_history_names_the_episode_that_was_watched_last(stage: None) -> None:
    first, second = episode(), episode()
    early = clock.iso(clock.now() - timedelta(hours=1))
    report(item(ids.new("ses"), first, 61.5, at=early))
    report(item(ids.new("ses"), second, 3.0))
    page = viewer(handler, "GET /v1/history").body
    assert [(row["episode_id"], row["position_seconds"]) for row in page["items"]] == [
        (second, 3.0),
        (first, 61.5),
    ]


def test_a_deleted_viewer_reports_nothing(stage: None) -> None:
    tombstone = dynamo.key(VIEWER, "VIEWER") | {"deleted_at": clock.iso(clock.now())}
    dynamo.write(dynamo.put("commerce", tombstone))
    refused = report(item(ids.new("ses"), episode(), 10.0))
    assert (refused.status, refused.body["code"]) == (401, "viewer_deleted")
    assert viewer(handler, "GET /v1/history").body["code"] == "viewer_deleted"
