"""The job store: tokens, searches, and what is left after a restart."""

import time
from pathlib import Path

import pytest

from local.mediaconvert.errors import NotFound
from local.mediaconvert.jobs import JobStore
from tests.unit.local_mediaconvert.jobs_for_tests import request


@pytest.fixture
def store(tmp_path: Path) -> JobStore:
    return JobStore(tmp_path, "us-east-1")


def test_a_token_makes_one_job_within_a_minute(store: JobStore) -> None:
    first, is_new = store.create({**request(), "ClientRequestToken": "attempt-1"})
    again, is_new_again = store.create({**request(), "ClientRequestToken": "attempt-1"})
    assert (is_new, is_new_again) == (True, False)
    assert again.id == first.id


def test_a_token_makes_another_job_after_the_minute(
    store: JobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = store.create({**request(), "ClientRequestToken": "attempt-1"})
    monkeypatch.setattr(time, "time", lambda: first.created_at + 61)
    second, is_new = store.create({**request(), "ClientRequestToken": "attempt-1"})
    assert is_new
    assert second.id != first.id


def test_a_job_is_the_same_after_a_restart(store: JobStore, tmp_path: Path) -> None:
    job, _ = store.create({**request(), "UserMetadata": {"attempt": "1"}})
    store.change(job.id, "SUBMITTED", status="PROGRESSING", percent=40)
    found = JobStore(tmp_path, "us-east-1").get(job.id)
    assert (found.status, found.percent, found.request) == ("PROGRESSING", 40, job.request)


def test_a_change_expected_of_another_state_is_not_made(store: JobStore) -> None:
    job, _ = store.create(request())
    store.change(job.id, "SUBMITTED", status="CANCELED")
    assert store.change(job.id, "PROGRESSING", status="COMPLETE") is None
    assert store.get(job.id).status == "CANCELED"


def test_a_job_that_is_not_there_is_not_found(store: JobStore) -> None:
    with pytest.raises(NotFound):
        store.get("1-abc")


def test_jobs_are_found_by_a_part_of_their_input_and_their_status(store: JobStore) -> None:
    job, _ = store.create(request())
    assert store.find(input_file="episode.mp4", status="SUBMITTED") == [job]
    assert store.find(input_file="other.mp4") == []
    assert store.find(status="COMPLETE") == []
