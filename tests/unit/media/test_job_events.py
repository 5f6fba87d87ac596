"""What the transcoder says of its jobs: late, repeated, in any order, and of jobs long gone."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cliffhanger import aws, dynamo
from cliffhanger.media import assets, causes
from functions.transcoding.handler import handler
from tests.unit.pipeline import (
    Transcoder,
    arrived,
    asset,
    complete,
    deliver,
    live,
    told,
    upload,
)
from tests.unit.written import Written

Bus = Callable[[], list[tuple[str, Any]]]


@pytest.fixture
def asset_id(transcoder: Transcoder, episode: Any) -> str:
    """An asset whose job runs."""
    made = upload(episode)
    deliver(arrived(made))
    return made


def progress(job: Any, percent: int) -> dict[str, Any]:
    return told(job, "STATUS_UPDATE", jobProgress={"jobPercentComplete": percent})


def changing_items() -> list[dict[str, Any]]:
    items: list[Any] = aws.dynamodb().scan(TableName="content")["Items"]
    decoded = [{name: dynamo.decode(one) for name, one in item.items()} for item in items]
    return [one for one in decoded if one["sk"] in {"ASSET", "DRAMA", "EP#0001"}]


def test_any_order_and_repetition_of_a_jobs_events_ends_in_the_same_asset(
    transcoder: Transcoder, episode: Any, asset_id: str
) -> None:
    (job,) = transcoder.jobs
    events = [
        told(job, "PROGRESSING"),
        told(job, "INPUT_INFORMATION"),
        progress(job, 40),
        progress(job, 80),
        complete(job),
    ]
    running = changing_items()

    @given(
        order=st.lists(st.sampled_from(events), max_size=4).flatmap(
            lambda again: st.permutations(events + again)
        )
    )
    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def holds(order: list[dict[str, Any]]) -> None:
        for item in running:
            dynamo.write(dynamo.put("content", item))
        assert deliver(*order) == []
        found = asset(asset_id)
        assert (found["status"], found["progress"], found["error"]) == ("ready", 100, None)
        assert live(episode) == (1, asset_id)

    holds()


@pytest.mark.parametrize(
    "status", ["PROGRESSING", "INPUT_INFORMATION", "STATUS_UPDATE", "NEW_WARNING", "QUEUE_HOP"]
)
def test_every_word_of_a_job_is_a_sign_of_life(
    transcoder: Transcoder, asset_id: str, later: Any, status: str
) -> None:
    (job,) = transcoder.jobs
    deliver(progress(job, 60))
    later(minutes=9)
    deliver(told(job, status))
    later(minutes=9)
    assert handler({"action": "sweep"}, None)["assets"] == {}
    found = asset(asset_id)
    assert (found["status"], found["progress"]) == ("transcoding", 60)


def test_progress_is_seen_and_never_goes_back(transcoder: Transcoder, asset_id: str) -> None:
    (job,) = transcoder.jobs
    seen = []
    for percent in (20, 60, 40, 100):
        deliver(progress(job, percent))
        seen.append(asset(asset_id)["progress"])
    assert seen == [20, 60, 60, 99], "100 is kept for what can be played"


@pytest.mark.parametrize("end", ["COMPLETE", "ERROR", "CANCELED"])
def test_nothing_undoes_an_end(transcoder: Transcoder, asset_id: str, end: str) -> None:
    (job,) = transcoder.jobs
    deliver(complete(job) if end == "COMPLETE" else told(job, end, errorCode=1010))
    before = asset(asset_id)
    assert before["status"] in {"ready", "failed", "canceled"}
    deliver(progress(job, 50), told(job, "ERROR", errorCode=1404), told(job, "CANCELED"))
    deliver(complete(job))
    assert asset(asset_id) == before


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        (1010, "Export it again"),
        (1030, "H.264"),
        (1040, "settings of the transcoding do not go with this file. This is our fault"),
        (1401, "not allowed to read the file or to write the video. This is our fault"),
        (1404, "Upload it again"),
        (1432, "not let in to our files. This is our fault"),
        (1433, "not let in to our files. This is our fault"),
        (9999, "ask"),
    ],
)
def test_a_failed_job_says_why_in_a_sentence_and_the_rest_to_us_alone(
    transcoder: Transcoder,
    asset_id: str,
    code: int,
    advice: str,
    written: Written,
) -> None:
    (job,) = transcoder.jobs
    deliver(told(job, "ERROR", errorCode=code, errorMessage="s3://bucket internals"))
    lines = written()
    found = asset(asset_id)
    assert (found["status"], found["error"]["code"]) == ("failed", f"transcode_{code}")
    assert advice in found["error"]["detail"]
    assert "internals" not in str(found)
    (line,) = (line for line in lines if "transcoding failed" in line)
    assert f"transcode_{code}" in line
    assert "s3://bucket internals" in line
    assert (f"transcode_{code}" in causes.OURS) == ("our fault" in found["error"]["detail"])


@pytest.mark.parametrize(
    ("job_id", "attempt"), [("job-9", "att_other"), ("job-0", "att_other"), ("job-9", None)]
)
def test_events_of_another_attempt_or_job_change_nothing(
    transcoder: Transcoder, asset_id: str, job_id: str, attempt: str | None
) -> None:
    ours = transcoder.jobs[0]["UserMetadata"]
    metadata = {"asset_id": asset_id, "attempt": attempt or ours["attempt"]}
    before = asset(asset_id)
    deliver(complete({"Id": job_id, "UserMetadata": metadata}))
    assert asset(asset_id) == before


@pytest.mark.parametrize("status", ["PROGRESSING", "STATUS_UPDATE", "INPUT_INFORMATION"])
@pytest.mark.parametrize("ended", [False, True], ids=["the other runs", "the other has ended"])
def test_an_extra_job_that_makes_itself_heard_is_canceled(
    transcoder: Transcoder, asset_id: str, status: str, ended: bool
) -> None:
    (job,) = transcoder.jobs
    extra = job | {"Id": "job-extra"}
    if ended:
        deliver(complete(job))
    before = asset(asset_id)
    deliver(told(extra, status))
    assert transcoder.canceled == ["job-extra"]
    for end in ("CANCELED", "ERROR", "COMPLETE"):
        deliver(told(extra, end))
    assert transcoder.canceled == ["job-extra"], "what has ended needs no cancel"
    assert asset(asset_id) == before


@pytest.mark.parametrize("metadata", [{}, {"asset_id": "ast_unknown"}, {"team": "another"}])
def test_jobs_of_others_in_the_account_are_none_of_ours(
    stage: None, metadata: dict[str, str], bus: Bus
) -> None:
    assert deliver(complete({"Id": "job-9", "UserMetadata": metadata})) == []
    assert bus() == []


def test_a_ready_asset_is_told_on_the_bus(
    transcoder: Transcoder, episode: Any, asset_id: str, bus: Bus
) -> None:
    deliver(complete(transcoder.jobs[0]))
    ((name, detail),) = bus()
    assert name == "asset.ready"
    assert (detail["asset_id"], detail["generation"]) == (asset_id, 1)
    assert detail["episode_id"] == episode["id"]


def test_what_the_bus_refused_is_told_when_the_message_comes_again(
    transcoder: Transcoder, asset_id: str, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = complete(transcoder.jobs[0])
    refusal = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "ThrottlingException"}]}
    with monkeypatch.context() as patch:
        patch.setattr(aws.events(), "put_events", lambda **_: refusal)
        assert deliver(message) == ["0"]
    assert asset(asset_id)["status"] == "ready"
    assert deliver(message) == []
    assert [name for name, _ in bus()] == ["asset.ready"]


def test_the_first_word_of_a_job_may_come_before_it_is_recorded(
    transcoder: Transcoder, episode: Any, asset_id: str
) -> None:
    write = dynamo.update("content", dynamo.key(asset_id, "ASSET"), "REMOVE #job_id")
    dynamo.write(write)
    deliver(complete(transcoder.jobs[0]))
    assert live(episode) == (1, asset_id)


@pytest.mark.parametrize(
    ("status", "read"),
    [("PROGRESSING", 1), ("ERROR", 1), ("CANCELED", 1), ("COMPLETE", 1), ("COMPLETE", 2)],
)
def test_another_job_that_is_recorded_between_a_read_and_its_write_is_not_displaced(
    transcoder: Transcoder,
    episode: Any,
    asset_id: str,
    monkeypatch: pytest.MonkeyPatch,
    status: str,
    read: int,
) -> None:
    at = dynamo.key(asset_id, "ASSET")
    dynamo.write(dynamo.update("content", at, "REMOVE #job_id"))
    find, reads = assets.find_item, []

    def then_recorded(*given: Any) -> Any:
        reads.append(find(*given))
        if len(reads) == read:
            dynamo.write(dynamo.update("content", at, "SET #job_id = :job", job="job-recorded"))
        return reads[-1]

    (extra,) = transcoder.jobs
    with monkeypatch.context() as patch:
        patch.setattr(assets, "find_item", then_recorded)
        deliver(complete(extra) if status == "COMPLETE" else told(extra, status, errorCode=1010))
    assert len(reads) >= read
    item = dynamo.get("content", at, consistent=True)
    assert item is not None
    assert (item["status"], item["job_id"]) == ("transcoding", "job-recorded")
    assert live(episode) == (0, None)


def test_a_lower_generation_that_is_ready_later_does_not_go_live(
    transcoder: Transcoder, episode: Any, asset_id: str
) -> None:
    newer = upload(episode)
    deliver(arrived(newer))
    older_job, newer_job = transcoder.jobs
    deliver(complete(newer_job), complete(older_job))
    assert asset(asset_id)["status"] == asset(newer)["status"] == "ready"
    assert live(episode) == (2, newer)
