"""What races, merged guests and deleted viewers may do to a purchase."""

from typing import Any

import pytest

from cliffhanger import clock, dynamo
from cliffhanger.identity import joins, viewers
from cliffhanger.purchases import coins as packs
from cliffhanger.purchases import records
from cliffhanger.purchases.google import api
from cliffhanger.wallet import changes, merging
from tests.unit.local_google.running import Play
from tests.unit.purchases.core.market import (
    ANNA,
    BORIS,
    CARLA,
    TOKEN,
    Market,
    coins,
    kept,
    the_purchase,
)


def test_when_others_go_on_changing_it_nothing_is_granted_and_the_client_may_try_again(
    market: Market, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = market.shop.buy(account_token=TOKEN).signed_transaction
    tried = []

    def taken(*writes: dynamo.Write) -> None:
        tried.append(len(writes))
        raise dynamo.ConditionFailed([3])  # the record, behind wallet, entry and key

    with monkeypatch.context() as busy:
        busy.setattr(dynamo, "transact", taken)
        answer = market.claim(signed)
    assert (answer.status, answer.body["code"]) == (503, "busy")
    assert len(tried) == packs._TRIES
    assert (kept("BUY#", "PURCHASE"), coins()) == ([], (0, 0, 0))
    assert market.claim(signed).status == 200


def test_two_claims_of_one_purchase_in_a_race_grant_it_once(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = market.shop.buy(account_token=None).signed_transaction
    transact, racing = dynamo.transact, [BORIS]

    def overtaken(*writes: dynamo.Write) -> None:
        if racing:
            assert market.claim(signed, racing.pop()).status == 200
        transact(*writes)

    monkeypatch.setattr(dynamo, "transact", overtaken)
    assert market.claim(signed, ANNA).status == 409
    assert (coins(ANNA), coins(BORIS)) == ((0, 0, 0), (100, 10, 0))


def test_an_answer_that_was_overtaken_on_its_way_does_not_undo_a_refund(
    google: Market, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:

    sent = play.act("buy", product_id="coins_100", buyer={"account_id": ANNA})
    google.claim(sent)
    known, slow = api.one_time, [True]

    def answered_late(token: str) -> Any:
        answer = known(token)
        if slow and slow.pop():  # refunded, told and applied while the answer is on its way
            play.act("refund", purchase_token=token)
            google.push()
        return answer

    monkeypatch.setattr(api, "one_time", answered_late)
    google.claim(sent)
    assert (the_purchase()["state"], coins()) == ("refunded", (0, 0, 0))


def merge(guest: str, account: str) -> None:
    """What joining an account does: the wallets, and the row that leads from one to the other."""
    table, key = viewers.place(guest)
    dynamo.write(dynamo.put(table, key | {"merged_into": account}))
    changes.commit(lambda: (merging.merge_writes(guest, account, now=clock.now()), []))


def test_what_a_guest_bought_is_the_accounts_whoever_of_both_claims_it(market: Market) -> None:
    first = market.shop.buy(account_token=TOKEN).signed_transaction
    market.claim(first)
    plan = market.shop.subscribe(account_token=TOKEN)
    market.claim(plan.signed_transaction)
    merge(ANNA, BORIS)
    late = market.shop.buy(account_token=TOKEN).signed_transaction  # the store still says Anna
    assert market.claim(late, BORIS).body["wallet"]["paid"] == 200
    assert market.claim(first, BORIS).status == market.claim(first, ANNA).status == 200
    assert market.claim(late, ANNA).body["wallet"]["paid"] == 200
    assert coins(BORIS) == (200, 20, 0)
    market.shop.renew(plan)
    market.tell_all()
    answer = market.claim(plan.signed_transaction, BORIS)
    assert answer.body["entitlements"]["vip"]["active"] is True


def test_a_refund_finds_the_wallet_that_a_guests_went_into(market: Market) -> None:
    bought = market.shop.buy(account_token=TOKEN)
    market.claim(bought.signed_transaction)
    merge(ANNA, BORIS)
    market.shop.refund(bought)
    market.tell_all()
    assert (coins(ANNA), coins(BORIS)) == ((0, 0, 0), (0, 0, 0))


def test_a_guest_without_a_wallet_is_answered_the_accounts(market: Market) -> None:
    table, key = viewers.place(ANNA)
    dynamo.write(dynamo.put(table, key | {"merged_into": BORIS}))
    signed = market.shop.buy(account_token=TOKEN).signed_transaction
    assert market.claim(signed, ANNA).body["wallet"]["paid"] == 100


@pytest.mark.parametrize("path", ["claim", "restore"])
def test_a_deleted_viewer_claims_nothing(market: Market, path: str) -> None:
    signed = market.shop.buy(account_token=TOKEN).signed_transaction
    dynamo.write(viewers.bury(ANNA, clock.now()))
    answer = getattr(market, path)(signed)
    assert (answer.status, answer.body["code"]) == (401, "viewer_deleted")
    assert kept("BUY#", "PURCHASE") == []


@pytest.mark.parametrize("path", ["claim", "restore"])
def test_a_guest_whose_account_was_deleted_claims_nothing_and_binds_nothing(
    market: Market, path: str
) -> None:
    for one in (ANNA, BORIS):
        viewers.find(one, "US")
    dynamo.transact(joins.point(ANNA, BORIS), joins.stay_account(BORIS, ANNA))
    dynamo.write(viewers.bury(BORIS, clock.now()))
    signed = market.shop.buy(account_token=None).signed_transaction
    answer = getattr(market, path)(signed)
    assert (answer.status, answer.body["code"]) == (401, "viewer_deleted")
    assert kept("BUY#", "PURCHASE") == []
    assert market.claim(signed, CARLA).body["wallet"]["paid"] == 100


def test_what_a_deleted_viewer_bought_goes_on_being_counted(market: Market) -> None:
    bought = market.shop.buy(account_token=TOKEN)
    market.claim(bought.signed_transaction)
    dynamo.write(viewers.bury(ANNA, clock.now()))
    market.shop.refund(bought)
    market.tell_all()
    assert (the_purchase()["state"], coins()) == ("refunded", (0, 0, 0))
    assert market.claim(bought.signed_transaction, BORIS).status == 409


def test_a_later_word_that_names_another_does_not_move_a_purchase(market: Market) -> None:
    bought = market.shop.buy(account_token=None)
    market.claim(bought.signed_transaction, BORIS)
    market.shop.transaction(bought).account_token = TOKEN
    market.shop.refund(bought, 10)
    market.tell_all()
    assert the_purchase()["viewer_id"] == BORIS
    assert (coins(ANNA), coins(BORIS)[0]) == ((0, 0, 0), 90)


def test_no_token_of_a_store_stands_in_a_record_that_is_printed(google: Market, play: Play) -> None:
    sent = play.act("buy", product_id="coins_100", buyer={"account_id": ANNA})
    google.claim(sent)
    record = records.Record.of(the_purchase())
    assert sent["purchase_token"] not in repr(record)
