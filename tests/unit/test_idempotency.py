"""Idempotency keys: what one is bound to, and what is kept of it."""

from datetime import timedelta
from typing import Any

import pytest

from cliffhanger import aws, clock, dynamo
from functions.studio.handler import handler
from tests.unit.gateway import Answer, call, studio
from tests.unit.pipeline import make_playable, new_drama, new_episode

KEY = {"idempotency-key": "once"}
DRAMA = {"title": {"en": "A"}, "original_language": "en", "free_episodes": 1, "episode_price": 60}
EPISODE = {"number": 1, "title": {"en": "A"}}


def add_episode(drama: Any) -> Answer:
    route = "POST /v1/studio/dramas/{drama_id}/episodes"
    return studio(handler, route, EPISODE, path={"drama_id": drama["id"]}, headers=KEY)


def roll_back(episode: Any) -> Answer:
    route = "POST /v1/studio/episodes/{episode_id}/rollback"
    return studio(handler, route, path={"episode_id": episode["id"]}, headers=KEY)


def kept() -> list[dict[str, Any]]:
    items: list[Any] = aws.dynamodb().scan(TableName="content")["Items"]
    found = [{name: dynamo.decode(one) for name, one in item.items()} for item in items]
    return [item for item in found if item["sk"] == "IDEMPOTENCY"]


def test_the_same_body_in_another_order_is_the_same_request(stage: None) -> None:
    first = studio(handler, "POST /v1/studio/dramas", DRAMA, headers=KEY)
    turned = dict(reversed(DRAMA.items()))
    again = studio(handler, "POST /v1/studio/dramas", turned, headers=KEY)
    assert (again.status, again.body) == (201, first.body)


def test_a_key_belongs_to_one_operation(stage: None) -> None:
    drama = studio(handler, "POST /v1/studio/dramas", DRAMA, headers=KEY).body
    assert add_episode(drama).status == 201


def test_a_key_does_not_answer_for_another_drama(stage: None) -> None:
    first, second = new_drama(), new_drama()
    assert add_episode(first).status == 201
    answer = add_episode(second)
    assert (answer.status, answer.body["code"]) == (422, "idempotency_key_reused")
    assert add_episode(first).body["drama_id"] == first["id"]


def test_a_key_does_not_stand_for_the_rollback_of_another_episode(stage: None) -> None:
    drama = new_drama()
    episodes = [new_episode(drama, number) for number in (1, 2)]
    for episode in episodes:
        make_playable(episode, generation=1)
        make_playable(episode, generation=2)
    assert roll_back(episodes[0]).body["generation"] == 1
    answer = roll_back(episodes[1])
    assert (answer.status, answer.body["code"]) == (422, "idempotency_key_reused")


def test_nothing_that_was_sent_is_kept_and_nothing_for_long(stage: None) -> None:
    key = {"idempotency-key": "a key of a client"}
    studio(handler, "POST /v1/studio/dramas", DRAMA | {"title": {"en": "Words"}}, headers=key)
    (guard,) = kept()
    assert "a key of a client" not in str(guard)
    assert "Words" not in str(guard)
    left = guard["expires_at"] - clock.now().timestamp()
    assert timedelta(days=6).total_seconds() < left < timedelta(days=8).total_seconds()


def test_a_creation_that_was_refused_uses_up_no_key(stage: None) -> None:
    drama = new_drama()
    new_episode(drama, 1)
    assert add_episode(drama).body["code"] == "episode_number_taken"
    other = {"drama_id": drama["id"]}
    route = "POST /v1/studio/dramas/{drama_id}/episodes"
    answer = studio(handler, route, EPISODE | {"number": 2}, path=other, headers=KEY)
    assert answer.status == 201


@pytest.mark.parametrize("claims", [{}, {"token_use": "id", "username": "vwr_1"}])
def test_a_key_opens_no_door(stage: None, claims: dict[str, str]) -> None:
    studio(handler, "POST /v1/studio/dramas", DRAMA, headers=KEY)
    answer = call(handler, "POST /v1/studio/dramas", DRAMA, headers=KEY, claims=claims)
    assert answer.status == 401
