"""The rehearsal of a restore: wallets are damaged, brought back, and agree with their ledgers."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from operations.__main__ import app
from operations.recovery import table_of
from operations.shell import target_of
from operations.target import Target
from operations.wallets import check_wallets
from tests.client import Client
from tests.cloud.money import Buyer, open_account, set_products


@pytest.fixture
def target(cloud: dict[str, Any]) -> Target:
    return target_of(None, None, Path(cloud["state"]))


@pytest.fixture
def buyers(cloud: dict[str, Any]) -> list[Buyer]:
    """Three viewers who bought a pack of coins each."""
    set_products(cloud)
    some = [open_account(cloud) for _ in range(3)]
    for buyer in some:
        assert buyer.claim_apple(buyer.buy_from_apple()).status == 200
        assert buyer.wallet() == (100, 10, 0)
    return some


def operate(target: Target, *words: str, wanted: int = 0) -> str:
    assert target.place
    ran = CliRunner().invoke(app, [*words, f"--local={target.place.state}"])
    assert ran.exit_code == wanted, ran.output
    return ran.output


def damage(target: Target, table: str, buyers: list[Buyer]) -> None:
    """A slip of a hand: coins from nowhere, a wallet that is gone, a ledger that is gone."""
    dynamodb = target.client("dynamodb")
    rich, poor, forgotten = (buyer.id for buyer in buyers)
    wallet = {"pk": {"S": rich}, "sk": {"S": "WALLET"}}
    item = dynamodb.get_item(TableName=table, Key=wallet)["Item"]
    item["paid"] = {"N": "9999"}
    dynamodb.put_item(TableName=table, Item=item)
    dynamodb.delete_item(TableName=table, Key={"pk": {"S": poor}, "sk": {"S": "WALLET"}})
    entries = dynamodb.query(
        TableName=table,
        KeyConditionExpression="pk = :viewer AND begins_with(sk, :entry)",
        ExpressionAttributeValues={":viewer": {"S": forgotten}, ":entry": {"S": "LED#"}},
    )["Items"]
    assert entries
    for entry in entries:
        dynamodb.delete_item(TableName=table, Key={"pk": entry["pk"], "sk": entry["sk"]})


def test_damaged_wallets_are_found_brought_back_and_agree(
    target: Target, buyers: list[Buyer]
) -> None:
    table = table_of(target, "commerce")
    assert check_wallets(target, table).faults == []
    backup = operate(target, "backup", "commerce").strip()
    late = Client(buyers[0].client.api_url).post("/guests").body["viewer_id"]
    damage(target, table, buyers)
    damaged = check_wallets(target, table).faults
    assert {one.split()[0] for one in damaged} == {buyer.id for buyer in buyers}

    told = operate(target, "restore", "commerce", f"--from-backup={backup}")
    assert "the restored copy" in told
    assert "3 disagree" in told
    assert "WALLET: 1 changed" in told
    assert "WALLET: 1 lost" in told
    assert check_wallets(target, table).faults == damaged  # a look changes nothing

    told = operate(target, "restore", "commerce", f"--from-backup={backup}", "--copy-back", "--yes")
    assert "items brought back" in told
    assert check_wallets(target, table).faults == []
    assert [buyer.wallet() for buyer in buyers] == [(100, 10, 0)] * 3  # and it is open again
    assert late not in _viewers(target, table)  # what came after the backup is gone


def test_the_local_cloud_says_that_it_keeps_no_history(target: Target) -> None:
    assert target.place
    ran = CliRunner().invoke(
        app, ["restore", "commerce", "--at=2026-01-01T00:00:00", f"--local={target.place.state}"]
    )
    assert ran.exit_code == 1
    assert "keeps no history" in str(ran.exception)


def _viewers(target: Target, table: str) -> set[str]:
    pages = target.client("dynamodb").get_paginator("scan").paginate(TableName=table)
    return {item["pk"]["S"] for page in pages for item in page["Items"]}
