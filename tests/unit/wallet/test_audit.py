"""The audit finds what does not belong, and only that."""

from typing import Any

import pytest

from cliffhanger import aws, dynamo, ids
from cliffhanger.wallet.audit import audit, audit_all
from tests.unit.gateway import VIEWER
from tests.unit.wallet.wallet_steps import buy, promote, spend


def tamper(name: str, value: Any) -> None:
    at = dynamo.key(VIEWER, "WALLET")
    dynamo.write(dynamo.update("commerce", at, f"SET #{name} = :value", value=value))


def test_a_wallet_that_was_never_touched_by_hand_is_in_order(stage: None) -> None:
    buy(10, 2)
    promote(5)
    spend(8)
    found = audit(VIEWER)
    assert (found.entries, found.faults) == (3, ())


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("paid", 11, "paid: the wallet says 11, the ledger 10"),
        ("bonus", -1, "bonus: below zero"),
        ("debt", 5, "debt: the wallet says 5, the ledger 0"),
        ("lots", [], "paid: the wallet says 10, its lots 0"),
    ],
)
def test_a_wallet_that_says_more_or_less_than_its_ledger_is_told(
    stage: None, name: str, value: Any, words: str
) -> None:
    buy(10, 2)
    tamper(name, value)
    assert words in audit(VIEWER).faults


def test_a_change_in_between_is_no_fault(stage: None, monkeypatch: pytest.MonkeyPatch) -> None:
    buy(10)
    pending = [True]

    def spend_once(**_: Any) -> None:
        if pending:
            pending.pop()
            spend(1)

    events = aws.dynamodb().meta.events
    events.register("before-call.dynamodb.Query", spend_once)
    try:
        found = audit(VIEWER)
    finally:
        events.unregister("before-call.dynamodb.Query", spend_once)
    assert (pending, found.entries, found.faults) == ([], 2, ())


def test_all_wallets_of_both_kinds_are_looked_at_once(stage: None) -> None:
    owners = [ids.new("vwr") for _ in range(5)]
    for owner in owners:
        buy(1, viewer_id=owner)
        buy(1, viewer_id=owner)
        buy(1, viewer_id=owner, environment="sandbox")
    found = audit_all(segments=3)
    assert (found.wallets, found.faulty) == (10, ())


def test_a_ledger_without_its_wallet_is_found_among_all(stage: None) -> None:
    lost = ids.new("vwr")
    buy(3, viewer_id=VIEWER)
    buy(3, viewer_id=lost)
    aws.dynamodb().delete_item(TableName="commerce", Key={"pk": {"S": lost}, "sk": {"S": "WALLET"}})
    (faulty,) = audit_all().faulty
    assert (faulty.viewer_id, faulty.environment) == (lost, "production")
    assert "paid: the wallet says 0, the ledger 3" in faulty.faults
