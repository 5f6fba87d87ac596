"""What the studio has revoked is not sold: no token, and no coin."""

from typing import Any

import pytest

from functions.studio.handler import handler as studio_handler
from functions.viewing.handler import handler as viewing
from tests.unit.gateway import VIEWER, studio, viewer
from tests.unit.playback.viewing import play, season
from tests.unit.wallet.wallet_steps import buy, coins

COINS = {"unlock": "coins"}


def revoke(**subject: str) -> None:
    body = subject | {"reason": "a complaint"}
    assert studio(studio_handler, "POST /v1/studio/revocations", body).status < 300


def subject_of(kind: str, episode: Any) -> dict[str, str]:
    return {
        "viewer": {"viewer_id": VIEWER},
        "drama": {"drama_id": episode["drama_id"]},
        "episode": {"episode_id": episode["id"]},
    }[kind]


@pytest.mark.parametrize("kind", ["viewer", "drama", "episode"])
@pytest.mark.parametrize("body", [COINS, {"unlock": "none"}], ids=["to buy", "to watch"])
def test_what_is_revoked_is_neither_opened_nor_charged(
    key: str, kind: str, body: dict[str, str]
) -> None:
    free, locked = season(2, free_episodes=1, episode_price=60)
    buy(100)
    wanted = locked if body == COINS else free
    revoke(**subject_of(kind, wanted))
    answer = play(wanted, body)
    assert (answer.status, answer.body["code"]) == (403, "playback_stopped")
    assert coins() == (100, 0, 0)


@pytest.mark.parametrize("kind", ["viewer", "drama"])
def test_a_drama_is_not_sold_as_a_whole_while_it_is_stopped(key: str, kind: str) -> None:
    episodes = season(3, free_episodes=1, episode_price=10)
    buy(100)
    revoke(**subject_of(kind, episodes[0]))
    route = "POST /v1/dramas/{drama_id}/unlock"
    answer = viewer(viewing, route, path={"drama_id": episodes[0]["drama_id"]})
    assert (answer.status, answer.body["code"]) == (403, "playback_stopped")
    assert coins() == (100, 0, 0)


def test_the_other_episodes_of_a_drama_go_on(key: str) -> None:
    first, second = season(2, free_episodes=2)
    revoke(episode_id=first["id"])
    assert (play(first).status, play(second).status) == (403, 200)


def test_a_revoked_session_does_not_keep_its_viewer_from_a_new_one(key: str) -> None:
    (episode,) = season(1, free_episodes=1)
    revoke(session_id=play(episode).body["session_id"])
    assert play(episode).status == 200


def test_what_was_published_again_is_sold_again(key: str) -> None:
    (episode,) = season(1, free_episodes=1)
    path = {"drama_id": episode["drama_id"]}
    for action in ("unpublish", "publish"):
        studio(studio_handler, f"POST /v1/studio/dramas/{{drama_id}}/{action}", path=path)
    assert play(episode).status == 200
