"""Notifications reach the app's server as Apple's do, as far as the store's own clock goes."""

import itertools
from pathlib import Path

import pytest

from local.stores.apple.chain import Chain
from local.stores.apple.errors import StoreError
from tests.unit.local_apple.shop import Shop, open_shop, unverified

HOUR, DAY = 3600, 86_400
FAILED = "UNSUCCESSFUL_HTTP_RESPONSE_CODE"


def hours_between(shop: Shop) -> list[int]:
    moments = [moment for moment, _ in shop.post.received]
    return [round((after - before) / 3_600_000) for before, after in itertools.pairwise(moments)]


def test_a_server_that_never_answers_is_tried_six_times_and_then_left_alone(shop: Shop) -> None:
    shop.post.results = [FAILED] * 10
    shop.buy()
    shop.courier.tick()
    assert len(shop.post.received) == 1
    shop.courier.advance(30 * DAY)
    assert hours_between(shop) == [1, 12, 24, 48, 72]
    assert len({payload for _, payload in shop.post.received}) == 1


def test_it_is_not_tried_again_before_its_hour_has_come(shop: Shop) -> None:
    shop.post.results = [FAILED]
    shop.buy()
    shop.courier.advance(HOUR - 60)
    assert len(shop.post.received) == 1
    shop.courier.advance(120)
    assert len(shop.post.received) == 2


def test_a_success_ends_it(shop: Shop) -> None:
    shop.post.results = [FAILED, "SUCCESS"]
    shop.buy()
    shop.courier.advance(30 * DAY)
    attempts = shop.store.state.notifications[0].attempts
    assert [one.result for one in attempts] == [FAILED, "SUCCESS"]


def test_the_sandbox_tries_once(tmp_path: Path, chain: Chain) -> None:
    shop = open_shop(tmp_path, chain, "Sandbox")
    shop.post.results = [FAILED] * 10
    shop.buy()
    shop.courier.advance(30 * DAY)
    assert len(shop.post.received) == 1


def test_what_was_not_delivered_yet_is_delivered_after_a_restart(
    tmp_path: Path, chain: Chain
) -> None:
    shop = open_shop(tmp_path, chain)
    with shop.store.changing():
        bought = shop.buy()
    again = open_shop(tmp_path, chain)
    again.courier.tick()
    assert [unverified(sent)["notificationType"] for _, sent in again.post.received] == [
        "ONE_TIME_CHARGE"
    ]
    assert again.transaction(bought) == shop.transaction(bought)


def test_a_subscription_renews_itself_as_often_as_its_period_has_passed(shop: Shop) -> None:
    bought = shop.subscribe(period="P1W")
    shop.courier.advance(22 * DAY)
    told = [unverified(sent) for _, sent in shop.post.received]
    assert [one["notificationType"] for one in told] == ["SUBSCRIBED"] + ["DID_RENEW"] * 3
    periods = [unverified(one["data"]["signedTransactionInfo"]) for one in told]
    assert len({one["transactionId"] for one in periods}) == 4
    assert {one["originalTransactionId"] for one in periods} == {bought.original_transaction_id}
    for before, after in itertools.pairwise(periods):
        assert after["purchaseDate"] == before["expiresDate"]


def test_a_cancelled_one_ends_with_its_period_and_stays_ended(shop: Shop) -> None:
    bought = shop.subscribe(period="P1M")
    shop.cancel(bought)
    shop.courier.advance(100 * DAY)
    told = [unverified(sent) for _, sent in shop.post.received]
    assert [(one["notificationType"], one.get("subtype")) for one in told[1:]] == [
        ("DID_CHANGE_RENEWAL_STATUS", "AUTO_RENEW_DISABLED"),
        ("EXPIRED", "VOLUNTARY"),
    ]


def test_without_money_the_grace_ends_and_two_months_later_the_subscription(shop: Shop) -> None:
    bought = shop.subscribe()
    shop.fail(bought, grace_days=16)
    shop.courier.advance(15 * DAY)
    assert shop.store.status(shop.line(bought)) == 4
    shop.courier.advance(2 * DAY)
    assert shop.store.status(shop.line(bought)) == 3
    shop.courier.advance(60 * DAY)
    assert shop.store.status(shop.line(bought)) == 2
    told = [unverified(sent) for _, sent in shop.post.received]
    assert [(one["notificationType"], one.get("subtype")) for one in told[1:]] == [
        ("DID_FAIL_TO_RENEW", "GRACE_PERIOD"),
        ("GRACE_PERIOD_EXPIRED", None),
        ("EXPIRED", "BILLING_RETRY"),
    ]


def test_what_comes_again_is_the_same_to_the_letter(shop: Shop) -> None:
    shop.buy()
    shop.subscribe()
    shop.courier.tick()
    pack, begun = (payload for _, payload in shop.post.received)
    told = shop.courier.redeliver(1)
    shop.courier.tick()
    assert [payload for _, payload in shop.post.received] == [pack, begun, begun]
    assert told == [unverified(begun)["notificationUUID"]]
    assert len(shop.courier.redeliver(9)) == 2
    shop.courier.tick()
    assert [payload for _, payload in shop.post.received][3:] == [pack, begun]


def test_what_comes_again_and_fails_is_tried_again_as_anything(shop: Shop) -> None:
    shop.buy()
    shop.courier.tick()
    shop.courier.redeliver(1)
    shop.post.results = [FAILED] * 10
    shop.courier.advance(30 * DAY)
    assert len(shop.store.state.notifications[0].attempts) == 1 + 5


def test_what_is_lost_arrives_never_and_stands_in_the_history_as_failed(shop: Shop) -> None:
    with shop.store.losing(lost=True):
        bought = shop.subscribe()
    shop.courier.advance(6 * DAY)
    assert shop.post.received == []
    (lost,) = shop.store.state.notifications
    assert [one.result for one in lost.attempts] == ["NO_RESPONSE"]
    shop.cancel(bought)
    shop.courier.tick()
    assert len(shop.post.received) == 1, "the next one arrives"


def test_time_does_not_go_back(shop: Shop) -> None:
    with pytest.raises(StoreError, match="forward"):
        shop.courier.advance(-1)
