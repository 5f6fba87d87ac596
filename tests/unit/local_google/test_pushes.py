"""Notifications of the stand-in: signed, sent until they are taken, and sent twice on demand."""

import base64
import json
import time
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from local.stores.google.book import Book
from tests.unit.local_google.running import PACKAGE, VIEWER, Play, until


def told(push: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.b64decode(push[1]["message"]["data"]))
    return found


def kinds(play: Play) -> list[int]:
    return [told(one)["subscriptionNotification"]["notificationType"] for one in play.push()]


def test_a_notification_is_what_google_would_send(play: Play) -> None:
    token = play.buy()
    ((authorization, body),) = play.push()
    assert authorization.startswith("Bearer ey")
    assert set(body) == {"message", "subscription"}
    found = told((authorization, body))
    assert found["packageName"] == PACKAGE
    assert found["eventTimeMillis"].isdigit()
    assert found["oneTimeProductNotification"] == {
        "version": "1.0",
        "notificationType": 1,
        "purchaseToken": token,
        "sku": "coins_100",
    }


def test_a_push_that_is_not_taken_comes_again_later_and_later(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1000.0]
    monkeypatch.setattr(time, "time", lambda: clock[0])
    play.sender.to = replace(play.sender.to, first_pause=1.0)
    play.buy()
    with play.book.open() as state:
        state.pushes[0].due_at = clock[0]
    play.receiver.answers = [503, 500, 401]
    arrived = []
    for _ in range(12):
        arrived.append(len(play.push()))
        clock[0] += 1
    # After one, two and four seconds; once it is taken it comes no more.
    assert [second for second, count in enumerate(arrived) if count] == [0, 1, 3, 7]
    assert len({body["message"]["messageId"] for _, body in play.receiver.got}) == 1


def test_a_push_that_nobody_took_is_sent_after_a_restart(play: Play) -> None:
    play.receiver.answers = [503]
    play.buy()
    assert len(play.push()) == 1
    play.begin()
    until(lambda: bool(play.push()))


def test_a_push_may_come_twice_under_the_same_id(play: Play) -> None:
    play.buy()
    (first,) = play.push()
    play.act("redeliver", count=1)
    (second,) = play.push()
    assert first[1]["message"]["messageId"] == second[1]["message"]["messageId"]
    assert told(first) == told(second)


def test_the_sender_sends_by_itself(play: Play) -> None:
    play.sender.start()
    play.buy()
    until(lambda: len(play.receiver.got) == 1)
    play.sender.stop()


def test_a_plan_that_was_left_is_told_to_end_after_the_new_one_began(play: Play) -> None:
    old = play.subscribe()
    play.push()
    new = play.act("change-plan", product_id="vip_yearly", late_seconds=0.05)["purchase_token"]
    ((began),) = play.push()
    assert told(began)["subscriptionNotification"]["purchaseToken"] == new
    until(lambda: bool(play.push()))
    ended = told(play.receiver.got[-1])["subscriptionNotification"]
    assert (ended["notificationType"], ended["purchaseToken"]) == (13, old)


def test_the_life_of_a_subscription_is_told_in_googles_numbers(play: Play) -> None:
    play.subscribe()
    for what in ("renew", "grace", "renew", "hold", "renew", "pause", "renew", "cancel"):
        play.act(what)
    play.act("restart")
    play.act("refund")
    with play.book.open() as state:
        del state.pushes[-1]  # the voided notification, of another kind
    assert kinds(play) == [4, 2, 6, 2, 5, 1, 10, 1, 3, 7, 12]


def test_pending_purchases_are_told_when_they_are_decided(play: Play) -> None:
    play.buy(pending=True)
    assert play.push() == []
    play.act("cancel-pending")
    (canceled,) = play.push()
    assert told(canceled)["oneTimeProductNotification"]["notificationType"] == 2
    play.subscribe(pending=True)
    play.act("cancel-pending")
    assert kinds(play) == [20]


def test_a_refund_by_quantity_is_told_as_a_part(play: Play) -> None:
    token = play.buy(quantity=3)
    play.push()
    play.act("refund", quantity=2)
    (partial,) = play.push()
    voided = told(partial)["voidedPurchaseNotification"]
    assert (voided["purchaseToken"], voided["productType"], voided["refundType"]) == (token, 2, 2)


def test_a_review_is_asked_for_with_the_buyers_account(play: Play) -> None:
    play.buy(buyer={"account_id": VIEWER})
    play.push()
    asked = play.act("review-refund")
    review = told(play.push()[0])["pendingRefundReviewNotification"]
    assert review["pendingRefundToken"] == asked["pending_refund_token"]
    assert (review["orderId"], review["obfuscatedAccountId"]) == (asked["order_id"], VIEWER)


def test_a_broken_action_leaves_everything_as_it_was(play: Play) -> None:
    play.buy()
    before = (play.folder / "store.json").read_text()
    with suppress(RuntimeError), play.book.open() as state:
        state.one_time.clear()
        raise RuntimeError
    with play.book.open() as state:
        assert len(state.one_time) == 1
    assert Book(play.folder / "store.json")._state.model_dump_json() == before
