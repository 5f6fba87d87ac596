"""A notification is kept on what it changed, however often, late or interrupted it comes."""

from collections.abc import Callable
from typing import Any

import pytest

from cliffhanger import dynamo
from cliffhanger.purchases import notices
from cliffhanger.purchases.apple.notifications import read_notification
from cliffhanger.purchases.google.notification import DeveloperNotification
from cliffhanger.purchases.heard import MOST
from local.stores.apple.announcing import notify
from local.stores.apple.records import Notification
from tests.dynamo.backends import on_dict_and_local
from tests.unit.local_google.running import PACKAGE, Play
from tests.unit.purchases.core.dying import Killed
from tests.unit.purchases.core.market import (
    ANNA,
    TOKEN,
    Market,
    coins,
    everything,
    kept,
    the_purchase,
)
from tests.unit.purchases.core.taking_turns import every_order, in_turn

pytestmark = on_dict_and_local
WRITES = {"PutItem", "UpdateItem", "TransactWriteItems"}


def hear(word: Notification) -> str:
    return notices.from_apple(read_notification(word.signed_payload))


def told(market: Market) -> list[Notification]:
    return list(market.shop.store.state.notifications)


def the_line() -> dynamo.Item:
    (found,) = kept("SUB#", "SUBSCRIPTION")
    return found


def noted() -> list[dynamo.Item]:
    return kept("NOTE#", "NOTE")


def written(calls: list[str]) -> list[str]:
    return [one for one in calls if one in WRITES]


def apples_pack(market: Market) -> Callable[[], str]:
    market.shop.buy(account_token=TOKEN)
    return lambda: hear(told(market)[-1])


def apples_plan(market: Market) -> Callable[[], str]:
    market.shop.subscribe(account_token=TOKEN)
    return lambda: hear(told(market)[-1])


def apples_refund(market: Market) -> Callable[[], str]:
    market.shop.refund(market.shop.buy(account_token=TOKEN), 50)
    return lambda: hear(told(market)[-1])


@pytest.mark.parametrize("of", [apples_pack, apples_plan, apples_refund])
def test_of_fifty_that_are_the_same_the_first_is_kept_on_its_purchase_and_the_others_write_nothing(
    market: Market, table_calls: list[str], of: Callable[[Market], Callable[[], str]]
) -> None:
    again = of(market)
    assert again() == "applied"
    stood = everything()
    table_calls.clear()
    assert {again() for _ in range(49)} == {"repeated"}
    assert written(table_calls) == []
    assert everything() == stood
    assert [len(one["heard"]) for one in stood if "heard" in one] == [1]
    assert noted() == []


@pytest.mark.parametrize("is_voided", [False, True])
@pytest.mark.parametrize("action", ["buy", "subscribe"])
def test_so_it_is_with_googles(
    google: Market, play: Play, table_calls: list[str], action: str, is_voided: bool
) -> None:
    product = {"buy": "coins_100", "subscribe": "vip"}[action]
    token = play.act(action, product_id=product, buyer={"account_id": ANNA})["purchase_token"]
    one_time = action == "buy"
    member = "oneTimeProductNotification" if one_time else "subscriptionNotification"
    body: dict[str, Any] = {"purchaseToken": token, "notificationType": 1}
    if is_voided:
        member = "voidedPurchaseNotification"
        body = {"purchaseToken": token, "orderId": "GPA.0", "productType": 1 + one_time}
    sent = {"packageName": PACKAGE, "eventTimeMillis": "1", member: body}
    notification = DeveloperNotification.model_validate(sent)
    assert notices.from_google(notification, "message-1") == "applied"
    table_calls.clear()
    assert {notices.from_google(notification, "message-1") for _ in range(5)} == {"repeated"}
    assert written(table_calls) == []
    assert noted() == []


def test_a_word_that_moves_nothing_is_heard_too(market: Market) -> None:
    bought = market.shop.buy(account_token=TOKEN)
    market.tell_all()
    word = notify(market.shop.store, "REFUND_DECLINED", None, market.shop.transaction(bought))
    assert (hear(word), hear(word)) == ("applied", "repeated")
    assert (coins(), len(the_purchase()["heard"]), noted()) == ((100, 10, 0), 2, [])


