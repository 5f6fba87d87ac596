"""The services of money in this process, on the local cloud's own emulation of DynamoDB."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis
from hypothesis.stateful import run_state_machine_as_test

from cliffhanger import aws, clock, ids, settings
from cliffhanger.errors import Problem
from cliffhanger.idempotency import IdempotencyKey
from cliffhanger.purchases import products
from cliffhanger.purchases.product_models import ProductInput
from cliffhanger.purchases.store import OneTimePurchase
from cliffhanger.wallet import balance, ledger
from cliffhanger.wallet.audit import audit
from local.layout import CREDENTIALS
from tests.dynamo.clients import botocore_client
from tests.dynamo.faults import FAULTS, Fault, Killed, Striking
from tests.unit.conftest import STAGE
from tests.unit.under_fire.machine import Money, UnlocksGo
from tests.unit.under_fire.stores import Stores
from tests.unit.under_fire.test_machine import DEEPER

MOST_CALLS = 40


@pytest.fixture
def way(cloud: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[Striking]:
    """The way to the cloud's tables, on which faults strike."""
    for name, value in STAGE.items():
        monkeypatch.setenv(name, cloud["tables"].get(value, value))
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", cloud["region"])
    where = {"endpoint_url": cloud["aws_endpoint_url"], "region_name": cloud["region"]}
    secret = CREDENTIALS["AWS_SECRET_ACCESS_KEY"]
    client = botocore_client(
        **where, aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"], aws_secret_access_key=secret
    )
    made = Striking(client._endpoint.http_session)
    client._endpoint.http_session = made
    monkeypatch.setattr(aws, "dynamodb", lambda: client)
    settings._loaded.cache_clear()
    yield made
    settings._loaded.cache_clear()


@pytest.mark.parametrize("world", [Money, UnlocksGo])
def test_money_is_right_after_every_step_there_too(way: Striking, world: type[Money]) -> None:
    run_state_machine_as_test(
        world,
        settings=hypothesis(
            max_examples=2 * DEEPER,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_claim_that_is_hit_anywhere_grants_once_there_too(
    way: Striking, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores = Stores()
    stores.open(monkeypatch)
    monkeypatch.setattr(clock, "now", lambda: stores.now)
    product = {"kind": "coins", "coins": 30, "bonus_coins": 5, "apple_product_id": "coins"}
    products.put("coins", ProductInput.model_validate(product | {"google_product_id": "coins"}))
    for at in range(MOST_CALLS):
        viewer_id, sent = ids.new("vwr"), str(at)
        stores.now += timedelta(seconds=1)
        stores.say(pack(viewer_id, stores))
        key = IdempotencyKey.of(caller=viewer_id, operation="x", key=ids.new("key"), body="x")
        with way.striking(fault, at):
            try:
                stores.claim(viewer_id, "apple", sent, key)
            except (Killed, ClientError, BotoCoreError, Problem):
                assert way.struck is not None
        if way.struck is None:
            break
        stores.claim(viewer_id, "apple", sent, key)
        found = balance.read(viewer_id)
        assert (found.paid, found.bonus, found.debt) == (30, 5, 0)
        assert [one.kind for one in ledger.every(viewer_id, "production")] == ["purchase"]
        assert audit(viewer_id).faults == ()
    assert 0 < at < MOST_CALLS - 1


def pack(viewer_id: str, stores: Stores) -> OneTimePurchase:
    return OneTimePurchase(
        store="apple",
        environment="production",
        product_id="coins",
        viewer_id=viewer_id,
        purchased_at=stores.now,
        told_at=stores.now,
        transaction_id=ids.new("pack"),
        quantity=1,
        state="purchased",
    )
