"""What happens to a viewer's wallet, in one call each."""

from datetime import datetime
from typing import Any

from cliffhanger import clock, ids
from cliffhanger.purchases.store import Environment
from cliffhanger.wallet import changes, grants, refunds, spending, wallets
from cliffhanger.wallet.changes import Change
from cliffhanger.wallet.entries import Cause
from cliffhanger.wallet.grants import Bought
from cliffhanger.wallet.lots import Value
from cliffhanger.wallet.refunds import Taken
from tests.unit.gateway import VIEWER

DRAMA_ID, EPISODE_ID = "drm_01JD0000000000000000000000", "ep_01JD0000000000000000000000"
EPISODE = Cause("unlock", f"{DRAMA_ID}/12", EPISODE_ID)


def dollars(gross_micros: int) -> Value:
    return Value(
        gross_micros=gross_micros,
        net_micros=gross_micros * 7 // 10,
        currency="USD",
        storefront="US",
        shares_version=1,
    )


def buy(
    coins: int,
    bonus: int = 0,
    *,
    viewer_id: str = VIEWER,
    environment: Environment = "production",
    gross_micros: int = 4_990_000,
) -> Bought:
    bought = Bought(
        purchase_id=ids.new("pur"), coins=coins, bonus_coins=bonus, value=dollars(gross_micros)
    )
    now = clock.now()
    changes.commit(
        lambda: (
            grants.grant(wallets.read(viewer_id, environment), bought, key="once", now=now),
            [],
        )
    )
    return bought


def promote(coins: int, expires_at: datetime | None = None, *, viewer_id: str = VIEWER) -> Change:
    cause = Cause("campaign", "welcome")
    now = clock.now()
    return changes.commit(
        lambda: (
            grants.promote(
                wallets.read(viewer_id),
                coins,
                expires_at=expires_at,
                cause=cause,
                key="once",
                now=now,
            ),
            [],
        )
    )


def spend(
    price: int, *, viewer_id: str = VIEWER, environment: Environment = "production"
) -> Change:
    now = clock.now()
    return changes.commit(
        lambda: (
            spending.spend(
                wallets.read(viewer_id, environment), price, cause=EPISODE, key="once", now=now
            ),
            [],
        )
    )


def refund(bought: Bought, earlier: Taken, share: int, *, viewer_id: str = VIEWER) -> Taken:
    """A refund that is told, up or down, and what the purchase's record says afterwards."""
    turn = refunds.take_back if share > earlier.share else refunds.give_back
    made = turn(wallets.read(viewer_id), bought, earlier, share, key="once", now=clock.now())
    if made is None:
        return earlier
    changes.commit(lambda: (made[0], []))
    return made[1]


def coins(viewer_id: str = VIEWER) -> tuple[int, int, int]:
    """Paid, bonus and debt."""
    found = wallets.read(viewer_id)
    return found.coins["paid"], found.coins["bonus"] + found.coins["promotional"], found.debt


def stored_bytes(value: Any) -> int:
    """The size of a plain value in DynamoDB (Developer Guide, "Item sizes and formats")."""
    match value:
        case bool() | None:
            return 1
        case str():
            return len(value.encode())
        case bytes():
            return len(value)
        case int():
            return (len(str(abs(value))) + 1) // 2 + 1 + (value < 0)
        case list() | tuple():
            return 3 + sum(1 + stored_bytes(one) for one in value)
        case dict():
            return 3 + sum(1 + len(name) + stored_bytes(one) for name, one in value.items())
    raise TypeError(value)


def item_bytes(item: dict[str, Any]) -> int:
    return sum(len(name.encode()) + stored_bytes(value) for name, value in item.items())
