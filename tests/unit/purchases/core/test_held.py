"""What is held is not lost: for a product or a viewer that is not known yet."""

from collections.abc import Callable

import pytest

from cliffhanger import dynamo
from cliffhanger.entitlements import merging, vip
from cliffhanger.identity import joins, viewers
from cliffhanger.purchases import asking, due_items, products
from cliffhanger.purchases.errors import StoreUnavailable
from cliffhanger.purchases.product_models import ProductInput
from tests.unit.local_google.running import Play
from tests.unit.purchases.core.conftest import sold
from tests.unit.purchases.core.market import ANNA, BORIS, TOKEN, VIP, Market, coins, the_purchase
from tests.unit.purchases.core.test_subscriptions import status

Later = Callable[..., None]


def set_alone(slug: str, **product: object) -> None:
    """Set a product as if the call had died right after it."""
    products.put(slug, ProductInput.model_validate(product))


def test_a_product_that_is_set_grants_at_once_what_was_waiting_for_it(market: Market) -> None:
    mine = market.shop.buy(product_id="coins.500", account_token=TOKEN)
    other = market.shop.buy(product_id="coins.700", account_token=TOKEN)
    for one in (mine, other):
        assert market.claim(one.signed_transaction).body["purchase"]["held"] == "unknown_product"
    market.sell("coins-500", kind="coins", coins=500, **sold(None, "coins.500"))
    assert coins() == (500, 0, 0)
    market.sell("coins-500", kind="coins", coins=600, **sold(None, "coins.500"))
    assert coins() == (500, 0, 0), "what was granted is granted"


