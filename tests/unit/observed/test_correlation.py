"""A request is followed to whatever comes of it, by the app's own id or the gateway's."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from cliffhanger import aws, correlation, dynamo, events
from functions.playback_keys import handler as playback_keys
from functions.studio.handler import handler as studio_handler
from functions.transcoding.handler import handler as transcoding
from tests.unit.gateway import studio
from tests.unit.pipeline import Transcoder, arrived, complete, deliver
from tests.unit.purchases.core.market import TOKEN, Market, the_purchase
from tests.unit.written import Written, told

APP = "app-4f2c8a91"
Bus = Callable[[], list[tuple[str, Any]]]


def uploaded(episode: Any, header: str = APP) -> str:
    """The asset of an upload that an app opened under an id of its own."""
    body = {"episode_id": episode["id"], "filename": "a.mp4", "size": 1000}
    body["content_type"] = "video/mp4"
    headers = {"x-correlation-id": header}
    route = "POST /v1/studio/uploads"
    return str(studio(studio_handler, route, body, headers=headers).body["asset_id"])


def ids(lines: list[str]) -> set[str | None]:
    return {one.get("correlation_id") for one in told(lines)}


def test_an_upload_is_followed_to_its_job_and_to_the_event_of_its_end(
    transcoder: Transcoder, episode: Any, bus: Bus, written: Written
) -> None:
    written()
    asset_id = uploaded(episode)
    deliver(arrived(asset_id))
    (job,) = transcoder.jobs
    assert job["UserMetadata"]["correlation_id"] == APP
    deliver(complete(job))
    assert ids(written()) == {APP}
    ((name, detail),) = bus()
    assert (name, detail["correlation_id"]) == ("asset.ready", APP)


def test_a_job_whose_events_were_lost_is_looked_after_under_the_same_id(
    transcoder: Transcoder, episode: Any, bus: Bus, later: Callable[..., None]
) -> None:
    deliver(arrived(uploaded(episode)))
    transcoder.found = {"Status": "COMPLETE"}
    later(minutes=11)
    transcoding({"action": "sweep"}, None)
    ((_, detail),) = bus()
    assert detail["correlation_id"] == APP


@pytest.mark.parametrize("header", ["", "short", "x" * 65, 'a"quote-in-it', "with a space"])
def test_an_id_that_is_no_id_is_replaced_by_the_gateways(
    transcoder: Transcoder, episode: Any, written: Written, header: str
) -> None:
    deliver(arrived(uploaded(episode, header)))
    (job,) = transcoder.jobs
    assert job["UserMetadata"]["correlation_id"] == "request-1"
    assert header not in ids(written())


def test_a_message_that_fails_is_told_by_its_own_id(
    transcoder: Transcoder, written: Written
) -> None:
    record = {"messageId": "0a1b2c3d-message", "body": "{}"}
    transcoding({"Records": [record]}, None)
    assert ids(written()) == {"0a1b2c3d-message"}
    assert correlation.current() is None


def test_a_purchase_is_settled_under_the_id_of_its_claim(
    market: Market, bus: Bus, later: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def publish(_event: object) -> None:
        raise events.NotPublished("ThrottlingException")

    with monkeypatch.context() as broken:
        broken.setattr(events, "publish", publish)
        market.claim(market.shop.buy(account_token=TOKEN).signed_transaction)
    assert the_purchase()["correlation_id"] == "request-1"
    later(minutes=3)
    market.settle()
    ((name, detail),) = bus()
    assert (name, detail["correlation_id"]) == ("purchase.granted", "request-1")


def test_a_notification_is_followed_from_the_door_to_its_effect(
    market: Market, bus: Bus, written: Written
) -> None:
    market.shop.buy(account_token=TOKEN)
    written()
    market.tell_all()
    at_the_door, behind_the_queue = told(written())
    assert at_the_door["message"] == "take_apple_notification"
    assert behind_the_queue["message"] == "notification"
    assert at_the_door["correlation_id"] == behind_the_queue["correlation_id"] == "request-1"
    ((_, detail),) = bus()
    assert detail["correlation_id"] == "request-1"


def test_a_takedown_is_followed_to_the_writer_of_the_edge(
    stage: None, episode: Any, written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = aws.sqs().get_queue_url(QueueName="edge.fifo")["QueueUrl"]
    body = {"drama_id": episode["drama_id"], "reason": "rights"}
    headers = {"x-correlation-id": APP}
    answer = studio(studio_handler, "POST /v1/studio/revocations", body, headers=headers)
    assert answer.status == 201, answer.body
    (message,) = aws.sqs().receive_message(QueueUrl=queue)["Messages"]
    assert json.loads(message["Body"])["correlation_id"] == APP
    monkeypatch.setattr("cliffhanger.edge.follow.look", lambda *_: None)
    written()
    playback_keys.handler({"Records": [{"messageId": "1", "body": message["Body"]}]}, None)
    (line,) = told(written())
    assert line["calls"] == [APP]


def test_what_was_left_before_there_were_ids_is_done_all_the_same(
    transcoder: Transcoder, episode: Any, bus: Bus
) -> None:
    asset_id = uploaded(episode)
    key = dynamo.key(asset_id, "ASSET")
    dynamo.write(dynamo.update("content", key, "REMOVE correlation_id"))
    deliver(arrived(asset_id))
    (job,) = transcoder.jobs
    deliver(complete(job))
    assert [name for name, _ in bus()] == ["asset.ready"]
