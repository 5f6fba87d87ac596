"""A plan of Google's that goes over into another: the old one ends, whatever words are lost."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from cliffhanger import clock, dynamo
from cliffhanger.entitlements import vip
from cliffhanger.identity import viewers
from cliffhanger.purchases import asking, settling
from cliffhanger.purchases.errors import StoreUnavailable
from local.stores.google.records import Subscription
from tests.unit.local_google.running import Play
from tests.unit.purchases.core.conftest import sold
from tests.unit.purchases.core.market import ANNA, BORIS, Market, kept
from tests.unit.purchases.core.test_subscriptions import status

Later = Callable[..., None]
BUYER = {"account_id": ANNA}


@pytest.fixture(autouse=True)
def year(google: Market) -> None:
    google.sell("vip-year", kind="vip", period="P1Y", **sold("vip_year", None))


def by_the_year(google: Market) -> str:
    """The token of a plan of Anna's that runs for a year."""
    assert google.play
    sent = google.play.act("subscribe", product_id="vip_year", period="P1Y", buyer=BUYER)
    google.push()
    return str(sent["purchase_token"])


def by_the_week(play: Play, old: str, **more: Any) -> str:
    """The token of the plan that takes over at once."""
    asked = {"product_id": "vip", "period": "P1W", "late_seconds": 0} | more
    return str(play.act("change-plan", purchase_token=old, **asked)["purchase_token"])


def sent(token: str, product_id: str = "vip") -> dict[str, str]:
    return {"store": "google", "product_id": product_id, "purchase_token": token}


def open_plans(viewer: str = ANNA) -> list[str]:
    item = dynamo.get(*viewers.place(viewer), consistent=True)
    return [one.product_id for one in vip.lines(item) if one.is_active(clock.now())]


def the_year() -> dict[str, Any]:
    (found,) = [one for one in kept("SUB#", "SUBSCRIPTION") if one["product_id"] == "vip-year"]
    return found


def left() -> list[str]:
    return [what for one in kept("SUB#", "SUBSCRIPTION") for what in one.get("todo", ())]


def owners() -> set[str | None]:
    return {one["viewer_id"] for one in kept("SUB#", "SUBSCRIPTION")}


@contextmanager
def in_the_store(play: Play, token: str) -> Iterator[Subscription]:
    with play.book.open() as state:
        yield state.subscriptions[token]


def changed_later(google: Market, play: Play) -> str:
    """The token of a plan that Google leaves open beside the new one, which was claimed."""
    old = by_the_year(google)
    with in_the_store(play, old) as one:
        ends = one.expires_at
    new = by_the_week(play, old, lost=True)
    with in_the_store(play, old) as one:
        one.state, one.expires_at = "ACTIVE", ends
    google.claim(sent(new))
    return old


def test_the_old_plan_ends_though_its_end_is_never_told(google: Market, play: Play) -> None:
    old = by_the_year(google)
    new = by_the_week(play, old, lost=True)
    assert google.claim(sent(new)).status == 200
    assert open_plans() == ["vip-week"]
    play.act("refund", purchase_token=new)
    google.push()
    assert (open_plans(), status()) == ([], (False, "expired"))


@pytest.mark.parametrize("late", [False, True])
def test_the_end_of_the_old_plan_changes_nothing_more_when_it_is_told(
    google: Market, play: Play, late: bool
) -> None:
    old = by_the_year(google)
    new = by_the_week(play, old)
    if late:
        google.claim(sent(new))
    google.push()
    assert open_plans() == ["vip-week"]
    play.act("refund", purchase_token=new)
    google.push()
    assert open_plans() == []


def test_so_it_does_where_the_new_plan_is_told_and_refunded_in_one_breath(
    google: Market, play: Play
) -> None:
    old = by_the_year(google)
    new = by_the_week(play, old, lost=True)
    play.act("refund", purchase_token=new)
    google.push()
    assert (open_plans(), status()) == ([], (False, "expired"))


