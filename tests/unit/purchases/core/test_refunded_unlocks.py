"""Where the stage says so, what refunded coins have opened closes, and is not owed."""

from collections.abc import Callable
from typing import Any, Literal

import pytest

from cliffhanger import aws, clock, dynamo
from cliffhanger.entitlements import merging, refunded, unlocks
from cliffhanger.entitlements.unlocks import Unlocks
from cliffhanger.playback.keyring import Keyring, new_key, save_keyring
from cliffhanger.wallet import changes, ledger
from cliffhanger.wallet import merging as wallets_merge
from functions.identity.handler import handler as identity
from functions.viewing.handler import handler as viewing
from local.stores.apple.records import Notification
from tests.unit.gateway import call
from tests.unit.local_google.running import Play
from tests.unit.playback.viewing import season
from tests.unit.purchases.core.market import ANNA, BORIS, TOKEN, Market, coins, spend

PRICE = 30


class Pool:
    """A user pool in which nobody is surprised by anything."""

    def __getattr__(self, name: str) -> Any:
        return lambda **_: {}


@pytest.fixture(autouse=True)
def keys(stage: None, monkeypatch: pytest.MonkeyPatch) -> None:
    save_keyring("keys", Keyring(keys=[new_key()]))
    monkeypatch.setattr(aws, "cognito", Pool)


@pytest.fixture
def drama(market: Market, going: None) -> list[dict[str, Any]]:
    """Twelve episodes for thirty coins each, of which the first is free."""
    return season(12, free_episodes=1, episode_price=PRICE)


def ask(handler: Any, route: str, body: object = None, viewer: str = ANNA, **more: Any) -> Any:
    claims = {"token_use": "access", "username": viewer}
    return call(handler, route, body, claims=claims, **more)


def watch(episode: dict[str, Any], unlock: str = "coins", viewer: str = ANNA) -> Any:
    path = {"episode_id": episode["id"]}
    body = {"unlock": unlock}
    return ask(viewing, "POST /v1/episodes/{episode_id}/playback", body, viewer, path=path)


def opened(drama: list[dict[str, Any]], viewer: str = ANNA) -> list[int]:
    """The numbers of the episodes that play, by the function that lets them."""
    return [one["number"] for one in drama if watch(one, "none", viewer).status == 200]


def buy(market: Market, viewer: str = ANNA) -> Any:
    bought = market.shop.buy(account_token=TOKEN if viewer == ANNA else None)
    assert market.claim(bought.signed_transaction, viewer=viewer).status == 200
    return bought


def kinds(viewer: str = ANNA) -> list[str]:
    return [entry.kind for entry in ledger.every(viewer, "production")]


def test_what_refunded_coins_have_opened_closes_and_nothing_is_owed(
    market: Market, drama: list[dict[str, Any]]
) -> None:
    bought = buy(market)
    assert [watch(one).body["charged"] for one in drama[1:4]] == [PRICE] * 3
    market.tell(market.shop.refund(bought))
    assert opened(drama) == [1]
    assert coins() == (0, 0, 0)
    assert kinds() == ["purchase", *["unlock"] * 3, *["unlock_undone"] * 3, "refund"]
    named = [entry.cause.episode_id for entry in ledger.every(ANNA, "production")]
    closed = [one["id"] for one in drama[3:0:-1]]
    assert named == [None, *reversed(closed), *closed, None]


def test_where_the_policy_is_that_they_stay_they_stay_and_are_owed(market: Market) -> None:
    some = season(3, free_episodes=1, episode_price=PRICE)
    bought = buy(market)
    watch(some[1])
    market.tell(market.shop.refund(bought))
    assert (opened(some), coins()) == ([1, 2], (0, 0, PRICE))


def test_a_reversed_refund_opens_them_again_and_leaves_what_there_was(
    market: Market, drama: list[dict[str, Any]]
) -> None:
    bought = buy(market)
    for one in drama[1:3]:
        watch(one)
    before = coins()
    market.tell(market.shop.refund(bought))
    market.tell(market.shop.reverse(bought))
    assert (opened(drama), coins()) == ([1, 2, 3], before)


