"""What the studio has revoked is not sold: no token, and no coin."""

from collections.abc import Callable
from typing import Any

import pytest

from functions.studio.handler import handler as studio_handler
from tests.unit.entitlements.owning import bundle_price, unlock_drama
from tests.unit.gateway import VIEWER, studio
from tests.unit.pipeline import publish
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
    answer = unlock_drama(episodes[0]["drama_id"])
    assert (answer.status, answer.body["code"]) == (403, "playback_stopped")
    assert coins() == (100, 0, 0)


def test_a_drama_is_sold_without_the_episode_that_is_stopped(key: str) -> None:
    episodes = season(4, free_episodes=1, episode_price=10)
    buy(100)
    revoke(episode_id=episodes[2]["id"])
    assert bundle_price(episodes[0]["drama_id"]) == 20
    bought = unlock_drama(episodes[0]["drama_id"]).body
    assert (bought["charged"], bought["open"]) == (20, "1-2,4")
    assert play(episodes[2], COINS).body["code"] == "playback_stopped"
    assert coins() == (80, 0, 0)


def test_what_was_stopped_when_the_drama_was_bought_is_open_when_it_comes_back(
    key: str, later: Callable[..., None]
) -> None:
    episodes = season(3, free_episodes=1, episode_price=10)
    buy(100)
    revoke(episode_id=episodes[2]["id"])
    unlock_drama(episodes[0]["drama_id"])
    later(hours=2)
    assert play(episodes[2], {"unlock": "none"}).status == 200
    again = unlock_drama(episodes[0]["drama_id"]).body
    assert (again["charged"], again["open"]) == (0, "1-3")


def test_a_drama_of_which_all_that_is_locked_is_stopped_is_not_sold(key: str) -> None:
    episodes = season(2, free_episodes=1, episode_price=10)
    buy(100)
    revoke(episode_id=episodes[1]["id"])
    assert bundle_price(episodes[0]["drama_id"]) is None
    answer = unlock_drama(episodes[0]["drama_id"])
    assert (answer.status, answer.body["code"]) == (403, "playback_stopped")
    assert coins() == (100, 0, 0)


@pytest.mark.parametrize("how", ["its time passes", "it is published"])
def test_an_episode_that_is_stopped_no_more_is_sold_with_its_drama(
    key: str, later: Callable[..., None], how: str
) -> None:
    episodes = season(3, free_episodes=1, episode_price=10)
    buy(100)
    revoke(episode_id=episodes[2]["id"])
    if how == "it is published":
        publish(episodes[2])
    else:
        later(hours=2)
    assert unlock_drama(episodes[0]["drama_id"]).body["charged"] == 20


def test_a_retry_is_told_the_same_though_an_episode_was_stopped_meanwhile(key: str) -> None:
    episodes = season(2, free_episodes=1, episode_price=10)
    buy(100)
    drama_id = episodes[0]["drama_id"]
    unlock_drama(drama_id, key="once")
    revoke(episode_id=episodes[1]["id"])
    assert unlock_drama(drama_id, key="once").body["charged"] == 10


def test_to_buy_a_drama_reads_once_however_much_of_it_is_stopped(
    key: str, table_calls: list[str]
) -> None:
    episodes = season(4, free_episodes=1, episode_price=10)
    buy(100)
    drama_id = episodes[0]["drama_id"]
    for one in episodes[2:]:
        revoke(episode_id=one["id"])
    play(episodes[0])  # the manifest is known
    table_calls.clear()
    assert unlock_drama(drama_id).body["charged"] == 10
    assert table_calls == ["BatchGetItem", "TransactWriteItems"]


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
