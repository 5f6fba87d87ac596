"""What no store tells anything of is asked for: refunds that are in no list, and lost words."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from cliffhanger import clock, dynamo
from cliffhanger.metrics import Metric
from cliffhanger.purchases import asking, coins, due_items, rechecking, reports, unacknowledged
from cliffhanger.purchases.errors import StoreUnavailable
from cliffhanger.purchases.unacknowledged import Unacknowledged
from local.stores.google.records import Order, Refund
from tests.unit.local_apple.open import Address
from tests.unit.local_google.running import Play
from tests.unit.purchases.core.market import ANNA, TOKEN, Market, everything, kept, the_purchase
from tests.unit.purchases.core.market import coins as wallet
from tests.unit.purchases.core.test_subscriptions import status, the_line
from tests.unit.written import Written, totals

Later = Callable[..., None]
BUYER = {"account_id": ANNA}
QUIET = {"seen": 0, "repairs": 0, "repaired": [], "skips": 0, "skipped": [], "problem": None}


def bought(google: Market, **more: Any) -> Any:
    """A pack of Google's that was granted, as the app sent it."""
    assert google.play
    sent = google.play.act("buy", product_id="coins_100", buyer=BUYER, **more)
    google.claim(sent)
    return sent


def plan(google: Market) -> Any:
    assert google.play
    sent = google.play.act("subscribe", product_id="vip", buyer=BUYER)
    google.claim(sent)
    return sent