def test_heard_again_and_again_it_closes_and_opens_once(
    market: Market, drama: list[dict[str, Any]]
) -> None:
    bought = buy(market)
    watch(drama[1])
    refund = market.shop.refund(bought)
    market.tell(refund, refund)
    market.tell(refund)
    reverse = market.shop.reverse(bought)
    market.tell(reverse, reverse, refund)
    assert (opened(drama), coins()) == ([1, 2], (80, 0, 0))
    assert kinds().count("unlock_undone") == 1
    assert kinds().count("unlock") == 2


def test_an_episode_that_other_coins_helped_to_pay_stays_and_its_part_is_owed(
    market: Market, drama: list[dict[str, Any]]
) -> None:
    first = buy(market)
    for one in drama[1:4]:
        watch(one)
    buy(market)  # of its bonus ten pay for the next, twenty are left of the first pack's coins
    watch(drama[4])
    market.tell(market.shop.refund(first))
    assert opened(drama) == [1, 5]
    assert coins() == (100, 0, 20)


def test_of_a_part_the_latest_that_are_worth_no_more_close(
    market: Market, drama: list[dict[str, Any]]
) -> None:
    bought = buy(market)
    for one in drama[1:4]:
        watch(one)  # twenty coins are left
    market.tell(market.shop.refund(bought, 50))  # 55 coins: twenty, thirty of the latest, five owed
    assert (opened(drama), coins()) == ([1, 2, 3], (0, 0, 5))
    market.tell(market.shop.refund(bought))
    assert (opened(drama), coins()) == ([1], (0, 0, 0))
    market.tell(market.shop.reverse(bought))
    assert (opened(drama), coins()) == ([1, 2, 3, 4], (20, 0, 0))


def test_the_whole_drama_closes_but_for_what_was_paid_otherwise(
    market: Market, drama: list[dict[str, Any]]
) -> None:
    first = buy(market)
    for one in drama[1:4]:
        watch(one)
    spend(20)  # all of the first pack
    pieces = market.shop.buy(account_token=TOKEN, quantity=4)
    market.claim(pieces.signed_transaction)
    path = {"drama_id": drama[0]["drama_id"]}
    ask(viewing, "POST /v1/dramas/{drama_id}/unlock", path=path, headers={"idempotency-key": "a"})
    before = coins()
    market.tell(market.shop.refund(pieces))
    assert (opened(drama), coins()) == ([1, 2, 3, 4], (0, 0, 0))
    market.tell(market.shop.reverse(pieces))
    assert (opened(drama), coins()) == (list(range(1, 13)), before)
    market.tell(market.shop.refund(first))
    assert (opened(drama), coins()) == (list(range(1, 13)), before)


def test_more_than_one_transaction_holds_all_go(market: Market, going: None) -> None:
    many = season(24, free_episodes=1, episode_price=PRICE)
    pieces = market.shop.buy(account_token=TOKEN, quantity=7)
    market.claim(pieces.signed_transaction)
    for one in many[1:]:
        watch(one)
    before = coins()
    market.tell(market.shop.refund(pieces))
    assert (opened(many), coins()) == ([1], (0, 0, 0))
    market.tell(market.shop.reverse(pieces))
    assert (len(opened(many)), coins()) == (24, before)


def test_a_word_that_was_taken_before_closes_nothing_by_what_google_says_by_now(
    google: Market, play: Play, drama: list[dict[str, Any]]
) -> None:
    sent = play.act("buy", product_id="coins_100", buyer={"account_id": ANNA})
    google.push()
    watch(drama[1])
    before = coins()
    play.act("refund", purchase_token=sent["purchase_token"], lost=True)
    play.act("redeliver")
    google.push()
    assert (opened(drama), coins()) == ([1, 2], before)
    google.reconcile()
    assert (opened(drama), coins()) == ([1], (0, 0, 0))


