"""What was lost on the way is asked for, and nothing else is touched."""

from typing import Any

import pytest

from functions.transcoding.handler import handler
from tests.unit.media.sending import complete as complete_upload
from tests.unit.media.sending import send, start
from tests.unit.pipeline import (
    Transcoder,
    arrived,
    asset,
    complete,
    deliver,
    live,
    refused,
    upload,
)

DONE = {"Status": "COMPLETE", "OutputGroupDetails": [{"OutputDetails": [{"DurationInMs": 3000}]}]}


def sweep() -> dict[str, str]:
    found: dict[str, str] = handler({"action": "sweep"}, None)["assets"]
    return found


def test_a_job_whose_end_was_lost_is_asked_for(
    transcoder: Transcoder, episode: Any, later: Any
) -> None:
    asset_id = upload(episode)
    deliver(arrived(asset_id))
    transcoder.found = DONE
    assert sweep() == {}, "it may be silent for a while"
    later(minutes=11)
    assert sweep() == {asset_id: "ready"}
    assert live(episode) == (1, asset_id)
    assert sweep() == {}, "its end takes it out"


def test_a_job_that_goes_on_is_looked_at_again_later(
    transcoder: Transcoder, episode: Any, later: Any
) -> None:
    asset_id = upload(episode)
    deliver(arrived(asset_id))
    later(minutes=11)
    assert sweep() == {asset_id: "progressed"}
    assert sweep() == {}


def test_an_asset_that_was_claimed_and_got_no_job_gets_one(
    transcoder: Transcoder, episode: Any, later: Any
) -> None:
    asset_id = upload(episode)
    transcoder.faults = [refused("ServiceUnavailable")]
    deliver(arrived(asset_id))
    later(minutes=11)
    assert sweep() == {asset_id: "started"}
    deliver(complete(transcoder.jobs[0]))
    assert asset(asset_id)["status"] == "ready"


def test_a_job_that_is_stuck_for_two_days_is_canceled(
    transcoder: Transcoder, episode: Any, later: Any
) -> None:
    asset_id = upload(episode)
    deliver(arrived(asset_id))
    later(hours=49)
    assert sweep() == {asset_id: "given_up"}
    assert transcoder.canceled == ["job-0"]
    transcoder.found = {"Status": "CANCELED"}
    assert sweep() == {asset_id: "canceled"}
    assert asset(asset_id)["error"]["code"] == "canceled"


def test_an_asset_that_cannot_be_looked_after_holds_no_other_back(
    transcoder: Transcoder, episode: Any, later: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost, fine = upload(episode), upload(episode)
    deliver(arrived(lost), arrived(fine))
    transcoder.found = DONE
    find = transcoder.get_job

    def out_of_reach(**wanted: Any) -> Any:
        if wanted["Id"] == "job-0":
            raise refused("ForbiddenException", "GetJob")
        return find(**wanted)

    monkeypatch.setattr(transcoder, "get_job", out_of_reach)
    later(minutes=11)
    with pytest.raises(ExceptionGroup):
        sweep()
    assert asset(fine)["status"] == "ready"
    assert sweep() == {}, "it comes again later, behind those that were not looked at yet"
    later(minutes=11)
    with pytest.raises(ExceptionGroup):
        sweep()


def test_a_job_that_is_known_no_more_is_asked_for_again_and_given_up_after_two_days(
    transcoder: Transcoder, episode: Any, later: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset_id = upload(episode)
    deliver(arrived(asset_id))

    def forgotten(**_: Any) -> None:
        raise refused("NotFoundException", "GetJob")

    monkeypatch.setattr(transcoder, "get_job", forgotten)
    later(minutes=11)
    assert sweep() == {asset_id: "unknown_job"}
    assert sweep() == {}
    assert asset(asset_id)["status"] == "transcoding"
    later(hours=48)
    assert sweep() == {asset_id: "given_up"}
    found = asset(asset_id)
    assert (found["status"], found["error"]["code"]) == ("failed", "given_up")
    later(hours=1)
    assert sweep() == {}


@pytest.mark.parametrize("code", ["ConflictException", "NotFoundException"])
def test_a_stuck_job_that_ends_while_it_is_canceled_ends_its_asset(
    transcoder: Transcoder,
    episode: Any,
    later: Any,
    monkeypatch: pytest.MonkeyPatch,
    code: str,
) -> None:
    asset_id = upload(episode)
    deliver(arrived(asset_id))

    def ended(**_: Any) -> None:
        raise refused(code, "CancelJob")

    monkeypatch.setattr(transcoder, "cancel_job", ended)
    later(hours=49)
    assert sweep() == {asset_id: "given_up"}
    transcoder.found = DONE
    assert sweep() == {asset_id: "ready"}
    assert live(episode) == (1, asset_id)


def test_a_file_whose_arrival_was_never_told_is_begun_with(
    transcoder: Transcoder, episode: Any, later: Any
) -> None:
    given = start(episode).body
    assert complete_upload(given, send(given)).body["status"] == "uploaded"
    later(minutes=11)
    assert sweep() == {given["asset_id"]: "started"}
    deliver(complete(transcoder.jobs[0]))
    assert live(episode) == (1, given["asset_id"])


def test_a_file_that_never_gets_a_job_is_given_up_after_two_days(
    transcoder: Transcoder, episode: Any, later: Any
) -> None:
    asset_id = upload(episode)
    transcoder.faults = [refused("ForbiddenException")]
    deliver(arrived(asset_id))
    later(hours=49)
    assert sweep() == {asset_id: "given_up"}
    found = asset(asset_id)
    assert (found["status"], found["error"]["code"]) == ("failed", "given_up")
    assert sweep() == {}
