"""What a grant costs, however much the viewer has bought before."""

import pytest

from cliffhanger import dynamo
from cliffhanger.purchases import notices
from cliffhanger.purchases.apple.notifications import read_notification
from tests.dynamo.backends import on_dict_and_local
from tests.unit.entitlements.owning import write_units
from tests.unit.purchases.core.market import TOKEN, Market, spend
from tests.unit.wallet.wallet_steps import buy

pytestmark = on_dict_and_local


@pytest.fixture
def units(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The write units of each transaction."""
    made: list[int] = []
    transact = dynamo.transact

    def note(*writes: dynamo.Write) -> None:
        made.append(sum(write_units(one) for one in writes))
        transact(*writes)

    monkeypatch.setattr(dynamo, "transact", note)
    return made


def signed(market: Market) -> str:
    return market.shop.buy(account_token=TOKEN).signed_transaction


@pytest.mark.parametrize("earlier", [0, 1, 200])
def test_a_claim_makes_six_calls_however_much_was_bought(
    market: Market, table_calls: list[str], earlier: int
) -> None:
    for _ in range(earlier):
        buy(1, 0)
        spend(1)
    sent = signed(market)
    table_calls.clear()
    assert market.claim(sent).status == 200
    assert table_calls == [
        "BatchGetItem",  # the viewer, and what the key is bound to
        "PutItem",  # the key is bound
        "BatchGetItem",  # the record, the product and the wallet
        "TransactWriteItems",
        "PutItem",  # the bus was told
        "BatchGetItem",  # what the viewer has now
    ]


@pytest.mark.parametrize("earlier", [0, 1, 200])
def test_a_grant_writes_six_units_in_its_transaction(
    market: Market, units: list[int], earlier: int
) -> None:
    for _ in range(earlier):
        buy(1, 0)
        spend(1)
    sent = signed(market)
    units.clear()
    market.claim(sent)
    assert units == [6]  # record, entry, wallet


@pytest.mark.parametrize("earlier", [0, 1, 200])
def test_a_notification_reads_once_and_writes_six_units_at_once(
    market: Market, table_calls: list[str], units: list[int], earlier: int
) -> None:
    for _ in range(earlier):
        buy(1, 0)
        spend(1)
    signed(market)
    table_calls.clear()
    units.clear()
    market.tell_all()
    assert (table_calls, units) == (["BatchGetItem", "TransactWriteItems", "PutItem"], [6])


def test_a_notification_that_is_repeated_reads_once_and_writes_nothing(
    market: Market, table_calls: list[str]
) -> None:
    signed(market)
    market.tell_all()
    (word,) = market.shop.store.state.notifications
    table_calls.clear()
    notices.from_apple(read_notification(word.signed_payload))
    assert table_calls == ["BatchGetItem"]


def test_a_wallet_with_two_hundred_packs_unspent_still_spends_and_grants_for_little(
    market: Market, units: list[int]
) -> None:
    for _ in range(200):
        buy(100, 10)
    units.clear()
    for _ in range(40):
        spend(60)
    assert set(units) == {4}  # wallet and entry: what moves up from a page leaves it as it is
    units.clear()
    market.claim(signed(market))
    assert units == [6]  # what moves behind the first lots stands on the entry