def recheck(market: Market, store: str = "google") -> Any:
    return market.recheck()["sources"][f"recheck#{store}"]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The moments at which Google was asked about a pack."""
    moments: list[Any] = []
    ask = asking.google_pack

    def note(token: str) -> Any:
        moments.append(clock.now())
        return ask(token)

    monkeypatch.setattr(asking, "google_pack", note)
    return moments


def test_a_refund_without_revoke_is_found_within_a_day_and_takes_the_coins_once(
    google: Market, play: Play, apple: Address, later: Later
) -> None:
    sent = bought(google)
    google.push()
    play.act("refund", purchase_token=sent["purchase_token"], revoke=False)
    assert play.push() == [], "Google tells nothing of it"
    assert google.reconcile()["sources"]["google"]["repairs"] == 0
    assert wallet() == (100, 10, 0)
    later(hours=25)
    found = recheck(google)
    assert found["repaired"] == [f"granted {the_purchase()['id']}"]
    assert (found["seen"], found["repairs"], found["problem"]) == (1, 1, None)
    assert (the_purchase()["state"], wallet()) == ("refunded", (0, 0, 0))
    later(days=100)
    assert recheck(google) == QUIET
    assert [one["kind"] for one in everything() if one["sk"].startswith("LED#")] == [
        "purchase",
        "refund",
    ]


def test_a_pack_of_googles_is_asked_about_at_doubling_ages_and_then_no_more(
    google: Market, later: Later, asked: list[Any]
) -> None:
    bought(google)
    asked.clear()
    began = clock.now()
    for _ in range(140):
        later(days=1)
        recheck(google)
    assert [round((one - began) / timedelta(days=1)) for one in asked] == [1, 2, 4, 8, 16, 32, 64]
    assert "due" not in the_purchase()


def test_a_part_that_was_refunded_is_found_and_the_rest_of_it_later(
    google: Market, play: Play, later: Later
) -> None:
    sent = bought(google, quantity=2)
    with play.book.open() as state:  # by money, which no list of Google's tells
        (order,) = state.orders.values()
        order.refunds.append(_half(order))
    later(days=1)
    assert (recheck(google)["repairs"], wallet()) == (1, (100, 10, 0))
    play.act("refund", purchase_token=sent["purchase_token"], revoke=False)
    later(days=1)
    assert (recheck(google)["repairs"], wallet()) == (1, (0, 0, 0))


def _half(order: Order) -> Refund:
    return Refund(at=clock.now(), micros=order.micros // 2)


def test_a_purchase_that_was_paid_later_and_not_told_is_granted(
    google: Market, play: Play, later: Later
) -> None:
    sent = bought(google, pending=True)
    assert the_purchase()["state"] == "pending"
    play.act("complete-pending", purchase_token=sent["purchase_token"])
    later(hours=25)
    assert (recheck(google)["repairs"], wallet()) == (1, (100, 10, 0))
    play.act("move-time", days=4)
    assert google.claim(sent).body["purchase"]["state"] == "granted", "it was consumed"


def test_so_is_a_plan_that_was_paid_later(google: Market, play: Play, later: Later) -> None:
    sent = play.act("subscribe", product_id="vip", buyer=BUYER, pending=True, period="P1M")
    google.claim(sent)
    assert status() == (False, "pending")
    for _ in range(2):
        later(hours=26)
        assert (recheck(google)["seen"], recheck(google)["repairs"]) == (1, 0)
    play.act("move-time", hours=52)
    play.act("complete-pending", purchase_token=sent["purchase_token"])
    later(hours=26)
    assert (recheck(google)["repairs"], status()) == (1, (True, "active"))


@pytest.mark.parametrize(
    ("action", "is_open", "state"),
    [
        ("renew", True, "active"),
        ("expire", False, "expired"),
        ("hold", False, "billing_retry"),
        ("pause", False, "paused"),
    ],
)
def test_what_became_of_a_plan_of_googles_is_asked_an_hour_after_its_end(
    google: Market, play: Play, later: Later, action: str, is_open: bool, state: str
) -> None:
    sent = plan(google)
    play.act(action, purchase_token=sent["purchase_token"])
    later(days=7, minutes=50)
    assert recheck(google) == QUIET
    later(minutes=15)
    assert recheck(google)["repaired"] == [f"active {the_line()['id']}"]
    assert status() == (is_open, state)


@pytest.mark.parametrize(
    ("happens", "is_open", "state"),
    [("renew", True, "active"), ("expire", False, "expired"), ("fail", False, "billing_retry")],
)
def test_so_is_what_became_of_a_plan_of_apples(
    market: Market, apple: Address, later: Later, happens: str, is_open: bool, state: str
) -> None:
    paid = market.shop.subscribe(account_token=TOKEN)
    market.claim(paid.signed_transaction)
    getattr(market.shop, happens)(paid)
    later(days=7, minutes=50)
    assert recheck(market, "apple") == QUIET
    later(minutes=15)
    assert recheck(market, "apple")["repaired"] == [f"active {the_line()['id']}"]
    assert status() == (is_open, state)


def test_a_plan_whose_renewals_are_heard_is_never_asked_about(
    google: Market, play: Play, later: Later
) -> None:
    sent = plan(google)
    for _ in range(3):
        later(days=6, hours=23)
        play.act("renew", purchase_token=sent["purchase_token"])
        google.push()
        assert recheck(google) == QUIET


def test_what_is_not_paid_is_asked_about_every_day_until_it_is(
    google: Market, play: Play, later: Later
) -> None:
    sent = plan(google)
    play.act("hold", purchase_token=sent["purchase_token"])
    google.push()
    for _ in range(3):
        later(days=1, minutes=1)
        assert (recheck(google)["seen"], recheck(google)["seen"]) == (1, 0)
    play.act("renew", purchase_token=sent["purchase_token"])
    later(days=1, minutes=1)
    assert (recheck(google)["repairs"], the_line()["state"]) == (1, "active")


def test_and_is_given_up_a_hundred_days_after_its_end(
    google: Market, play: Play, later: Later
) -> None:
    play.act("hold", purchase_token=plan(google)["purchase_token"])
    google.push()
    later(days=98, hours=2)
    assert recheck(google)["seen"] == 1
    later(days=1)
    assert recheck(google)["seen"] == 1
    assert "due" not in the_line()


def test_an_answer_that_is_older_than_what_is_known_is_not_asked_for_again_at_once(
    market: Market, apple: Address, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    paid = market.shop.subscribe(account_token=TOKEN)
    market.claim(paid.signed_transaction)
    line = the_line()
    told = asking.apple_subscription(line["line_id"], "production")
    older = told.model_copy(update={"told_at": told.told_at - timedelta(days=1)})
    monkeypatch.setattr(asking, "apple_subscription", lambda *_: older)
    later(days=7, hours=2)
    assert (recheck(market, "apple")["seen"], recheck(market, "apple")["seen"]) == (1, 0)
    later(hours=22)
    assert recheck(market, "apple")["seen"] == 0
    later(hours=2)
    assert recheck(market, "apple")["seen"] == 1


def test_what_google_has_forgotten_waits_for_the_next_age(
    google: Market, play: Play, later: Later
) -> None:
    sent = bought(google)
    with play.book.open() as state:
        del state.one_time[sent["purchase_token"]]
    later(days=1)
    assert recheck(google) == QUIET | {"seen": 1}
    later(hours=23)
    assert recheck(google)["seen"] == 0
    later(hours=2)
    assert recheck(google)["seen"] == 1


def test_a_pack_of_apples_is_not_asked_about(market: Market) -> None:
    market.claim(market.shop.buy(account_token=TOKEN).signed_transaction)
    assert "due" not in the_purchase()


def test_a_store_that_is_out_is_asked_once_a_run_and_nothing_is_lost(
    google: Market, play: Play, apple: Address, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        sent = bought(google)
        play.act("refund", purchase_token=sent["purchase_token"], revoke=False)
    paid = google.shop.subscribe(account_token=TOKEN)
    google.claim(paid.signed_transaction)
    google.shop.renew(paid)
    later(days=8)
    calls: list[str] = []

    def down(token: str) -> Any:
        calls.append(token)
        raise StoreUnavailable

    with monkeypatch.context() as outage:
        outage.setattr(asking, "google_pack", down)
        for run in range(1, 9):
            found = recheck(google)
            assert found["problem"] == ("behind" if run <= 3 else "store_unavailable")
            assert len(calls) == run
            later(minutes=5)
    assert len(set(calls)) == 3, "none stands before the others"
    assert status() == (True, "active"), "the other store is asked"
    later(minutes=15)
    assert recheck(google)["repairs"] == 3
    assert wallet() == (0, 0, 0)


def test_a_short_outage_is_named_by_what_it_is(
    google: Market, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought(google)
    later(days=1)

    def down(_token: str) -> Any:
        raise StoreUnavailable

    monkeypatch.setattr(asking, "google_pack", down)
    assert recheck(google)["problem"] == "store_unavailable"


@pytest.mark.parametrize(
    ("days", "fault", "counted"),
    [
        (1, StoreUnavailable(), Metric.STORE_FAILURES),
        (1, ValueError("merged in a circle"), Metric.SWEEP_FAILURES),
        (3, StoreUnavailable(), Metric.RECONCILER_FAILURES),
    ],
)
def test_a_call_that_fails_one_that_breaks_and_a_day_too_late_are_told_apart(
    google: Market,
    later: Later,
    written: Written,
    monkeypatch: pytest.MonkeyPatch,
    days: int,
    fault: Exception,
    counted: Metric,
) -> None:
    bought(google)

    def fail(_token: str) -> Any:
        raise fault

    monkeypatch.setattr(asking, "google_pack", fail)
    later(days=days)
    written()
    google.recheck()
    found = set(totals(written()))
    watched = {Metric.SWEEP_FAILURES, Metric.RECONCILER_FAILURES}
    assert counted in found
    assert found & watched == {counted} & watched


def test_a_run_that_dies_leaves_it_due_in_a_quarter_of_an_hour(
    google: Market, play: Play, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = bought(google)
    play.act("refund", purchase_token=sent["purchase_token"], revoke=False)
    later(days=1)

    class Dies(BaseException):
        pass

    def die(_token: str) -> Any:
        raise Dies

    with monkeypatch.context() as dying:
        dying.setattr(asking, "google_pack", die)
        with pytest.raises(Dies):
            google.recheck()
    assert recheck(google)["seen"] == 0
    later(minutes=16)
    assert (recheck(google)["repairs"], wallet()) == (1, (0, 0, 0))


def test_one_that_breaks_does_not_stop_the_others(
    google: Market, play: Play, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = [bought(google) for _ in range(3)]
    for one in sent:
        play.act("refund", purchase_token=one["purchase_token"], revoke=False)
    later(days=1)
    apply = coins.apply

    def breaks(told: Any, **more: Any) -> Any:
        if more["token"] == sent[0]["purchase_token"]:
            raise ValueError("merged in a circle")
        return apply(told, **more)

    monkeypatch.setattr(coins, "apply", breaks)
    found = recheck(google)
    assert (found["seen"], found["repairs"], found["problem"]) == (3, 2, "internal_error")


def test_a_run_reads_page_after_page(
    google: Market, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        bought(google)
    later(days=1)
    monkeypatch.setattr(due_items, "_AT_ONCE", 2)
    assert (recheck(google)["seen"], recheck(google)["seen"]) == (5, 0)


def test_a_run_ends_in_time_and_the_next_one_goes_on(
    google: Market, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        bought(google)
    later(days=1)
    ask = asking.google_pack
    passed = [0.0]

    def slow(token: str) -> Any:
        passed[0] += rechecking._SECONDS * 0.6
        return ask(token)

    monkeypatch.setattr(asking, "google_pack", slow)
    monkeypatch.setattr(time, "monotonic", lambda: passed[0])
    assert [recheck(google)["seen"] for _ in range(4)] == [2, 2, 1, 0]


def test_what_will_be_asked_about_is_not_unacknowledged(google: Market, later: Later) -> None:
    bought(google)
    plan(google)
    later(days=8)
    assert len(dynamo.due("commerce", "recheck#google", until="9999", limit=50)) == 2
    assert unacknowledged.look() == Unacknowledged(0, 0.0)
    assert google.settle().items() >= {"settled": 0, "granted": 0, "failed": 0}.items()


def test_a_report_is_kept_when_there_is_something_to_tell(
    google: Market, play: Play, later: Later
) -> None:
    sent = bought(google)
    google.recheck()
    assert reports.latest("commerce", 1) == []
    play.act("refund", purchase_token=sent["purchase_token"], revoke=False)
    later(days=1)
    google.recheck()
    (report,) = reports.latest("commerce", 1)
    assert report.sources["recheck#google"].repaired == [f"granted {the_purchase()['id']}"]
    names = "recheck#apple+recheck#google"
    assert kept("RECONCILED", f"RUN#{clock.iso(report.at)}#{names}")
