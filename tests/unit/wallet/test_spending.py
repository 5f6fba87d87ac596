"""Spending: in which order, from which lots, and at what cost to the table."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from cliffhanger import aws, clock, dynamo, ids
from cliffhanger.wallet import balance, changes, grants, ledger, spending, wallets
from cliffhanger.wallet.audit import audit
from cliffhanger.wallet.entries import Cause, item
from cliffhanger.wallet.errors import InsufficientCoins
from cliffhanger.wallet.grants import Bought
from cliffhanger.wallet.lots import Value
from tests.unit.gateway import VIEWER
from tests.unit.wallet.wallet_steps import EPISODE, buy, coins, item_bytes, promote, spend


def test_promotional_goes_first_the_soonest_of_it_then_bonus_then_the_oldest_paid(
    stage: None, later: Callable[..., None]
) -> None:
    old = buy(10, 5)
    later(seconds=1)
    new = buy(10, 5)
    soon = promote(3, clock.now() + timedelta(days=1)).entry.id
    late = promote(3, clock.now() + timedelta(days=2)).entry.id
    ever = promote(3).entry.id
    spent = [(move.id, move.kind, move.coins) for move in spend(31).entry.moves]
    assert spent == [
        (soon, "promotional", -3),
        (late, "promotional", -3),
        (ever, "promotional", -3),
        (old.purchase_id, "bonus", -5),
        (new.purchase_id, "bonus", -5),
        (old.purchase_id, "paid", -10),
        (new.purchase_id, "paid", -2),
    ]
    assert coins() == (8, 0, 0)


def test_an_unlock_knows_what_it_was_worth_to_the_last_millionth(stage: None) -> None:
    buy(3, gross_micros=1_000_000)
    parts = [spend(1).entry.moves[0].value for _ in range(3)]
    assert [part and part.gross_micros for part in parts] == [-333_333, -333_333, -333_334]
    assert sum(part.net_micros for part in parts if part) == -700_000
    assert {part and (part.currency, part.storefront) for part in parts} == {("USD", "US")}


def test_bonus_coins_are_worth_nothing(stage: None) -> None:
    buy(1, 9)
    assert [move.value for move in spend(9).entry.moves] == [None]


def test_too_few_coins_tell_the_price_and_the_balance_and_change_nothing(stage: None) -> None:
    buy(10, 5)
    with pytest.raises(InsufficientCoins) as refused:
        spend(16)
    assert refused.value.document() | {"detail": ""} == {
        "type": "urn:cliffhanger:problem:insufficient_coins",
        "title": "There are not enough coins",
        "status": 402,
        "detail": "",
        "code": "insufficient_coins",
        "price": 16,
        "balance": 15,
    }
    assert coins() == (10, 5, 0)


def test_expired_coins_cannot_be_spent_and_are_written_off_when_the_wallet_is_touched(
    stage: None, later: Callable[..., None]
) -> None:
    promote(7, clock.now() + timedelta(days=1))
    buy(10)
    later(days=1)
    assert balance.read(VIEWER).spendable == 10
    with pytest.raises(InsufficientCoins):
        spend(11)
    spend(10)
    entries = list(ledger.every(VIEWER, "production"))
    assert [one.kind for one in entries[-2:]] == ["expiry", "unlock"]
    assert entries[-2].postings == {"promotional": -7, "expired": 7}
    assert audit(VIEWER).faults == ()


def test_the_coins_of_a_paid_pack_never_expire(stage: None, later: Callable[..., None]) -> None:
    buy(10, 5)
    later(days=36_500)
    assert balance.read(VIEWER).spendable == 15


def test_an_unlock_of_a_full_wallet_takes_four_write_units_and_leaves_two_for_the_unlock_itself(
    stage: None,
) -> None:
    value = Value(
        gross_micros=9_999_999_999_999,
        net_micros=8_888_888_888_888,
        currency="VND",
        storefront="VN",
        shares_version=999,
    )
    for _ in range(9):
        bought = Bought(purchase_id=ids.new("pur"), coins=9_999_999, value=value)
        wallet = wallets.read(VIEWER, "sandbox")
        change = grants.grant(wallet, bought, key="once", now=clock.now())
        dynamo.transact(*change.writes)
    wallet = wallets.read(VIEWER, "sandbox")
    assert (len(wallet.open), wallet.unread) == (8, 1)
    first_spent = spending.spend(wallet, 1, cause=EPISODE, now=clock.now(), key="f" * 64)
    dynamo.transact(*first_spent.writes)
    wallet = wallets.read(VIEWER, "sandbox")
    price = 8 * 9_999_999 - 2
    whole = spending.spend(wallet, price, cause=EPISODE, now=clock.now(), key="f" * 64)
    assert len(whole.entry.moves) == 8
    for write in (*first_spent.writes, *whole.writes):
        assert write.item is not None
        assert item_bytes(write.item) <= 1024
    assert (len(first_spent.writes), len(whole.writes)) == (2, 2)


def test_the_fullest_wallet_that_can_be_is_under_1_kb(stage: None) -> None:
    value = Value(
        gross_micros=9_999_999_999_999,
        net_micros=8_888_888_888_888,
        currency="VND",
        storefront="VN",
        shares_version=999,
    )
    wallet = wallets.read(VIEWER, "sandbox")
    for _ in range(20):
        bought = Bought(purchase_id=ids.new("pur"), coins=9_999_999, value=value)
        dynamo.transact(*grants.grant(wallet, bought, key="once", now=clock.now()).writes)
        wallet = wallets.read(VIEWER, "sandbox")
    stored = dynamo.get("commerce", dynamo.key(VIEWER, "WALLET#sandbox"))
    assert stored is not None
    full = stored | {
        "promotional": 999_999_999,
        "bonus": 999_999_999,
        "debt": 999_999_999,
        "version": 999_999_999,
        "overflow": 9_999,
        "pages": [999_999_999, 999_999_999],
        "emptied": bytes(20),  # of 160 pages
        "keys": bytes(64),
        "sunk": 999_999_999,
        "merged_into": VIEWER,
    }
    assert len(full["lots"]) == 8
    assert item_bytes(full) < 1024


def test_lots_beyond_the_eighth_are_read_when_they_are_needed_and_not_before(
    stage: None, table_calls: list[str]
) -> None:
    for _ in range(12):
        buy(1)
    table_calls.clear()
    for _ in range(7):
        spend(1)
    assert "Query" not in table_calls
    spend(1)
    assert table_calls.count("Query") == 1
    for _ in range(4):
        spend(1)
    assert table_calls.count("Query") == 1
    assert coins() == (0, 0, 0)


def test_two_hundred_packs_are_granted_and_spent_to_the_last_coin_by_two_items_a_change(
    memory: None, changed: list[list[dynamo.Item]]
) -> None:
    packs = [buy(3, 1).purchase_id for _ in range(200)]
    assert wallets.read(VIEWER).unread == 392
    spent = [move for _ in range(160) for move in spend(5).entry.moves]
    assert coins() == (0, 0, 0)
    assert [move.id for move in spent if move.kind == "bonus" and move.coins] == packs
    assert list(dict.fromkeys(move.id for move in spent if move.kind == "paid")) == packs
    assert {len(items) for items in changed} == {2}
    assert max(item_bytes(item) for items in changed for item in items) <= 1024
    assert audit(VIEWER).faults == ()
    again = [buy(3, 1).purchase_id for _ in range(12)]
    assert {lot.id for lot in wallets.whole(wallets.read(VIEWER)).open} == set(again)
    assert audit(VIEWER).faults == ()


@pytest.fixture
def changed(stage: None, monkeypatch: pytest.MonkeyPatch) -> list[list[dynamo.Item]]:
    """The items that each transaction writes."""
    made: list[list[dynamo.Item]] = []
    transact = dynamo.transact

    def note(*writes: dynamo.Write) -> None:
        made.append([one.item for one in writes if one.item])
        transact(*writes)

    monkeypatch.setattr(dynamo, "transact", note)
    return made


def test_coins_come_to_a_wallet_of_many_lots_without_a_look_at_the_others(
    stage: None, table_calls: list[str]
) -> None:
    for _ in range(12):
        buy(1, 1)
    table_calls.clear()
    new = buy(1, 1)
    soon = promote(1, clock.now() + timedelta(days=1)).entry.id
    late = promote(1).entry.id
    assert table_calls == ["GetItem", "TransactWriteItems"] * 3
    spent = [move.id for _ in range(15) for move in spend(1).entry.moves]
    assert spent[:2] == [soon, late]
    assert spent[14] == new.purchase_id  # its bonus, behind those of the twelve before
    assert coins() == (13, 0, 0)
    assert audit(VIEWER).faults == ()


def test_a_wallet_that_is_not_of_one_moment_with_its_pages_is_read_again(
    stage: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(12):
        buy(1)
    spend(7)
    query, late = dynamo.query_between, [True]

    def torn(*asked: str, **more: Any) -> Iterator[dynamo.Item]:
        found = query(*asked, **more)
        return iter([*found][:-1]) if late and late.pop() else found

    monkeypatch.setattr(dynamo, "query_between", torn)
    spend(5)
    assert (coins(), late) == ((0, 0, 0), [])


def test_lots_of_one_millisecond_are_apart(stage: None) -> None:
    now = clock.now()
    other = ids.new("vwr")
    given: list[changes.Change] = []
    for viewer_id in (VIEWER, other, VIEWER, other):
        wallet = wallets.read(viewer_id)
        soon = now + timedelta(seconds=1)
        cause = Cause("campaign", "x")
        given.append(grants.promote(wallet, 1, expires_at=soon, cause=cause, key="k", now=now))
        dynamo.transact(*given[-1].writes)
        wallet = wallets.read(viewer_id)  # an entry of expiry, and one of promotion
        change = grants.promote(wallet, 1, expires_at=None, cause=cause, key="k", now=soon)
        given.append(change)
    names = [move.id for one in given for move in one.entry.moves]
    assert len(set(names)) == len(names)


def test_a_spend_that_lost_a_race_is_decided_again_by_what_is_there_then(stage: None) -> None:
    buy(10)
    first = [True]

    def prepare() -> tuple[changes.Change, list[dynamo.Write]]:
        wallet = wallets.read(VIEWER)
        change = spending.spend(wallet, 6, cause=EPISODE, key="once", now=clock.now())
        if first.pop() if first else False:
            spend(6)
        return change, []

    with pytest.raises(InsufficientCoins):
        changes.commit(prepare)
    assert coins() == (4, 0, 0)


def test_what_the_caller_adds_decides_with_the_charge_or_not_at_all(stage: None) -> None:
    buy(10)
    unlock = dynamo.create("commerce", dynamo.key(VIEWER, "UNLOCK#1"))

    def prepare() -> tuple[changes.Change, list[dynamo.Write]]:
        wallet = wallets.read(VIEWER)
        return spending.spend(wallet, 4, cause=EPISODE, key="once", now=clock.now()), [unlock]

    changes.commit(prepare)
    with pytest.raises(dynamo.ConditionFailed) as refused:
        changes.commit(prepare)
    assert refused.value.failed == (0,)
    assert coins() == (6, 0, 0)


def test_no_item_of_the_ledger_or_the_wallet_is_deleted_by_the_tables_time_to_live(
    stage: None,
) -> None:
    promote(1, clock.now() + timedelta(days=1))
    buy(3, 2)
    spend(2)
    items = aws.dynamodb().scan(TableName="commerce")["Items"]
    assert len(items) == 4
    assert not [one for one in items if "expires_at" in one]


def test_an_entry_that_does_not_add_up_is_none(stage: None) -> None:
    buy(3)
    (entry,) = ledger.every(VIEWER, "production")
    broken = item(VIEWER, "production", entry) | {"postings": {"paid": 3, "store": -2}}
    dynamo.write(dynamo.put("commerce", broken))
    (fault,) = audit(VIEWER).faults
    assert "do not add up" in fault


def test_nothing_cannot_be_bought(stage: None) -> None:
    with pytest.raises(ValueError, match="nothing"):
        spending.spend(
            wallets.read(VIEWER), 0, cause=Cause("unlock", "x"), key="once", now=clock.now()
        )
