"""Buying a drama as a whole."""

from collections.abc import Callable
from typing import Any

import pytest

from cliffhanger import dynamo
from functions.catalog.handler import handler as catalog
from functions.studio.handler import handler as studio_handler
from tests.unit.entitlements.owning import (
    access,
    bundle_price,
    events_of,
    shown,
    stored,
    subscribe,
    unlock_drama,
    write_units,
)
from tests.unit.gateway import call, studio
from tests.unit.pipeline import make_playable, new_drama, new_episode, publish
from tests.unit.playback.viewing import play, season
from tests.unit.wallet.wallet_steps import buy, coins

COINS = {"unlock": "coins"}


@pytest.mark.parametrize(
    ("discount", "price", "charged"),
    [(0, 60, 180), (25, 60, 135), (33, 7, 14), (90, 1, 1), (90, 100, 30)],
)
def test_the_price_is_that_of_what_is_locked_less_the_discount_in_whole_coins(
    key: str, discount: int, price: int, charged: int
) -> None:
    episodes = season(5, free_episodes=2, episode_price=price, bundle_discount=discount)
    buy(500)
    assert bundle_price(episodes[0]["drama_id"]) == charged, "it is shown before"
    bought = unlock_drama(episodes[0]["drama_id"]).body
    assert (bought["charged"], bought["open"]) == (charged, "1-5")
    assert bought["wallet"]["paid"] == 500 - charged == coins()[0]
    assert access(episodes[0]["drama_id"]) == ["free"] * 2 + ["unlocked"] * 3


def test_what_is_unlocked_already_is_not_paid_for_again(key: str) -> None:
    episodes = season(4, free_episodes=1, episode_price=60, bundle_discount=50)
    buy(500)
    play(episodes[2], COINS)
    assert bundle_price(episodes[0]["drama_id"]) == 60
    assert unlock_drama(episodes[0]["drama_id"]).body["charged"] == 60


def test_an_episode_that_comes_later_is_open_too(key: str) -> None:
    drama = new_drama(free_episodes=0, episode_price=60)
    first = new_episode(drama, 1)
    for made in (lambda: make_playable(first), lambda: publish(first), lambda: publish(drama)):
        made()
    buy(60)
    unlock_drama(drama["id"])
    second = new_episode(drama, 2)
    make_playable(second)
    publish(second)
    sitting = play(second, {"unlock": "none"}).body
    assert (sitting["charged"], sitting["open"]) == (0, "1-2")
    assert unlock_drama(drama["id"]).body["charged"] == 0


def test_a_hidden_episode_is_not_paid_for(key: str) -> None:
    episodes = season(3, free_episodes=0, episode_price=60)
    buy(500)
    drama_id = episodes[0]["drama_id"]
    path = {"drama_id": drama_id, "episode_id": episodes[2]["id"]}
    route = "POST /v1/studio/dramas/{drama_id}/episodes/{episode_id}/unpublish"
    studio(studio_handler, route, path=path)
    assert unlock_drama(drama_id).body["charged"] == 120


@pytest.mark.parametrize("why", ["free", "vip", "each"])
def test_where_nothing_is_locked_nothing_is_charged_and_nothing_is_owned(
    key: str, why: str
) -> None:
    free = 2 if why == "free" else 1
    episodes = season(2, free_episodes=free, episode_price=60)
    buy(500)
    if why == "vip":
        subscribe()
    if why == "each":
        play(episodes[1], COINS)
    before = coins()
    assert bundle_price(episodes[0]["drama_id"]) is None
    bought = unlock_drama(episodes[0]["drama_id"]).body
    assert (bought["charged"], bought["open"]) == (0, "1-2")
    assert bought["wallet"]["paid"] == before[0] == coins()[0]
    assert stored(episodes[0]["drama_id"]).whole is None


def test_every_page_of_a_long_drama_shows_the_price_of_all_of_it(key: str) -> None:
    episodes = season(4, free_episodes=1, episode_price=60, bundle_discount=10)
    drama_id = episodes[0]["drama_id"]
    first = shown(drama_id, limit="2")
    assert bundle_price(drama_id, limit="2", cursor=first["next_cursor"]) == 162
    assert first["bundle_price"] == 162


