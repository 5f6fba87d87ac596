"""Apple's line goes on when its account subscribes again, whoever is signed in at the app then."""

from typing import Any

from cliffhanger import clock, dynamo
from cliffhanger.identity import joins, viewers
from cliffhanger.purchases.apple.account_token import account_token
from tests.unit.purchases.core.market import ANNA, BORIS, TOKEN, Market, everything
from tests.unit.purchases.core.test_subscriptions import status, the_line

CARLA = "vwr_01JD0000000000000000000002"
ACCOUNT = {"customer": "one-apple-account"}


def begun(market: Market, token: str | None = TOKEN) -> Any:
    """A subscription that Apple has told of."""
    bought = market.shop.subscribe(account_token=token, **ACCOUNT)
    market.tell_all()
    return bought


def again(market: Market, first: Any) -> Any:
    """The same Apple account subscribes for Boris, after what it had before has ended."""
    market.shop.expire(first)
    market.tell_all()
    return market.shop.subscribe(account_token=account_token(BORIS), **ACCOUNT)


def moves() -> list[tuple[str, str]]:
    records = [one for one in everything() if one["sk"].startswith("TRANSFER#")]
    return [(one["from_viewer_id"], one["to_viewer_id"]) for one in records]


def test_who_subscribes_again_has_what_they_paid_for_with_a_record(market: Market) -> None:
    bought = again(market, begun(market))
    assert market.claim(bought.signed_transaction, BORIS).status == 200
    assert (status(), status(BORIS)) == ((False, None), (True, "active"))
    assert moves() == [(ANNA, BORIS)]
    assert market.claim(bought.signed_transaction).status == 409


def test_so_they_have_by_the_notification_alone_whatever_the_policy(
    market: Market, keeping: None
) -> None:
    again(market, begun(market))
    market.tell_all()
    assert (status(), status(BORIS)) == ((False, None), (True, "active"))


def test_so_they_have_where_the_viewer_before_was_deleted(market: Market, keeping: None) -> None:
    first = begun(market)
    dynamo.write(viewers.bury(ANNA, clock.now()))
    assert market.claim(again(market, first).signed_transaction, BORIS).status == 200
    assert status(BORIS) == (True, "active")


def test_so_they_have_where_the_store_named_nobody_before(market: Market) -> None:
    first = begun(market, token=None)
    market.claim(first.signed_transaction)
    again(market, first)
    market.tell_all()
    assert (status(), status(BORIS)) == ((False, None), (True, "active"))


def test_an_upgrade_by_another_viewer_of_the_account_is_theirs(market: Market) -> None:
    bought = begun(market)
    market.shop.change(bought, "vip.weekly.plus", "upgrade")
    market.shop.store.state.notifications.clear()
    latest = market.shop.store.latest(market.shop.line(bought))
    latest.account_token = account_token(BORIS)
    market.claim(market.shop.store.signed(latest), BORIS)
    assert the_line()["viewer_id"] == BORIS


def test_a_late_word_about_what_was_before_takes_nothing_from_them(market: Market) -> None:
    first = begun(market)
    again(market, first)
    market.tell_all()
    market.tell(market.shop.refund(first))
    assert (status(BORIS), moves()) == ((True, "active"), [(ANNA, BORIS)])


def test_a_renewal_of_it_does_not_undo_a_restore(market: Market) -> None:
    bought = again(market, begun(market))
    market.tell_all()
    market.restore(bought.signed_transaction, viewer=ANNA)
    market.shop.renew(bought)
    market.tell_all()
    assert (status(), status(BORIS)) == ((True, "active"), (False, None))
    assert moves() == [(ANNA, BORIS), (BORIS, ANNA)]


def test_who_restores_what_was_bought_for_another_keeps_it(market: Market) -> None:
    bought = again(market, begun(market))
    market.restore(bought.signed_transaction, viewer=ANNA)  # before the notification
    market.tell_all()
    market.shop.renew(bought)
    market.tell_all()
    assert (status(), moves()) == ((True, "active"), [])


def test_an_account_that_a_guest_has_joined_is_nobody_else(market: Market) -> None:
    first = begun(market)
    viewers.find(BORIS, "US")
    dynamo.transact(joins.point(ANNA, BORIS), joins.stay_account(BORIS, ANNA))
    again(market, first)
    market.tell_all()
    assert (status(BORIS), moves()) == ((True, "active"), [])


def test_where_it_was_restored_before_it_is_the_new_buyers(market: Market) -> None:
    first = begun(market)
    market.restore(first.signed_transaction, viewer=CARLA)
    again(market, first)
    market.tell_all()
    assert (status(CARLA), status(BORIS)) == ((False, None), (True, "active"))
    assert moves() == [(ANNA, CARLA), (CARLA, BORIS)]


def test_a_line_that_was_restored_before_it_kept_whom_apple_names_stays_so(
    market: Market,
) -> None:
    bought = begun(market)
    market.restore(bought.signed_transaction, viewer=CARLA)
    item = the_line()
    del item["named"]
    dynamo.write(dynamo.put("commerce", item))
    market.shop.renew(bought)
    market.tell_all()
    assert status(CARLA) == (True, "active")