def test_a_merge_that_moves_unlocks_just_then_keeps_none_of_them_open(
    market: Market, drama: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    bought = buy(market, BORIS)
    for one in drama[1:4]:
        watch(one, viewer=BORIS)
    changes.commit(lambda: (wallets_merge.merge_writes(BORIS, ANNA, now=clock.now()), ()))
    read = refunded._read
    seen: list[str] = []

    def reading(viewer_id: str, drama_id: str) -> Unlocks:
        found = read(viewer_id, drama_id)
        seen.append(viewer_id)
        if len(seen) == 1:
            merging.merge(BORIS, ANNA)
        return found

    monkeypatch.setattr(refunded, "_read", reading)
    market.tell(market.shop.refund(bought))
    assert (opened(drama), coins()) == ([1], (0, 0, 0))


def test_what_cannot_be_opened_again_just_now_is_opened_by_the_sweep(
    market: Market,
    drama: list[dict[str, Any]],
    later: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bought = buy(market)
    watch(drama[1])
    before = coins()
    market.tell(market.shop.refund(bought))
    there = dynamo.create(*unlocks.place(ANNA, drama[0]["drama_id"]))
    with monkeypatch.context() as others:  # who are always faster
        others.setattr(unlocks, "write", lambda *_: there)
        market.tell(market.shop.reverse(bought))
    assert opened(drama) == [1]
    later(minutes=3)
    market.settle()
    assert (opened(drama), coins()) == ([1, 2], before)


def test_what_was_bought_again_meanwhile_is_not_paid_twice(
    market: Market, drama: list[dict[str, Any]]
) -> None:
    bought = buy(market)
    watch(drama[1])
    market.tell(market.shop.refund(bought))
    buy(market)
    assert watch(drama[1]).body["charged"] == PRICE
    market.tell(market.shop.reverse(bought))
    assert (opened(drama), coins()) == ([1, 2], (180, 10, 0))


def test_a_retry_of_an_undone_unlock_is_a_new_wish(
    market: Market, drama: list[dict[str, Any]]
) -> None:
    path, key = {"episode_id": drama[1]["id"]}, {"idempotency-key": "once"}
    route, body = "POST /v1/episodes/{episode_id}/playback", {"unlock": "coins"}
    bought = buy(market)
    ask(viewing, route, body, path=path, headers=key)
    market.tell(market.shop.refund(bought))
    again = ask(viewing, route, body, path=path, headers=key)
    assert (again.status, again.body["code"]) == (402, "insufficient_coins")


def test_a_guest_who_spent_all_and_became_an_account_loses_it_there(
    market: Market, drama: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "cliffhanger.identity.merging._guest_of", lambda sent: sent.guest_refresh_token
    )
    bought = buy(market, BORIS)
    for one in drama[1:4]:
        watch(one, viewer=BORIS)
    ask(identity, "PATCH /v1/me", {}, BORIS)
    body = {"guest_refresh_token": BORIS}
    assert ask(identity, "POST /v1/me/merge", body, headers={"idempotency-key": "m"}).status == 200
    assert opened(drama) == [1, 2, 3, 4]
    refund: Notification = market.shop.refund(bought)
    market.tell(refund)
    assert (opened(drama), coins()) == ([1], (0, 0, 0))
    market.tell(market.shop.reverse(bought))
    assert (opened(drama), coins()) == ([1, 2, 3, 4], (20, 0, 0))


@pytest.mark.parametrize("refunded", ["Production", "Sandbox"])
def test_a_drama_that_a_guest_had_bought_whole_too_with_coins_of_the_other_kind_stays_open(
    market: Market,
    drama: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    refunded: Literal["Production", "Sandbox"],
) -> None:
    monkeypatch.setattr(
        "cliffhanger.identity.merging._guest_of", lambda sent: sent.guest_refresh_token
    )
    other: Any = "Sandbox" if refunded == "Production" else "Production"
    path = {"drama_id": drama[0]["drama_id"]}
    packs = {}
    for viewer, environment in ((ANNA, refunded), (BORIS, other)):
        token = TOKEN if viewer == ANNA else None
        pack = market.shop.buy(account_token=token, quantity=4, environment=environment)
        market.claim(pack.signed_transaction, viewer=viewer)
        route = "POST /v1/dramas/{drama_id}/unlock"
        ask(viewing, route, viewer=viewer, path=path, headers={"idempotency-key": viewer})
        packs[viewer] = pack
    ask(identity, "PATCH /v1/me", {}, BORIS)
    body = {"guest_refresh_token": BORIS}
    assert ask(identity, "POST /v1/me/merge", body, headers={"idempotency-key": "m"}).status == 200
    market.tell(market.shop.refund(packs[ANNA]))
    assert opened(drama) == list(range(1, 13))
    market.tell(market.shop.refund(packs[BORIS]))
    assert opened(drama) == [1]
