"""What a store keeps: by store, market, product and date."""

from datetime import UTC, date, datetime

import pytest

from cliffhanger.purchases.store import Store
from cliffhanger.wallet import shares
from cliffhanger.wallet.shares import Row

TABLE = (
    Row(store="apple", market="*", product="coins", since=date(2020, 1, 1), share=30_000),
    Row(store="apple", market="*", product="coins", since=date(2026, 1, 1), share=25_000),
    Row(store="apple", market="JP", product="coins", since=date(2025, 1, 1), share=21_000),
    Row(store="apple", market="*", product="vip", since=date(2020, 1, 1), share=15_000),
)


@pytest.mark.parametrize(
    ("market", "product", "day", "left"),
    [
        ("US", "coins", "2025-12-31T23:59:59+00:00", 700_000),
        ("US", "coins", "2026-01-01T00:00:00+00:00", 750_000),
        ("US", "coins", "2026-01-01T00:00:00+02:00", 700_000),
        ("JP", "coins", "2026-06-01T00:00:00+00:00", 790_000),
        ("JP", "coins", "2024-12-31T00:00:00+00:00", 700_000),
        (None, "coins", "2026-06-01T00:00:00+00:00", 750_000),
        ("JP", "vip", "2026-06-01T00:00:00+00:00", 850_000),
    ],
)
def test_the_row_of_the_market_and_the_latest_date_counts(
    market: str | None, product: shares.Product, day: str, left: int
) -> None:
    sold_at = datetime.fromisoformat(day)
    found = shares.net(
        1_000_000, store="apple", market=market, product=product, sold_at=sold_at, table=TABLE
    )
    assert found == left


def test_a_sale_without_a_row_is_no_guess() -> None:
    with pytest.raises(LookupError, match="google, US, coins"):
        shares.net(
            1, store="google", market="US", product="coins", sold_at=datetime.now(UTC), table=TABLE
        )


@pytest.mark.parametrize("store", ["apple", "google"])
@pytest.mark.parametrize("product", ["coins", "vip"])
def test_the_table_that_ships_knows_every_sale(store: Store, product: shares.Product) -> None:
    found = shares.value(
        9_990_001,
        "EUR",
        store=store,
        storefront="DE",
        sold_at=datetime(2026, 1, 1, tzinfo=UTC),
        product=product,
    )
    assert 0 < found.net_micros < found.gross_micros == 9_990_001
    assert found.shares_version == max(shares.tables())


@pytest.mark.parametrize(
    ("store", "market", "day", "left"),
    [
        ("apple", "CN", "2026-03-14", 700_000),
        ("apple", "CN", "2026-03-15", 750_000),
        ("apple", "US", "2026-12-01", 700_000),
        ("google", "PT", "2026-06-29", 700_000),
        ("google", "PT", "2026-06-30", 750_000),
        ("google", "BR", "2026-12-01", 700_000),
    ],
)
def test_the_table_that_ships_knows_the_markets_with_rates_of_their_own(
    store: Store, market: str, day: str, left: int
) -> None:
    sold_at = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    found = shares.value(1_000_000, "USD", store=store, storefront=market, sold_at=sold_at)
    assert found.net_micros == left


def test_every_version_of_the_table_has_a_number_of_its_own_and_shares_below_a_whole() -> None:
    versions = shares.tables()
    assert sorted(versions) == list(range(1, len(versions) + 1))
    assert all(0 <= row.share <= 100_000 for table in versions.values() for row in table)
