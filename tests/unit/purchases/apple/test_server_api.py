"""Apple is asked over HTTP, and answers for a store on this machine."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from moto import mock_aws

from cliffhanger.purchases.apple import api_client, server_api
from cliffhanger.purchases.apple.claim import read_client_transaction
from cliffhanger.purchases.apple.consumption import Consumption
from cliffhanger.purchases.apple.notifications import read_notification
from cliffhanger.purchases.errors import (
    PurchaseNotVerified,
    StoreRefused,
    StoreUnavailable,
)
from cliffhanger.purchases.store import OneTimePurchase, Subscription
from local.stores.apple.chain import LEAF_MARKER, Chain, issue
from tests.unit.local_apple.open import Address, opened
from tests.unit.local_apple.shop import Shop
from tests.unit.purchases.apple.app import jws, parts


@pytest.fixture
def apple(
    shop: Shop,
    tmp_path: Path,
    configure: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Address]:
    """The store as a server, and the key to it in the stage's secret."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    api_client._key.cache_clear()
    with mock_aws(), opened(shop, tmp_path / "apple") as found:
        boto3.client("secretsmanager").create_secret(
            Name="apple-api", SecretString=found.key.model_dump_json()
        )
        configure(url=found.url)
        yield found
    api_client._key.cache_clear()


def old(chain: Chain, signed: str, **by: float) -> str:
    """The same, signed by Apple some time ago."""
    payload = parts(signed)[1]
    payload["signedDate"] -= round(timedelta(**by).total_seconds() * 1000)
    return jws(payload, chain.leaf, *chain.certificates)


def test_a_fresh_transaction_is_believed_without_asking(shop: Shop) -> None:
    assert read_client_transaction(shop.buy().signed_transaction)  # nobody is there to be asked


def test_an_old_transaction_is_not_lost(apple: Address, shop: Shop, chain: Chain) -> None:
    bought = shop.buy()
    told = read_client_transaction(old(chain, bought.signed_transaction, days=60))
    assert isinstance(told, OneTimePurchase)
    assert told.transaction_id == bought.transaction_id
    assert datetime.now(UTC) - told.told_at < timedelta(minutes=1)


def test_an_old_transaction_that_was_refunded_since_is_told_as_refunded(
    apple: Address, shop: Shop, chain: Chain
) -> None:
    bought = shop.buy()
    shop.refund(bought, 40)
    told = read_client_transaction(old(chain, bought.signed_transaction, hours=2))
    assert isinstance(told, OneTimePurchase)
    assert told.refunded == 40_000


def test_an_expired_leaf_with_a_date_from_when_it_was_good_grants_nothing(
    apple: Address, shop: Shop, chain: Chain
) -> None:
    leaf = issue(
        "Leaf",
        issuer=chain.intermediate,
        curve=ec.SECP256R1(),
        marker=LEAF_MARKER,
        is_authority=False,
        not_after=datetime(2021, 6, 1, tzinfo=UTC),
    )
    payload = parts(shop.buy().signed_transaction)[1] | {
        "transactionId": "700000000000001",
        "signedDate": 1_610_000_000_000,
    }
    forged = jws(payload, leaf, leaf.der, chain.intermediate.der, chain.root.der)
    with pytest.raises(PurchaseNotVerified) as refused:
        read_client_transaction(forged)
    assert refused.value.reason == "unknown_transaction"


def test_a_restored_subscription_is_told_as_it_is_now(
    apple: Address, shop: Shop, chain: Chain
) -> None:
    bought = shop.subscribe()
    renewed = shop.renew(bought)
    shop.cancel(bought)
    told = read_client_transaction(old(chain, bought.signed_transaction, days=8))
    assert isinstance(told, Subscription)
    assert (told.line_id, told.period_id) == (bought.transaction_id, renewed.transaction_id)
    assert (told.state, told.auto_renews) == ("active", False)


def test_a_subscription_that_was_bought_long_ago_is_asked_about_though_freshly_signed(
    apple: Address, shop: Shop
) -> None:
    bought = shop.subscribe(period="P1M")
    shop.transaction(bought).purchased_at -= 86_400_000
    shop.cancel(bought)
    told = read_client_transaction(shop.signed(bought))
    assert isinstance(told, Subscription)
    assert told.auto_renews is False


def test_the_sandbox_is_looked_at_where_production_does_not_know_it(
    apple: Address, shop: Shop
) -> None:
    bought = shop.buy(environment="Sandbox")
    assert server_api.transaction(bought.transaction_id).environment == "sandbox"
    with pytest.raises(PurchaseNotVerified) as refused:
        server_api.transaction(bought.transaction_id, "Production")
    assert refused.value.reason == "unknown_transaction"