def test_a_word_that_is_late_changes_no_purchase_and_is_noted_once(
    market: Market, table_calls: list[str]
) -> None:
    bought = market.shop.buy(account_token=TOKEN)
    late, refund = told(market)[0], market.shop.refund(bought)
    assert hear(refund) == "applied"
    record = the_purchase()
    assert (hear(late), hear(late)) == ("late", "repeated")
    assert (the_purchase(), len(noted())) == (record, 1)


def test_a_purchase_keeps_the_latest_few_and_what_it_has_forgotten_changes_nothing(
    market: Market,
) -> None:
    bought = market.shop.buy(account_token=TOKEN)
    market.shop.refund(bought)
    market.shop.reverse(bought)
    for _ in range(MOST):
        notify(market.shop.store, "REFUND_DECLINED", None, market.shop.transaction(bought))
    assert {hear(word) for word in told(market)} == {"applied"}
    record, has = the_purchase(), coins()
    assert (len(record["heard"]), has) == (MOST, (100, 10, 0))
    for _ in range(2):
        assert {hear(word) for word in told(market)} <= {"repeated", "late_or_repeated"}
        assert (the_purchase(), coins(), len(noted())) == (record, has, 3)
    assert {hear(word) for word in told(market)} == {"repeated"}


def test_so_does_a_subscription_and_its_periods_stay(market: Market) -> None:
    bought = market.shop.subscribe(account_token=TOKEN)
    for _ in range(MOST):
        market.shop.renew(bought)
    market.shop.refund(bought)  # of the first period
    market.shop.cancel(bought)
    assert {hear(word) for word in told(market)} <= {"applied", "late_or_repeated"}
    stood = [one for one in everything() if one["pk"].startswith("SUB#")]
    forgotten = len(noted())
    for _ in range(2):
        assert {hear(word) for word in told(market)} <= {"repeated", "late_or_repeated"}
        assert [one for one in everything() if one["pk"].startswith("SUB#")] == stood
    assert len(the_line()["heard"]) == MOST
    assert forgotten < len(noted()) == len(told(market)) - MOST


@pytest.mark.parametrize("kind", ["buy", "subscribe"])
def test_a_history_that_was_heard_is_read_once_and_then_writes_nothing(
    market: Market, apple: object, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    bought = getattr(market.shop, kind)(account_token=TOKEN)
    for _ in range(2 * MOST):
        notify(market.shop.store, "NOT_KNOWN_YET", None, market.shop.transaction(bought))
    assert market.tell_all() == []
    assert _reconciled(market) == 0
    stood = [one for one in everything() if one["pk"] != "RECONCILED"]
    read: list[Any] = []
    monkeypatch.setattr(notices, "from_apple", read.append)
    assert _reconciled(market) == 0
    assert [one for one in everything() if one["pk"] != "RECONCILED"] == stood
    assert read == []


def _reconciled(market: Market) -> int:
    found = market.reconcile()["sources"]["apple#Production"]
    assert (found["problem"], found["seen"]) == (None, len(told(market)))
    return int(found["repairs"])


def test_a_purchase_that_was_refunded_before_it_is_heard_of_hears_with_its_last_step(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    market.shop.refund(market.shop.buy(account_token=TOKEN), 50)
    word, transact, made = told(market)[-1], dynamo.transact, list[int]()

    def dies(*writes: dynamo.Write) -> None:
        made.append(len(writes))
        if len(made) == 2:
            raise Killed
        transact(*writes)

    with monkeypatch.context() as dying:
        dying.setattr(dynamo, "transact", dies)
        with pytest.raises(Killed):
            hear(word)
    assert (coins(), "heard" in the_purchase()) == ((100, 10, 0), False)
    assert (hear(word), hear(word)) == ("applied", "repeated")
    assert (coins(), len(the_purchase()["heard"]), noted()) == ((50, 5, 0), 1, [])


@pytest.mark.parametrize("share", [0, 50])
def test_one_word_that_is_brought_twice_at_once_has_its_effect_once(
    market: Market, monkeypatch: pytest.MonkeyPatch, share: int
) -> None:
    for count, order in enumerate(every_order(3, 3), start=1):
        bought = market.shop.buy(account_token=TOKEN)
        if share:
            market.shop.refund(bought, share)
        word, outcomes = told(market)[-1], list[str]()
        works = [lambda word=word, outcomes=outcomes: outcomes.append(hear(word))] * 2
        in_turn(monkeypatch, order, *works)
        assert sorted(outcomes) == ["applied", "repeated"], order
        left = 1 - share / 100
        assert coins() == (100 * left * count, 10 * left * count, 0), order
    assert noted() == []
