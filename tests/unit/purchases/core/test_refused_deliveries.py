"""Google refuses to be told that something was delivered: done with, or a fault that is seen."""

from collections.abc import Callable
from typing import Any

import pytest
from requests import Response

from cliffhanger.purchases import unacknowledged
from cliffhanger.purchases.google import session
from tests.unit.local_google.running import Play
from tests.unit.purchases.core.market import ANNA, Market, everything

Later = Callable[..., None]
Refusing = Callable[[int], None]
BUYER = {"account_id": ANNA}
KINDS = pytest.mark.parametrize(
    ("action", "product_id", "todo"),
    [("buy", "coins_100", "consume"), ("subscribe", "vip", "acknowledge")],
)


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> Refusing:
    """Google answers whatever tells it of a delivery with a status; with 0 it takes it again."""
    call: Callable[..., Response] = session.call

    def begin(status: int) -> None:
        def answer(method: str, path: str, **more: Any) -> Response:
            if not status or not path.endswith((":consume", ":acknowledge")):
                return call(method, path, **more)
            refused = Response()
            refused.status_code = status
            return refused

        monkeypatch.setattr(session, "call", answer)

    return begin


@KINDS
@pytest.mark.parametrize("status", [400, 404, 410])
def test_what_google_refuses_without_a_reason_stays_due_and_is_seen(
    google: Market,
    play: Play,
    later: Later,
    refusing: Refusing,
    action: str,
    product_id: str,
    todo: str,
    status: int,
) -> None:
    refusing(status)
    sent = play.act(action, product_id=product_id, buyer=BUYER, **_month(action))
    assert google.claim(sent).status == 200
    for _ in range(2):
        later(minutes=20)
        assert google.settle()["failed"] == 1
    assert _left() == [todo]
    looked = unacknowledged.look()
    assert (looked.purchases, looked.oldest_seconds >= 2 * 20 * 60) == (1, True)
    refusing(0)
    later(minutes=20)
    assert google.settle()["settled"] == 1
    play.act("move-time", days=4)
    assert google.claim(sent).body["purchase"]["state"] in {"granted", "active"}


@KINDS
def test_what_is_not_paid_any_more_is_done_with(
    google: Market,
    play: Play,
    later: Later,
    refusing: Refusing,
    action: str,
    product_id: str,
    todo: str,
) -> None:
    refusing(400)
    sent = play.act(action, product_id=product_id, buyer=BUYER)
    google.claim(sent)
    assert _left() == [todo]
    play.act("refund", purchase_token=sent["purchase_token"])
    later(minutes=20)
    assert google.settle()["failed"] == 0
    assert _left() == []


@KINDS
def test_so_is_what_google_knows_to_be_delivered(
    google: Market,
    play: Play,
    later: Later,
    refusing: Refusing,
    action: str,
    product_id: str,
    todo: str,
) -> None:
    refusing(400)
    google.claim(play.act(action, product_id=product_id, buyer=BUYER))
    assert _left() == [todo]
    with play.book.open() as state:
        for pack in state.one_time.values():
            pack.is_consumed = pack.is_acknowledged = True
        for plan in state.subscriptions.values():
            plan.is_acknowledged = True
    later(minutes=20)
    assert google.settle()["failed"] == 0
    assert _left() == []


@KINDS
def test_so_is_what_google_has_forgotten(
    google: Market,
    play: Play,
    later: Later,
    refusing: Refusing,
    action: str,
    product_id: str,
    todo: str,
) -> None:
    refusing(410)
    google.claim(play.act(action, product_id=product_id, buyer=BUYER))
    assert _left() == [todo]
    with play.book.open() as state:
        state.one_time.clear()
        state.subscriptions.clear()
    later(minutes=20)
    google.settle()
    assert _left() == []


def _left() -> list[str]:
    return [what for one in everything() for what in one.get("todo", ())]


def _month(action: str) -> dict[str, str]:
    return {"period": "P1M"} if action == "subscribe" else {}
