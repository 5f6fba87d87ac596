"""What the stores are told of a refund: the share that was used, and only with consent."""

from typing import Any

import pytest

from cliffhanger.identity import viewers
from cliffhanger.identity.viewers import ConsentPatch, ViewerPatch
from cliffhanger.purchases.apple import server_api
from cliffhanger.purchases.apple.consumption import Consumption
from cliffhanger.purchases.errors import StoreRefused, StoreUnavailable
from local.stores.apple.refunds import ask_consumption
from tests.unit.local_google.running import Play
from tests.unit.purchases.core.market import ANNA, TOKEN, Market, coins, spend


def agree() -> None:
    viewers.change(ANNA, ViewerPatch(consent=ConsentPatch(refund_information=True)), None)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Consumption]:
    """What Apple was answered."""
    answers: list[Consumption] = []
    monkeypatch.setattr(server_api, "send_consumption", lambda _id, one, _of: answers.append(one))
    return answers


def asked(market: Market, spent: int = 0) -> None:
    bought = market.shop.buy(account_token=TOKEN)
    market.tell_all()
    if spent:
        spend(spent)
    ask_consumption(market.shop.store, market.shop.transaction(bought), "OTHER")


@pytest.mark.parametrize(
    ("spent", "share", "preference"),
    [(0, 0, "GRANT_PRORATED"), (55, 50_000, "GRANT_PRORATED"), (110, 100_000, "DECLINE")],
)
def test_apple_is_told_the_share_that_was_used(
    market: Market, told: list[Consumption], spent: int, share: int, preference: str
) -> None:
    agree()
    asked(market, spent)
    assert market.tell_all() == []
    (answer,) = told
    assert (answer.consumptionPercentage, answer.refundPreference) == (share, preference)
    assert answer.deliveryStatus == "DELIVERED"


def test_apple_is_told_nothing_without_consent(market: Market, told: list[Consumption]) -> None:
    asked(market, 55)
    assert market.tell_all() == []
    assert told == []


def test_apple_is_told_of_a_pack_that_was_not_known_before_its_question(
    market: Market, told: list[Consumption]
) -> None:
    agree()
    bought = market.shop.buy(account_token=TOKEN)
    market.tell(ask_consumption(market.shop.store, market.shop.transaction(bought), "OTHER"))
    assert coins() == (100, 10, 0)
    assert [one.deliveryStatus for one in told] == ["DELIVERED"]


def test_a_question_comes_again_while_apple_is_away_and_ends_when_it_is_too_late(
    market: Market, told: list[Consumption], monkeypatch: pytest.MonkeyPatch
) -> None:
    agree()
    asked(market)
    word = market.shop.store.state.notifications[-1]

    def fails(error: Exception) -> Any:
        def raise_it(*_: object) -> None:
            raise error

        return raise_it

    with monkeypatch.context() as away:
        away.setattr(server_api, "send_consumption", fails(StoreUnavailable()))
        assert len(market.tell(word)) == 1
        away.setattr(server_api, "send_consumption", fails(StoreRefused(400, 4000023)))
        assert market.tell(word.model_copy(update={"uuid": "x"})) == []


def review(google: Market, play: Play, spent: int) -> dict[str, Any]:
    sent = play.act("buy", product_id="coins_100", buyer={"account_id": ANNA})
    google.claim(sent)
    if spent:
        spend(spent)
    play.act("review-refund", purchase_token=sent["purchase_token"])
    assert google.push() == []
    with play.book.open() as state:
        (asked_for,) = state.reviews.values()
        answer: dict[str, Any] = dict(asked_for.answer or {})
    return answer


@pytest.mark.parametrize(("spent", "preference"), [(55, "NEUTRAL"), (110, "DECLINE")])
def test_google_is_told_the_share_that_was_used(
    google: Market, play: Play, spent: int, preference: str
) -> None:
    agree()
    answer = review(google, play, spent)
    assert answer["consumptionPercentageMilliunits"] == spent * 100_000 // 110
    assert answer["refundPreference"] == preference


def test_google_hears_nothing_of_what_was_used_without_consent(google: Market, play: Play) -> None:
    answer = review(google, play, 110)
    assert "consumptionPercentageMilliunits" not in answer
    assert answer["refundPreference"] == "NEUTRAL"


def test_a_review_of_a_subscription_is_answered_without_a_share(google: Market, play: Play) -> None:
    sent = play.act("subscribe", product_id="vip", buyer={"account_id": ANNA})
    google.claim(sent)
    play.act("review-refund", purchase_token=sent["purchase_token"])
    assert google.push() == []
    with play.book.open() as state:
        (asked_for,) = state.reviews.values()
        assert asked_for.answer == {
            "pendingRefundToken": asked_for.token,
            "refundPreference": "NEUTRAL",
            "sampleContentProvided": True,
        }