def test_a_process_that_dies_before_the_old_plan_was_read_leaves_it_to_the_sweep(
    google: Market, play: Play, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = by_the_year(google)
    new = by_the_week(play, old, lost=True)
    with monkeypatch.context() as dying:
        dying.setattr(settling, "settle", lambda _done: 1 / 0)
        assert google.claim(sent(new)).status == 500
    assert sorted(open_plans()) == ["vip-week", "vip-year"]
    later(minutes=3)
    google.settle()
    assert open_plans() == ["vip-week"]


def test_so_does_google_where_it_does_not_answer(
    google: Market, play: Play, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = by_the_year(google)
    new = by_the_week(play, old, lost=True)
    ask = asking.google_subscription

    def out(_token: str) -> None:
        raise StoreUnavailable

    with monkeypatch.context() as down:
        # The claim itself asks by another way.
        down.setattr(asking, "google_subscription", out)
        assert google.claim(sent(new)).status == 200
        later(minutes=3)
        assert google.settle()["failed"] == 1
    assert asking.google_subscription is ask
    later(minutes=16)
    google.settle()
    assert open_plans() == ["vip-week"]


def test_a_plan_that_google_ends_later_stays_open_until_then_and_is_asked_about(
    google: Market, play: Play, later: Later
) -> None:
    old = changed_later(google, play)
    assert sorted(open_plans()) == ["vip-week", "vip-year"]
    with in_the_store(play, old) as one:
        one.state, one.expires_at = "EXPIRED", clock.now()
    later(minutes=50)
    google.settle()  # who watches is told that it renews itself no more
    assert google.recheck()["sources"]["recheck#google"]["seen"] == 0
    later(minutes=20)
    assert google.recheck()["sources"]["recheck#google"]["repairs"] == 1
    assert open_plans() == ["vip-week"]


def test_a_plan_that_never_ends_is_asked_about_each_day_and_then_at_its_end(
    google: Market, play: Play, later: Later
) -> None:
    changed_later(google, play)
    later(minutes=3)
    google.settle()
    for days in (1, 50, 47):
        later(days=days)
        google.recheck()
        assert the_year()["due_at"] < clock.iso(clock.now() + timedelta(days=1))
    later(days=3)
    google.recheck()
    assert the_year()["due_at"] > the_year()["ends_at"] > clock.iso(clock.now())


def test_a_plan_that_names_nobody_is_of_whoever_had_one_that_was_never_heard_of(
    google: Market, play: Play, later: Later
) -> None:
    old = play.act("subscribe", product_id="vip_year", period="P1Y", buyer=BUYER, lost=True)
    new = by_the_week(play, old["purchase_token"])
    with in_the_store(play, new) as one:
        one.buyer.account_id = None
    with play.book.open() as state:
        state.pushes = [one for one in state.pushes if new in str(one.data)]
    google.push()
    assert (open_plans(), owners()) == (["vip-week"], {ANNA})
    later(minutes=3)
    assert google.settle()["failed"] == 0
    play.act("move-time", days=4)
    assert google.claim(sent(new), BORIS).status == 409
    assert open_plans() == ["vip-week"], "it was acknowledged"


def test_several_plans_that_name_nobody_are_read_back_to_the_one_that_does(
    google: Market, play: Play, later: Later
) -> None:
    old = play.act("subscribe", product_id="vip", buyer=BUYER, lost=True)["purchase_token"]
    for _ in range(4):
        old = by_the_week(play, old, lost=True)
        with in_the_store(play, old) as one:
            one.buyer.account_id = None
    new = by_the_week(play, old)
    google.push()
    assert (open_plans(), owners()) == (["vip-week"], {ANNA})
    assert google.claim(sent(new), BORIS).status == 409
    later(minutes=3)
    google.settle()
    assert left() == []


def test_a_plan_before_one_that_was_never_heard_of_ends_too(
    google: Market, play: Play, later: Later
) -> None:
    google.sell("vip-month", kind="vip", period="P1M", **sold("vip_month", None))
    old = by_the_year(google)
    month = by_the_week(play, old, product_id="vip_month", period="P1M", lost=True)
    new = by_the_week(play, month, lost=True)
    assert google.claim(sent(new)).status == 200
    assert open_plans() == ["vip-week"]
    play.act("refund", purchase_token=new)
    google.push()
    assert (open_plans(), owners()) == ([], {ANNA})


def test_of_plans_that_were_heard_of_the_one_before_alone_is_read(
    google: Market, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = by_the_week(play, by_the_year(google))
    google.push()
    new = by_the_week(play, old, lost=True)
    asked, ask = list[str](), asking.google_subscription

    def noting(token: str) -> Any:
        asked.append(token)
        return ask(token)

    monkeypatch.setattr(asking, "google_subscription", noting)
    google.claim(sent(new))
    assert asked == [new, old]


def test_plans_of_which_none_names_anybody_are_of_whoever_claims_them(
    google: Market, play: Play, later: Later
) -> None:
    old = play.act("subscribe", product_id="vip", lost=True)["purchase_token"]
    new = by_the_week(play, old)
    google.push()
    assert owners() == {None}
    later(minutes=3)
    assert google.settle()["failed"] == 0
    assert dynamo.due("commerce", "purchase", until="9999", limit=50) == []
    assert google.claim(sent(new), BORIS).status == 200
    assert open_plans(BORIS) == ["vip-week"]


def test_a_plan_whose_old_one_google_has_forgotten_is_left_as_it_is(
    google: Market, play: Play, later: Later
) -> None:
    old = by_the_year(google)
    new = by_the_week(play, old, lost=True)
    with play.book.open() as state:
        del state.subscriptions[old]
    google.claim(sent(new))
    later(minutes=3)
    assert (google.settle()["failed"], left()) == (0, [])
    assert status() == (True, "active")
