"""Unlocking an episode: when it costs coins, whose, and how often."""

from collections.abc import Callable
from typing import Any

import pytest

from cliffhanger import clock, dynamo, events, ids
from cliffhanger.identity import viewers
from cliffhanger.wallet import ledger
from cliffhanger.wallet.audit import audit
from functions.viewing.handler import handler
from functions.wallet.handler import handler as wallet
from tests.dynamo.backends import on_moto_and_local
from tests.unit.entitlements.owning import (
    access,
    events_of,
    line,
    own,
    set_auto_unlock,
    size,
    stored,
    subscribe,
    unlock_drama,
    write_units,
)
from tests.unit.gateway import VIEWER, Answer, viewer
from tests.unit.playback.viewing import play, season
from tests.unit.wallet.wallet_steps import buy, coins

COINS, NONE = {"unlock": "coins"}, {"unlock": "none"}
Bus = Callable[[], list[tuple[str, Any]]]
pytestmark = on_moto_and_local


def play_with(key: str, episode: Any, body: object) -> Answer:
    route = "POST /v1/episodes/{episode_id}/playback"
    path = {"episode_id": episode["id"]}
    return viewer(handler, route, body, path=path, headers={"idempotency-key": key})


def test_coins_unlock_a_locked_episode_for_good(key: str) -> None:
    episodes = season(3, free_episodes=1, episode_price=60)
    buy(100)
    sitting = play(episodes[1], COINS).body
    assert (sitting["charged"], sitting["open"]) == (60, "1-2")
    assert coins() == (40, 0, 0)
    again = play(episodes[1], COINS).body
    assert (again["charged"], again["open"]) == (0, "1-2")
    assert play(episodes[1], NONE).status == 200
    assert access(episodes[0]["drama_id"]) == ["free", "unlocked", "locked"]
    assert audit(VIEWER).faults == ()


@pytest.mark.parametrize("body", [COINS, NONE, {}])
def test_what_is_free_never_costs_coins(key: str, body: object) -> None:
    (episode,) = season(1, free_episodes=1, episode_price=60)
    buy(100)
    set_auto_unlock(True)
    assert play(episode, body).body["charged"] == 0
    assert coins() == (100, 0, 0)


def test_none_takes_what_is_open_and_costs_nothing(key: str) -> None:
    episodes = season(2, free_episodes=1, episode_price=60)
    buy(100)
    set_auto_unlock(True)
    answer = play(episodes[1], NONE)
    assert (answer.status, answer.body["code"]) == (402, "episode_locked")
    assert (answer.body["price"], answer.body["balance"]) == (60, 100)
    assert coins() == (100, 0, 0)


@pytest.mark.parametrize("wanted", [True, False])
def test_left_out_the_setting_of_the_viewer_decides(key: str, wanted: bool) -> None:
    episodes = season(2, free_episodes=1, episode_price=60)
    buy(100)
    set_auto_unlock(wanted)
    answer = play(episodes[1], {})
    assert (answer.status, coins()[0]) == ((200, 40) if wanted else (402, 100))


