"""What is old goes in time; what plays, or may be gone back to, stays."""

from typing import Any

import pytest

from cliffhanger import aws
from functions.retention.handler import handler as retention
from functions.transcoding.handler import handler as transcoding
from tests.unit.media.sending import act, asset_of, send, start
from tests.unit.pipeline import Transcoder, arrived, complete, deliver, live, told, upload
from tests.unit.test_rollback import make_ready, roll_back


def sweep(what: str = "generations") -> int:
    """How many went."""
    return int(retention({}, None)[what])


def files(episode: Any, generation: int) -> int:
    prefix = f"media/{episode['drama_id']}/1/{generation}/"
    return aws.s3().list_objects_v2(Bucket="media", Prefix=prefix)["KeyCount"]


def test_a_superseded_generation_goes_after_its_time(
    transcoder: Transcoder, episode: Any, later: Any
) -> None:
    make_ready(transcoder, episode)
    make_ready(transcoder, episode)
    later(days=29)
    assert sweep() == 0
    assert files(episode, 1) > 0
    later(days=2)
    assert sweep() == 1
    assert (files(episode, 1), files(episode, 2) > 0) == (0, True)
    assert sweep() == 0
    assert roll_back(episode).body["code"] == "nothing_to_roll_back_to"


def test_what_plays_stays_however_old_it_is(
    transcoder: Transcoder, episode: Any, later: Any
) -> None:
    make_ready(transcoder, episode)
    later(days=1000)
    assert sweep() == 0
    assert files(episode, 1) > 0


def test_a_generation_that_was_rolled_back_to_stays(
    transcoder: Transcoder, episode: Any, later: Any
) -> None:
    first = make_ready(transcoder, episode)
    make_ready(transcoder, episode)
    roll_back(episode)
    later(days=1000)
    assert sweep() == 0
    assert live(episode) == (1, first)
    assert files(episode, 1) > 0


def test_a_rollback_and_the_sweep_cannot_both_win(
    transcoder: Transcoder, episode: Any, later: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_ready(transcoder, episode)
    make_ready(transcoder, episode)
    later(days=31)
    delete, answers = aws.s3().delete_objects, []

    def in_between(**wanted: Any) -> Any:
        answers.append(roll_back(episode).body["code"])
        return delete(**wanted)

    monkeypatch.setattr(aws.s3(), "delete_objects", in_between)
    assert sweep() == 1
    assert answers == ["nothing_to_roll_back_to"]
    assert live(episode)[0] == 2


def test_a_sweep_that_died_is_gone_on_with(
    transcoder: Transcoder, episode: Any, later: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_ready(transcoder, episode)
    make_ready(transcoder, episode)
    later(days=31)

    def dies(**_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(aws.s3(), "delete_objects", dies)
        with pytest.raises(KeyboardInterrupt):
            sweep()
    assert sweep() == 1
    assert files(episode, 1) == 0


def test_files_that_the_bucket_keeps_are_tried_again(
    transcoder: Transcoder, episode: Any, later: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_ready(transcoder, episode)
    make_ready(transcoder, episode)
    later(days=31)
    with monkeypatch.context() as patch:
        refusal = {"Errors": [{"Code": "SlowDown"}]}
        patch.setattr(aws.s3(), "delete_objects", lambda **_: refusal)
        with pytest.raises(ExceptionGroup):
            sweep()
    assert sweep() == 1


def test_what_a_failed_job_left_behind_goes_too(
    transcoder: Transcoder, episode: Any, later: Any
) -> None:
    deliver(arrived(upload(episode)))
    deliver(told(transcoder.jobs[0], "ERROR", errorCode=1999))
    assert files(episode, 1) > 0
    later(days=31)
    assert sweep() == 1
    assert files(episode, 1) == 0


def test_a_generation_that_got_ready_too_late_goes_too(
    transcoder: Transcoder, episode: Any, later: Any
) -> None:
    slow, fast = upload(episode), upload(episode)
    deliver(arrived(slow), arrived(fast))
    deliver(complete(transcoder.jobs[1]))
    deliver(complete(transcoder.jobs[0]))
    assert live(episode) == (2, fast)
    later(days=31)
    assert sweep() == 1


def test_an_upload_that_nobody_completes_expires(episode: Any, later: Any) -> None:
    given = start(episode).body
    send(given)
    later(hours=23)
    assert sweep("uploads") == 0
    later(hours=2)
    assert act("GET", given).body["status"] == "expired"
    assert sweep("uploads") == 1
    found = asset_of(given)
    assert (found["status"], found["error"]["code"]) == ("canceled", "upload_expired")
    assert act("GET", given).body["status"] == "expired"
    assert sweep("uploads") == 0


def test_a_file_that_was_completed_by_a_call_that_died_is_not_taken_away(
    transcoder: Transcoder, episode: Any, later: Any
) -> None:
    given = start(episode).body
    aws.s3().put_object(Bucket="sources", Key=f"sources/{given['asset_id']}", Body=b"a" * 1000)
    later(hours=25)
    assert sweep("uploads") == 1
    assert act("GET", given).body["status"] == "completed"
    assert asset_of(given)["status"] == "uploaded"
    assert transcoding({"action": "sweep"}, None)["assets"] == {given["asset_id"]: "started"}
    deliver(arrived(given["asset_id"]))
    assert asset_of(given)["status"] == "transcoding"
    assert len(transcoder.jobs) == 1


def test_an_upload_whose_file_is_transcoded_already_is_closed_and_its_asset_goes_on(
    transcoder: Transcoder, episode: Any, later: Any
) -> None:
    given = start(episode).body
    aws.s3().put_object(Bucket="sources", Key=f"sources/{given['asset_id']}", Body=b"a" * 1000)
    deliver(arrived(given["asset_id"]))
    later(hours=25)
    assert (sweep("uploads"), sweep("uploads")) == (1, 0)
    assert act("GET", given).body["status"] == "completed"
    assert asset_of(given)["status"] == "transcoding"


def test_an_upload_that_ends_leaves_no_asset_behind_that_waits_for_it(
    episode: Any, later: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = start(episode).body
    later(hours=25)

    def dies(**_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(aws.dynamodb(), "update_item", dies)  # whatever a second write would be
        assert sweep("uploads") == 1
    assert asset_of(given)["status"] == "canceled"
