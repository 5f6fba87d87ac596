"""A purchase is one item of a kilobyte, two units of a transaction, with what it has heard."""

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest

from cliffhanger import clock, correlation, dynamo, ids
from cliffhanger.purchases import lines, records
from cliffhanger.purchases.heard import MOST
from cliffhanger.purchases.lines import Line
from cliffhanger.purchases.records import Record
from cliffhanger.purchases.store import Store
from cliffhanger.wallet.grants import Bought
from cliffhanger.wallet.lots import Value
from cliffhanger.wallet.refunds import Taken
from tests.unit.entitlements.owning import size
from tests.unit.gateway import VIEWER

NOW = datetime(2026, 11, 28, 16, 4, 28, 123456, tzinfo=UTC)
TOKEN = f"{'a' * 24}.{'x' * 140}"
"""As long as Google makes them."""
ORDER = "GPA.3345-1234-5678-90123"
PRODUCT = "com.cliffhanger.coins.12000"
HASH = "f" * 64
APPLES_ID = "2" * 16
PRICE = 1_599_000_000_000
CALL = "0198c1a2-7b2e-4b1c-9c6e-1234567890ab"


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch, stage: None) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def after(notices: int, item: Any) -> Any:
    """The item when it has heard so many."""
    for number in range(notices):
        item = item.hearing(f"0198c1a2-7b2e-4b1c-9c6e-{number:012d}")
    return item


def stored(write: dynamo.Write) -> int:
    assert write.item is not None
    return size(write.item)


def pack(store: Store) -> Record:
    is_google = store == "google"
    value = Value(
        gross_micros=PRICE, net_micros=PRICE, currency="IDR", storefront="ID", shares_version=12
    )
    return Record(
        id=ids.new("pur"),
        store=store,
        environment="production",
        transaction_id=HASH if is_google else APPLES_ID,
        store_product_id=PRODUCT,
        viewer_id=VIEWER,
        product_id="coins-12000",
        state="granted",
        quantity=10,
        purchased_at=NOW,
        told_at=NOW,
        price_micros=PRICE,
        currency="IDR",
        storefront="ID",
        order_id=ORDER if is_google else None,
        token=TOKEN if is_google else None,
        bought=Bought(
            purchase_id=ids.new("pur"), coins=120_000, bonus_coins=36_000, pieces=10, value=value
        ),
        first_bonus=True,
        todo=("tell_granted", "consume") if is_google else ("tell_granted",),
        version=1,
    )


@pytest.mark.parametrize("store", get_args(Store))
def test_a_grant_of_a_pack_that_was_held_before(store: Store) -> None:
    with correlation.of(CALL):
        assert stored(records.write(after(2, pack(store)), after=1)) <= 1024


def test_a_pack_of_apples_whatever_becomes_of_it() -> None:
    changes: dict[str, Any] = {
        "state": "refunded",
        "refunded": 66_666,
        "taken": Taken(share=66_666, paid=79_999, bonus=23_999, debt=79_999),
        "todo": ("tell_granted", "tell_refunded", "reopen"),
    }
    refunded = after(MOST + 3, pack("apple")).model_copy(update=changes)
    assert len(refunded.heard) == MOST
    with correlation.of(CALL):
        assert stored(records.write(refunded, after=12)) <= 1024


@pytest.mark.parametrize("store", get_args(Store))
def test_a_subscription_that_was_told_of_for_years(store: Store) -> None:
    is_google = store == "google"
    line = Line(
        id=ids.new("pur"),
        store=store,
        environment="production",
        line_id=HASH if is_google else APPLES_ID,
        store_product_id=PRODUCT,
        viewer_id=VIEWER,
        named=VIEWER,
        product_id="vip-month-plus",
        opened_as="vip-month-plus",
        state="billing_retry",
        ends_at=NOW + timedelta(days=30),
        auto_renews=True,
        period_id=f"{ORDER}..123" if is_google else APPLES_ID,
        period_began_at=NOW,
        told_at=NOW,
        token=TOKEN if is_google else None,
        todo=("tell_changed", "acknowledge"),
        version=120,
    )
    with correlation.of(CALL):
        assert stored(lines.write(after(MOST + 3, line), after=120)) <= 1024