def test_a_setting_that_was_just_turned_off_charges_nothing(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    episodes = season(2, free_episodes=1, episode_price=60)
    buy(100)
    set_auto_unlock(True)
    read = dynamo.batch_get

    def stale(*at: Any, consistent: bool = False) -> Any:
        if consistent:
            set_auto_unlock(False)
        return read(*at, consistent=consistent)

    monkeypatch.setattr(dynamo, "batch_get", stale)
    assert play(episodes[1], {}).body["code"] == "episode_locked"
    assert coins() == (100, 0, 0)


def test_vip_opens_everything_and_costs_no_coins(key: str) -> None:
    episodes = season(3, free_episodes=1, episode_price=60)
    buy(100)
    subscribe()
    sitting = play(episodes[2], COINS).body
    assert (sitting["charged"], sitting["open"]) == (0, "1-3")
    assert access(episodes[0]["drama_id"]) == ["free", "vip", "vip"]
    assert coins() == (100, 0, 0)


def test_vip_of_another_drama_or_of_the_past_opens_nothing(key: str) -> None:
    episodes = season(2, free_episodes=1, episode_price=60)
    subscribe(line(opens=(ids.new("drm"),)), "1")
    subscribe(line(expires_at=clock.now()), "2")
    subscribe(line("billing_retry"), "3")
    assert access(episodes[0]["drama_id"]) == ["free", "locked"]
    subscribe(line(opens=(episodes[0]["drama_id"],)), "4")
    assert access(episodes[0]["drama_id"]) == ["free", "vip"]


def test_what_is_unlocked_stays_so_when_vip_ends(key: str, later: Callable[..., None]) -> None:
    episodes = season(3, free_episodes=1, episode_price=60)
    buy(60)
    play(episodes[1], COINS)
    subscribe()
    assert access(episodes[0]["drama_id"]) == ["free", "unlocked", "vip"]
    later(days=7)
    assert access(episodes[0]["drama_id"]) == ["free", "unlocked", "locked"]


def test_the_next_episode_says_why_it_is_open_and_costs_nothing_then(key: str) -> None:
    episodes = season(3, free_episodes=1, episode_price=60)
    buy(60)
    play(episodes[1], COINS)
    following = play(episodes[0]).body["next"]
    assert (following["access"], following["price"]) == ("unlocked", 0)
    following = play(episodes[1]).body["next"]
    assert (following["access"], following["price"]) == ("locked", 60)
    subscribe()
    following = play(episodes[1]).body["next"]
    assert (following["access"], following["price"]) == ("vip", 0)


def test_too_few_coins_tell_the_price_and_the_balance_and_unlock_nothing(key: str) -> None:
    episodes = season(2, free_episodes=1, episode_price=60)
    buy(30, 12)
    buy(59, environment="sandbox")
    answer = play(episodes[1], COINS)
    assert (answer.status, answer.body["code"]) == (402, "insufficient_coins")
    assert (answer.body["price"], answer.body["balance"]) == (60, 42)
    assert stored(episodes[0]["drama_id"]).version == 0


def test_the_sandbox_pays_where_real_coins_do_not_suffice_and_is_kept_apart(key: str) -> None:
    episodes = season(3, free_episodes=1, episode_price=60)
    drama_id = episodes[0]["drama_id"]
    buy(70)
    buy(100, environment="sandbox")
    assert play(episodes[1], COINS).body["charged"] == 60
    assert play(episodes[2], COINS).body["charged"] == 60
    assert coins() == (10, 0, 0)
    assert [one.kind for one in ledger.every(VIEWER, "sandbox")] == ["purchase", "unlock"]
    held = stored(drama_id)
    assert (held.slots, held.sandbox) == (
        bytes([1 << episodes[1]["slot"]]),
        bytes([1 << episodes[2]["slot"]]),
    )
    assert access(drama_id) == ["free", "unlocked", "unlocked"]


def test_the_ledger_says_what_was_unlocked_and_by_which_request(key: str) -> None:
    episodes = season(2, free_episodes=1, episode_price=60)
    buy(60)
    play(episodes[1], COINS)
    entry = list(ledger.every(VIEWER, "production"))[-1]
    assert entry.cause.kind == "unlock"
    assert entry.cause.id == f"{episodes[1]['drama_id']}/{episodes[1]['slot']}"
    assert entry.key is not None


def test_the_app_is_told_by_ids_what_was_unlocked(key: str) -> None:
    episodes = season(3, free_episodes=1, episode_price=60)
    buy(180)
    play(episodes[1], COINS)
    drama_id, episode_id = episodes[1]["drama_id"], episodes[1]["id"]
    unlock_drama(drama_id)
    whole, one, bought = viewer(wallet, "GET /v1/wallet/entries").body["items"]
    assert (whole["drama_id"], whole["episode_id"]) == (drama_id, None)
    assert (one["drama_id"], one["episode_id"]) == (drama_id, episode_id)
    assert (bought["drama_id"], bought["episode_id"]) == (None, None)
    assert one["cause"] == {"kind": "unlock", "id": f"{drama_id}/{episodes[1]['slot']}"}


def test_a_deleted_viewer_is_refused_and_charged_nothing(key: str) -> None:
    episodes = season(2, free_episodes=1, episode_price=60)
    buy(60)
    dynamo.write(viewers.bury(VIEWER, clock.now()))
    answer = play(episodes[1], COINS)
    assert (answer.status, answer.body["code"]) == (401, "viewer_deleted")
    assert coins() == (60, 0, 0)


def test_without_a_playback_key_nothing_is_charged(stage: None) -> None:
    episodes = season(2, free_episodes=1, episode_price=60)
    buy(60)
    assert play(episodes[1], COINS).body["code"] == "playback_unavailable"
    assert coins() == (60, 0, 0)


def test_a_retry_with_its_key_is_told_the_same_charge(key: str) -> None:
    episodes = season(2, free_episodes=1, episode_price=60)
    buy(200)
    first = play_with("once", episodes[1], COINS).body
    again = play_with("once", episodes[1], COINS).body
    assert (first["charged"], again["charged"]) == (60, 60)
    assert play_with("another", episodes[1], COINS).body["charged"] == 0
    assert coins() == (140, 0, 0)


def test_the_keys_of_the_latest_charges_pay_for_nothing_else_whatever_the_drama(key: str) -> None:
    one, other = (season(5, free_episodes=1, episode_price=10) for _ in range(2))
    buy(200)
    for name, episode in zip("abcd", one[1:], strict=True):
        assert play_with(name, episode, COINS).body["charged"] == 10
    for name in "abcd":
        answer = play_with(name, other[1], COINS)
        assert (answer.status, answer.body["code"]) == (422, "idempotency_key_reused")
    assert play_with("e", other[1], COINS).body["charged"] == 10
    for name, episode in zip("abcd", one[1:], strict=True):
        assert play_with(name, episode, COINS).status == 200
    assert coins() == (150, 0, 0)


def test_a_key_that_charged_is_not_taken_for_anything_else_of_the_drama(key: str) -> None:
    episodes = season(3, free_episodes=1, episode_price=60)
    buy(200)
    play_with("once", episodes[1], COINS)
    for episode, body in ((episodes[2], COINS), (episodes[1], NONE), (episodes[0], COINS)):
        answer = play_with("once", episode, body)
        assert (answer.status, answer.body["code"]) == (422, "idempotency_key_reused")
    assert coins() == (140, 0, 0)


def test_a_refusal_is_not_remembered_as_a_charge(key: str) -> None:
    episodes = season(2, free_episodes=1, episode_price=60)
    assert play_with("once", episodes[1], COINS).status == 402
    buy(60)
    assert play_with("once", episodes[1], COINS).body["charged"] == 60


def test_the_bus_is_told_once_and_again_with_the_same_id_on_a_retry(key: str, bus: Bus) -> None:
    episodes = season(2, free_episodes=1, episode_price=60)
    buy(60)
    for word in ("once", "another", "once"):
        play_with(word, episodes[1], COINS)
    first, again = events_of(bus())
    assert first == again
    assert (first["viewer_id"], first["episode_id"]) == (VIEWER, episodes[1]["id"])
    assert (first["coins"], first["environment"]) == (60, "production")


def test_a_charge_that_the_bus_did_not_hear_of_is_told_by_the_retry(
    key: str, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    episodes = season(2, free_episodes=1, episode_price=60)
    buy(100)

    def down(_: events.DomainEvent) -> None:
        raise events.NotPublished("unavailable")

    with monkeypatch.context() as broken:
        broken.setattr(events, "publish", down)
        assert play_with("once", episodes[1], COINS).status == 500
    assert play_with("once", episodes[1], COINS).body["charged"] == 60
    assert len(events_of(bus())) == 1
    assert coins() == (40, 0, 0)


def test_vip_and_unlocks_are_read_for_one_read_unit(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a unit for each 4 KB of an item that is read eventually consistently."""
    episodes = season(2, free_episodes=1, episode_price=60)
    own(episodes[0]["drama_id"], range(1, 2000))
    for number in range(10):
        subscribe(line(store="google"), str(number))
    asked: list[bool] = []
    found: list[int] = []
    read = dynamo.batch_get

    def note(*at: Any, consistent: bool = False) -> Any:
        items = read(*at, consistent=consistent)
        asked.append(consistent)
        found.extend(
            size(one) for one in items if one and one["sk"].startswith(("VIEWER", "UNLOCK"))
        )
        return items

    monkeypatch.setattr(dynamo, "batch_get", note)
    assert play(episodes[1], NONE).status == 200
    assert asked == [False]
    assert len(found) == 2
    assert max(found) <= 4096


def test_a_warm_check_of_free_vip_or_unlocked_is_one_round_trip(
    key: str, table_calls: list[str]
) -> None:
    episodes = season(3, free_episodes=1, episode_price=60)
    buy(60)
    play(episodes[1], COINS)
    subscribe()
    for episode in episodes:
        table_calls.clear()
        assert play(episode, COINS).status == 200
        assert table_calls == ["BatchGetItem"]


def test_a_warm_unlock_is_one_round_trip_more(key: str, table_calls: list[str]) -> None:
    episodes = season(3, free_episodes=1, episode_price=60)
    buy(120)
    play(episodes[1], COINS)
    table_calls.clear()
    play(episodes[2], COINS)
    assert table_calls == ["BatchGetItem", "TransactWriteItems"]


def test_an_unlock_by_the_viewers_setting_looks_once_more_before_it_charges(
    key: str, table_calls: list[str]
) -> None:
    episodes = season(3, free_episodes=1, episode_price=60)
    buy(120)
    set_auto_unlock(True)
    play(episodes[1], {})
    table_calls.clear()
    play(episodes[2], {})
    assert table_calls == ["BatchGetItem", "BatchGetItem", "TransactWriteItems"]


def test_an_unlock_writes_three_items_of_at_most_two_units_each(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    episodes = season(2, free_episodes=1, episode_price=60)
    buy(60)
    seen: list[dynamo.Write] = []
    transact = dynamo.transact

    def note(*writes: dynamo.Write) -> None:
        seen.extend(writes)
        transact(*writes)

    monkeypatch.setattr(dynamo, "transact", note)
    play(episodes[1], COINS)
    assert len(seen) == 3
    assert sum(write_units(one) for one in seen) == 6