def test_a_product_is_set_though_what_waits_for_it_cannot_be_granted_now(
    google: Market, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = play.act("buy", product_id="coins_500", buyer={"account_id": ANNA})
    assert google.claim(pack).body["purchase"]["held"] == "unknown_product"

    def out(_token: str) -> None:
        raise StoreUnavailable

    with monkeypatch.context() as broken:
        broken.setattr(asking, "google_pack", out)
        google.sell("coins-500", kind="coins", coins=500, **sold("coins_500", None))
    assert coins() == (0, 0, 0)
    google.sell("coins-500", kind="coins", coins=500, **sold("coins_500", None))
    assert coins() == (500, 0, 0)


def test_an_unknown_product_is_held_and_granted_by_the_sweep_once_it_exists(
    market: Market, later: Later
) -> None:
    bought = market.shop.buy(product_id="coins.500", account_token=TOKEN)
    answer = market.claim(bought.signed_transaction)
    assert (answer.status, answer.body["purchase"]["held"]) == (200, "unknown_product")
    assert coins() == (0, 0, 0)
    later(minutes=20)
    assert market.settle().items() >= {"settled": 0, "granted": 0, "failed": 0}.items()
    set_alone("coins-500", kind="coins", coins=500, **sold(None, "coins.500"))
    later(minutes=20)
    assert market.settle()["granted"] == 1
    assert coins() == (500, 0, 0)
    assert market.settle().items() >= {"settled": 0, "granted": 0, "failed": 0}.items()


def test_an_inactive_product_is_held_and_granted_when_it_is_offered_again(
    market: Market, later: Later
) -> None:
    pack = {"kind": "coins", "coins": 100, **sold("coins_100", "coins.100")}
    set_alone("coins-100", **pack, active=False)
    answer = market.claim(market.shop.buy(account_token=TOKEN).signed_transaction)
    assert answer.body["purchase"]["state"] == "held"
    set_alone("coins-100", **pack)
    later(minutes=20)
    market.settle()
    assert coins() == (100, 0, 0)


def test_a_claim_after_the_product_is_known_need_not_wait_for_the_sweep(market: Market) -> None:
    signed = market.shop.buy(product_id="coins.500", account_token=TOKEN).signed_transaction
    market.claim(signed)
    set_alone("coins-500", kind="coins", coins=500, **sold(None, "coins.500"))
    assert market.claim(signed).body["purchase"]["coins"] == 500


def test_what_was_refunded_in_part_while_it_was_held_is_granted_without_that_part(
    market: Market, later: Later
) -> None:
    bought = market.shop.buy(product_id="coins.500", account_token=TOKEN)
    market.tell_all()
    market.shop.refund(bought, 40)
    market.tell_all()
    assert the_purchase()["state"] == "held"
    set_alone("coins-500", kind="coins", coins=500, **sold(None, "coins.500"))
    later(minutes=20)
    market.settle()
    assert coins() == (300, 0, 0)


def test_what_was_refunded_wholly_while_it_was_held_is_never_granted(
    market: Market, later: Later
) -> None:
    bought = market.shop.buy(product_id="coins.500", account_token=TOKEN)
    market.tell_all()
    market.shop.refund(bought)
    market.tell_all()
    set_alone("coins-500", kind="coins", coins=500, **sold(None, "coins.500"))
    later(minutes=20)
    market.settle()
    assert (the_purchase()["state"], coins()) == ("canceled", (0, 0, 0))
    market.shop.reverse(bought)
    market.tell_all()
    assert (the_purchase()["state"], coins()) == ("granted", (500, 0, 0))


def test_what_google_took_back_while_it_was_held_is_not_granted_by_the_sweep(
    google: Market, play: Play, later: Later
) -> None:
    sent = play.act("buy", product_id="coins_500", buyer={"account_id": ANNA})
    assert google.claim(sent).body["purchase"]["held"] == "unknown_product"
    play.act("move-time", days=4)  # nobody acknowledged; the notification of it is lost
    set_alone("coins-500", kind="coins", coins=500, **sold("coins_500", None))
    later(minutes=20)
    assert google.settle()["granted"] == 0
    assert (the_purchase()["state"], coins()) == ("canceled", (0, 0, 0))


def test_a_subscription_of_googles_that_was_held_is_acknowledged_when_it_is_granted(
    google: Market, play: Play, later: Later
) -> None:
    sent = play.act("subscribe", product_id="vip_year", buyer={"account_id": ANNA})
    assert google.claim(sent).body["purchase"]["held"] == "unknown_product"
    set_alone("vip-year", kind="vip", period="P1Y", **sold("vip_year", None))
    later(minutes=20)
    assert google.settle().items() >= {"settled": 1, "granted": 1, "failed": 0}.items()
    play.act("move-time", days=4)
    assert google.claim(sent).body["purchase"]["state"] == "active"


def test_a_subscription_that_is_held_opens_once_its_product_exists(
    market: Market, later: Later
) -> None:
    bought = market.shop.subscribe(product_id="vip.year", account_token=TOKEN, period="P1Y")
    answer = market.claim(bought.signed_transaction)
    assert answer.body["entitlements"]["vip"]["active"] is False
    set_alone("vip-year", kind="vip", period="P1Y", **sold(None, "vip.year"))
    later(minutes=20)
    market.settle()
    answer = market.claim(market.shop.signed(bought))
    assert answer.body["entitlements"]["vip"]["active"] is True


def test_a_subscription_that_was_held_for_a_guest_opens_to_the_account_they_joined(
    market: Market, later: Later
) -> None:
    market.shop.subscribe(product_id="vip.year", account_token=TOKEN, period="P1Y")
    market.tell_all()
    viewers.find(ANNA, "US")
    viewers.find(BORIS, "US")
    dynamo.transact(joins.point(ANNA, BORIS), joins.stay_account(BORIS, ANNA))
    merging.merge(ANNA, BORIS)
    set_alone("vip-year", kind="vip", period="P1Y", **sold(None, "vip.year"))
    later(minutes=20)
    assert market.settle().items() >= {"settled": 1, "granted": 1, "failed": 0}.items()
    assert (status(ANNA), status(BORIS)) == ((False, None), (True, "active"))


def test_a_line_that_a_better_plan_holds_is_granted_to_the_account_alone(
    market: Market, later: Later
) -> None:
    bought = market.shop.subscribe(account_token=TOKEN)
    market.shop.change(bought, "vip.new", "upgrade")
    market.tell_all()
    viewers.find(BORIS, "US")
    viewers.find(ANNA, "US")
    dynamo.transact(joins.point(ANNA, BORIS), joins.stay_account(BORIS, ANNA))
    set_alone("vip-new", kind="vip", period="P1W", **sold(None, "vip.new"))
    later(minutes=20)
    assert market.settle()["granted"] == 1
    merging.merge(ANNA, BORIS)  # which was on its way all the time
    assert (status(ANNA), status(BORIS)) == ((False, None), (True, "active"))
    (has,) = vip.lines(dynamo.get(*viewers.place(BORIS), consistent=True))
    assert has.product_id == "vip-new"


def test_renewals_of_a_plan_that_is_offered_no_more_go_on(market: Market) -> None:
    bought = market.shop.subscribe(account_token=TOKEN)
    market.tell_all()
    set_alone("vip-week", kind="vip", period="P1W", active=False, **sold("vip", VIP))
    market.shop.renew(bought)
    market.tell_all()
    answer = market.restore(market.shop.signed(bought))
    assert answer.body["entitlements"]["vip"]["active"] is True


def test_what_waits_for_its_viewer_takes_no_turn_of_the_sweep(market: Market, later: Later) -> None:
    market.shop.buy(account_token=None)
    market.shop.subscribe(account_token=None)
    market.tell_all()
    later(days=30)
    assert dynamo.due("commerce", "purchase", until="9999", limit=50) == []


def test_what_is_held_does_not_starve_the_others(market: Market, later: Later) -> None:
    for _ in range(due_items._AT_ONCE + 5):
        market.claim(
            market.shop.buy(product_id="coins.500", account_token=TOKEN).signed_transaction
        )
    later(minutes=20)
    market.claim(market.shop.buy(account_token=TOKEN, product_id="coins.900").signed_transaction)
    set_alone("coins-900", kind="coins", coins=900, **sold(None, "coins.900"))
    later(minutes=20)
    assert market.settle()["granted"] == 1
    assert coins() == (900, 0, 0)


def test_one_that_cannot_be_granted_does_not_stop_the_sweep(
    google: Market, play: Play, later: Later
) -> None:
    lost = play.act("buy", product_id="coins_500", buyer={"account_id": ANNA})
    google.claim(lost)
    google.claim(play.act("buy", product_id="coins_900", buyer={"account_id": ANNA}))
    with play.book.open() as state:
        del state.one_time[lost["purchase_token"]]  # Google has forgotten it
    set_alone("coins-900", kind="coins", coins=900, **sold("coins_900", None))
    later(minutes=20)
    assert google.settle().items() >= {"settled": 1, "granted": 1, "failed": 1}.items()
    assert coins() == (900, 0, 0)
