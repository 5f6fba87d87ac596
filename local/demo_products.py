"""What the demo's shop sells. The page reads it from the API; only ids and amounts stand here."""

from typing import Any

_APPLE = "dev.cliffhanger.local"


def _dollars(cents: int) -> dict[str, Any]:
    return {"US": {"amount_micros": cents * 10_000, "currency": "USD"}}


def _pack(coins: int, bonus: int, cents: int, *, first: int = 0) -> dict[str, Any]:
    return {
        "kind": "coins",
        "coins": coins,
        "bonus_coins": bonus,
        "first_purchase_bonus": first,
        "apple_product_id": f"{_APPLE}.coins{coins}",
        "google_product_id": f"coins_{coins}",
        "prices": _dollars(cents),
        "active": True,
    }


PRODUCTS: dict[str, dict[str, Any]] = {
    "coins-100": _pack(100, 0, 99),
    "coins-550": _pack(550, 50, 499),
    "coins-1200": _pack(1200, 200, 999, first=300),
    "vip-weekly": {
        "kind": "vip",
        "period": "P1W",
        "apple_product_id": f"{_APPLE}.vip.weekly",
        "google_product_id": "vip_weekly",
        "prices": _dollars(599),
        "active": True,
    },
}
"""The bodies of PUT /studio/products/{id}, by id."""
