"""A sitting that is refused: why, and what would help."""

import json

import pytest

from cliffhanger import aws, dynamo
from cliffhanger.playback.keyring import Keyring, new_key, save_keyring
from functions.studio.handler import handler as studio_handler
from tests.unit.gateway import VIEWER, studio
from tests.unit.playback.viewing import play, season


@pytest.mark.parametrize(("wallet", "balance"), [(None, 0), ({"paid": 30, "bonus": 12}, 42)])
def test_a_locked_episode_tells_its_price_and_what_there_is(
    key: str, wallet: dict[str, int] | None, balance: int
) -> None:
    episodes = season(2, free_episodes=1, episode_price=60)
    if wallet:
        dynamo.write(dynamo.put("commerce", dynamo.key(VIEWER, "WALLET") | wallet))
    answer = play(episodes[1])
    assert (answer.status, answer.body["code"]) == (402, "episode_locked")
    assert (answer.body["price"], answer.body["balance"]) == (60, balance)


def test_what_is_hidden_plays_for_nobody(key: str) -> None:
    first, second = season(2, free_episodes=2)
    path = {"drama_id": first["drama_id"], "episode_id": second["id"]}
    route = "POST /v1/studio/dramas/{drama_id}"
    studio(studio_handler, f"{route}/episodes/{{episode_id}}/unpublish", path=path)
    hidden = play(second)
    assert (hidden.status, hidden.body["code"]) == (404, "episode_not_found")
    assert play(first).body["open"] == "1"
    studio(studio_handler, f"{route}/unpublish", path=path)
    gone = play(first)
    assert (gone.status, gone.body["code"]) == (404, "episode_not_found")


@pytest.mark.parametrize("episode_id", ["ep_01JD0000000000000000000000", "ep_1", "x"])
def test_an_episode_that_never_was_is_not_found(key: str, episode_id: str) -> None:
    answer = play({"id": episode_id})
    assert (answer.status, answer.body["code"]) == (404, "episode_not_found")


@pytest.mark.parametrize("body", [{"unlock": "ad"}, {"price": 1}, []])
def test_a_wish_that_is_not_known_is_refused(key: str, body: object) -> None:
    assert play({"id": "ep_1"}, body or [1]).status == 422


def test_without_a_key_playback_is_not_set_up(stage: None) -> None:
    (episode,) = season(1)
    answer = play(episode)
    assert (answer.status, answer.body["code"]) == (503, "playback_unavailable")
    save_keyring("keys", Keyring(keys=[new_key()]))
    assert play(episode).status == 200, "an empty ring is not kept for a minute"


def test_no_key_leaves_the_secret(key: str) -> None:
    (episode,) = season(1)
    text = aws.secrets().get_secret_value(SecretId="keys")["SecretString"]
    secret = json.loads(text)["keys"][0]["secret"]
    assert secret not in play(episode).text