def test_a_drama_that_was_bought_has_no_price_any_more(key: str) -> None:
    episodes = season(2, free_episodes=1, episode_price=60)
    buy(60)
    unlock_drama(episodes[0]["drama_id"])
    assert bundle_price(episodes[0]["drama_id"]) is None


def test_too_few_coins_buy_nothing_of_it(key: str) -> None:
    episodes = season(3, free_episodes=1, episode_price=60)
    buy(119)
    answer = unlock_drama(episodes[0]["drama_id"])
    assert (answer.status, answer.body["code"]) == (402, "insufficient_coins")
    assert (answer.body["price"], answer.body["balance"]) == (120, 119)
    assert access(episodes[0]["drama_id"]) == ["free", "locked", "locked"]


def test_the_sandbox_buys_it_apart_and_the_answer_shows_that_wallet(key: str) -> None:
    episodes = season(2, free_episodes=1, episode_price=60)
    buy(10)
    buy(100, environment="sandbox")
    drama_id = episodes[0]["drama_id"]
    for _ in range(2):
        bought = unlock_drama(drama_id, key="once").body
        assert (bought["charged"], bought["wallet"]["paid"]) == (60, 40)
    assert coins() == (10, 0, 0)
    held = stored(drama_id)
    assert (held.slots, held.whole) == (b"", "sandbox")


def test_a_retry_is_told_the_same_and_another_key_that_nothing_is_locked(
    key: str, bus: Callable[[], list[tuple[str, Any]]]
) -> None:
    episodes = season(3, free_episodes=1, episode_price=60)
    buy(500)
    told = [
        unlock_drama(episodes[0]["drama_id"], key=word).body["charged"]
        for word in ("once", "once", "another")
    ]
    assert told == [120, 120, 0]
    assert coins() == (380, 0, 0)
    first, again = events_of(bus())
    assert first == again
    assert (first["episode_id"], first["coins"]) == (None, 120)


def test_a_drama_that_is_not_published_is_not_sold(key: str) -> None:
    buy(500)
    answer = unlock_drama(new_drama()["id"])
    assert (answer.status, answer.body["code"]) == (404, "drama_not_found")
    assert coins() == (500, 0, 0)


def test_a_discount_is_whole_percent_up_to_ninety_and_can_be_changed(stage: None) -> None:
    drama = new_drama()
    publish(drama)
    assert drama["bundle_discount"] == 0
    route, path = "PATCH /v1/studio/dramas/{drama_id}", {"drama_id": drama["id"]}
    changed = studio(studio_handler, route, {"bundle_discount": 90}, path=path).body
    seen = call(catalog, "GET /v1/dramas/{drama_id}", path=path).body
    assert changed["bundle_discount"] == seen["bundle_discount"] == 90
    for wrong in (91, -1, 1.5, "10"):
        assert studio(studio_handler, route, {"bundle_discount": wrong}, path=path).status == 422


def test_a_drama_that_is_older_than_discounts_has_none(key: str) -> None:
    episodes = season(2, free_episodes=1, episode_price=60)
    drama_key = dynamo.key(episodes[0]["drama_id"], "DRAMA")
    dynamo.write(dynamo.update("content", drama_key, "REMOVE #bundle_discount"))
    buy(60)
    assert unlock_drama(episodes[0]["drama_id"]).body["charged"] == 60


def test_a_whole_drama_takes_as_many_write_units_as_an_episode(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    episodes = season(12, free_episodes=1, episode_price=60)
    buy(5000)
    seen: list[dynamo.Write] = []
    transact = dynamo.transact

    def note(*writes: dynamo.Write) -> None:
        seen.extend(writes)
        transact(*writes)

    monkeypatch.setattr(dynamo, "transact", note)
    unlock_drama(episodes[0]["drama_id"])
    assert sum(write_units(one) for one in seen) == 6
