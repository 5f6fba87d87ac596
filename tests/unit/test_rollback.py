"""Rollback: back at once, held there, and on again by publishing."""

from typing import Any

from functions.studio.handler import handler as studio_handler
from tests.unit.gateway import Answer, studio
from tests.unit.pipeline import (
    Transcoder,
    arrived,
    complete,
    deliver,
    live,
    publish,
    upload,
)


def make_ready(transcoder: Transcoder, episode: Any) -> str:
    asset_id = upload(episode)
    deliver(arrived(asset_id))
    deliver(complete(transcoder.jobs[-1]))
    return asset_id


def roll_back(episode: Any, **headers: str) -> Answer:
    route = "POST /v1/studio/episodes/{episode_id}/rollback"
    return studio(studio_handler, route, path={"episode_id": episode["id"]}, headers=headers)


def test_a_rollback_goes_back_at_once_and_holds(transcoder: Transcoder, episode: Any) -> None:
    first, _ = make_ready(transcoder, episode), make_ready(transcoder, episode)
    answer = roll_back(episode)
    assert (answer.status, answer.body["generation"], answer.body["pinned"]) == (200, 1, True)
    deliver(complete(transcoder.jobs[1]))
    make_ready(transcoder, episode)
    assert live(episode) == (1, first)


def test_publishing_again_goes_on_to_the_newest(transcoder: Transcoder, episode: Any) -> None:
    make_ready(transcoder, episode)
    make_ready(transcoder, episode)
    roll_back(episode)
    newest = make_ready(transcoder, episode)
    published = publish(episode)
    assert (published["generation"], published["pinned"]) == (3, False)
    assert live(episode) == (3, newest)


def test_a_retried_rollback_goes_back_once(transcoder: Transcoder, episode: Any) -> None:
    for _ in range(3):
        make_ready(transcoder, episode)
    key = {"idempotency-key": "once"}
    assert roll_back(episode, **key).body["generation"] == 2
    assert roll_back(episode, **key).body["generation"] == 2
    assert roll_back(episode).body["generation"] == 1


def test_there_may_be_nothing_to_go_back_to(transcoder: Transcoder, episode: Any) -> None:
    assert roll_back(episode).body["code"] == "nothing_to_roll_back_to"
    make_ready(transcoder, episode)
    answer = roll_back(episode)
    assert (answer.status, answer.body["code"]) == (409, "nothing_to_roll_back_to")