def test_a_sandbox_stage_never_looks_at_production(
    apple: Address, shop: Shop, configure: Callable[..., None]
) -> None:
    configure(url=apple.url, environment="Sandbox")
    bought = shop.buy()
    with pytest.raises(PurchaseNotVerified):
        server_api.transaction(bought.transaction_id)
    with pytest.raises(PurchaseNotVerified) as refused:
        read_client_transaction(bought.signed_transaction)
    assert refused.value.reason == "environment"


def test_every_subscription_of_a_customer_is_told(apple: Address, shop: Shop) -> None:
    weekly = shop.subscribe(group="a")
    yearly = shop.subscribe(group="b", period="P1Y")
    shop.subscribe(account_token=None)
    shop.fail(weekly, grace_days=16)
    told = server_api.subscriptions(yearly.transaction_id)
    assert [(one.line_id, one.state) for one in told] == [
        (weekly.transaction_id, "grace"),
        (yearly.transaction_id, "active"),
    ]


def test_refunds_are_told_page_by_page(apple: Address, shop: Shop) -> None:
    bought = [shop.buy() for _ in range(45)]
    for one in bought[:43]:
        shop.refund(one)
    told = list(server_api.refunds(bought[44].transaction_id))
    assert len({one.transaction_id for one in told if isinstance(one, OneTimePurchase)}) == 43
    assert {one.refunded for one in told} == {100_000}


def test_notifications_are_told_page_by_page(apple: Address, shop: Shop) -> None:
    bought = [shop.buy() for _ in range(45)]
    shop.buy(environment="Sandbox")
    now = datetime.now(UTC)
    day = now - timedelta(days=1), now + timedelta(days=1)
    told, page = server_api.notification_history("Production", *day)
    while page:
        more, page = server_api.notification_history("Production", *day, page)
        told += more
    read = [read_notification(one, from_history=True) for one in told]
    assert [one.told.transaction_id for one in read if isinstance(one.told, OneTimePurchase)] == [
        one.transaction_id for one in bought
    ]
    (sandbox,), _ = server_api.notification_history("Sandbox", *day)
    assert read_notification(sandbox, from_history=True).environment == "sandbox"


def test_the_history_of_last_year_is_not_kept(apple: Address) -> None:
    now = datetime.now(UTC)
    with pytest.raises(StoreRefused) as refused:
        server_api.notification_history("Production", now - timedelta(days=200), now)
    assert refused.value.error_code == 4000012


def test_consumption_reaches_apple_in_its_own_words(apple: Address, shop: Shop) -> None:
    bought = shop.buy()
    server_api.send_consumption(
        bought.transaction_id,
        Consumption(
            customerConsented=True,
            sampleContentProvided=True,
            deliveryStatus="DELIVERED",
            consumptionPercentage=67_932,
            refundPreference="GRANT_PRORATED",
        ),
        "Production",
    )
    assert shop.store.state.consumptions == [
        {
            "transaction_id": bought.transaction_id,
            "customerConsented": True,
            "sampleContentProvided": True,
            "deliveryStatus": "DELIVERED",
            "consumptionPercentage": 67_932,
            "refundPreference": "GRANT_PRORATED",
        }
    ]


def test_a_test_notification_comes_without_a_transaction(apple: Address, shop: Shop) -> None:
    assert server_api.request_test_notification("Sandbox")
    shop.courier.tick()
    (_, sent), *_ = shop.post.received
    told = read_notification(sent)
    assert (told.type, told.environment, told.told) == ("TEST", "sandbox", None)


def test_a_replaced_key_is_read_again(apple: Address, shop: Shop) -> None:
    stale: Any = apple.key.model_copy(update={"key_id": "OLD"})
    secrets = boto3.client("secretsmanager")
    secrets.put_secret_value(SecretId="apple-api", SecretString=stale.model_dump_json())
    bought = shop.buy()
    with pytest.raises(StoreRefused) as refused:
        server_api.transaction(bought.transaction_id)
    assert refused.value.http_status == 401
    secrets.put_secret_value(SecretId="apple-api", SecretString=apple.key.model_dump_json())
    assert server_api.transaction(bought.transaction_id)


def test_an_answer_that_was_not_signed_by_apple_is_no_fault_of_the_client(
    apple: Address, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought = shop.buy()
    monkeypatch.setattr(shop.store, "signed", lambda _: "spoiled")
    with pytest.raises(StoreUnavailable):
        server_api.transaction(bought.transaction_id)
