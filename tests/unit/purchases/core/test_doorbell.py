"""The stores' doorbell: forged, huge and repeated notifications, and stores that are away."""

from collections.abc import Callable
from typing import Any

import pytest

from cliffhanger import aws
from cliffhanger.purchases.errors import StoreUnavailable
from cliffhanger.purchases.google import api, certificates, push
from local.stores.apple.chain import Chain, make
from tests.unit.local_apple.shop import Shop, open_shop
from tests.unit.local_google.running import Play
from tests.unit.purchases.apple.app import variables
from tests.unit.purchases.core.market import ANNA, TOKEN, Market, coins, kept, the_purchase
from tests.unit.purchases.core.pushing import body, hand_made


def test_a_flood_of_one_notification_grants_once(market: Market) -> None:
    market.shop.buy(account_token=TOKEN)
    (word,) = market.shop.store.state.notifications
    assert {one.status for one in market.ring(*[word] * 40)} == {200}
    assert market.waiting() == 1
    market.work()
    assert coins() == (100, 10, 0)
    assert (len(the_purchase()["heard"]), kept("NOTE#", "NOTE")) == (1, [])


def test_a_flood_of_one_push_grants_once(google: Market, play: Play) -> None:
    told = {"notificationType": 1, "purchaseToken": play.buy(buyer={"account_id": ANNA})}
    for _ in range(20):
        assert hand_made(google, play, "m-1", oneTimeProductNotification=told).status == 200
    assert google.waiting() == 1
    google.work()
    assert coins() == (100, 10, 0)


@pytest.mark.parametrize("size", [201_000, 300_000])
def test_a_notification_that_no_store_would_send_is_refused(
    google: Market, play: Play, size: int
) -> None:
    (answer,) = google.ring("a" * size)
    assert (answer.status, answer.body["code"]) == (413, "notification_too_large")
    answer = hand_made(google, play, testNotification={"version": "1" * size})
    assert (answer.status, answer.body["code"]) == (413, "notification_too_large")
    assert google.waiting() == 0


def test_what_apple_did_not_sign_is_refused_and_never_queued(market: Market, tmp_path: Any) -> None:
    forger: Shop = open_shop(tmp_path / "forger", make())
    forger.buy(account_token=TOKEN)
    good = _word(market)
    forged = [_word_of(forger), "a.b.c", good[:-4] + "AAAA", "e30.e30.e30", "\x00"]
    for one in forged:
        (answer,) = market.ring(one)
        assert (answer.status, answer.body["code"]) == (422, "purchase_not_verified")
    assert market.waiting() == 0
    assert market.ring("")[0].status == 422


def _word(market: Market) -> str:
    market.shop.buy(account_token=TOKEN)
    return _word_of(market.shop)


def _word_of(shop: Shop) -> str:
    return shop.store.state.notifications[-1].signed_payload


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer a.b.c", "Basic YTpi"])
def test_what_google_did_not_sign_is_refused_and_never_queued(
    google: Market, play: Play, authorization: str
) -> None:
    token = play.buy(buyer={"account_id": ANNA})
    told = body(oneTimeProductNotification={"notificationType": 1, "purchaseToken": token})
    assert google.knock(authorization, told).status == 401
    assert google.waiting() == 0


def test_a_push_about_another_app_is_refused(google: Market, play: Play) -> None:
    assert hand_made(google, play, packageName="dev.another.app").status == 422
    assert google.waiting() == 0


def test_a_push_comes_again_when_googles_certificates_cannot_be_had(
    google: Market, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise StoreUnavailable

    certificates._cache.clear()
    monkeypatch.setattr(push, "certificates", away)
    answer = hand_made(google, play, testNotification={"version": "1.0"})
    assert (answer.status, answer.body["code"]) == (503, "store_unavailable")
    assert google.waiting() == 0


def test_a_notification_comes_again_when_apple_cannot_be_asked_about_its_certificates(
    market: Market, chain: Chain, configure: Callable[[dict[str, str]], None]
) -> None:
    signed = _word(market)
    configure(variables(chain, online_checks=True))  # and nobody answers about these
    (answer,) = market.ring(signed)
    assert (answer.status, answer.body["code"]) == (503, "store_unavailable")
    assert market.waiting() == 0


def test_a_notification_comes_again_when_the_queue_does_not_take_it(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = _word(market)
    with monkeypatch.context() as broken:
        broken.setattr(aws, "sqs", lambda: None)
        assert market.ring(signed)[0].status == 500
    assert market.tell(signed) == []
    assert coins() == (100, 10, 0)


def test_a_message_that_fails_keeps_those_behind_it_waiting_and_no_others(
    google: Market, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = api.one_time
    token = play.buy(buyer={"account_id": ANNA}, quantity=2)
    play.act("refund", purchase_token=token, quantity=1)

    def away(wanted: str) -> Any:
        if wanted == token:
            raise StoreUnavailable
        return known(wanted)

    with monkeypatch.context() as partly:
        partly.setattr(api, "one_time", away)
        play.buy(buyer={"account_id": ANNA}, quantity=3)
        assert len(google.push()) == 2
    assert coins() == (300, 30, 0)
