"""What a viewer does to own something, and what the app then sees."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from cliffhanger import clock, dynamo, ids
from cliffhanger.entitlements import unlocks, vip
from cliffhanger.entitlements.unlocks import LastCharge, Unlocks
from cliffhanger.entitlements.vip import VipLine
from cliffhanger.identity import viewers
from cliffhanger.purchases.store import Environment, Store, SubscriptionState
from functions.viewing.handler import handler
from tests.unit.gateway import VIEWER, Answer, viewer
from tests.unit.wallet.wallet_steps import item_bytes


def unlock_drama(drama_id: str, *, key: str | None = None) -> Answer:
    route = "POST /v1/dramas/{drama_id}/unlock"
    headers = {"idempotency-key": key} if key else {}
    return viewer(handler, route, path={"drama_id": drama_id}, headers=headers)


def access(drama_id: str, **query: str) -> list[str]:
    """The access of each episode of a page, by number."""
    return [one["access"] for one in shown(drama_id, **query)["items"]]


def bundle_price(drama_id: str, **query: str) -> int | None:
    """What the app shows as the price of the whole drama."""
    price: int | None = shown(drama_id, **query)["bundle_price"]
    return price


def shown(drama_id: str, **query: str) -> Any:
    route = "GET /v1/dramas/{drama_id}/access"
    return viewer(handler, route, path={"drama_id": drama_id}, query=query).body


def line(
    state: SubscriptionState = "active",
    *,
    store: Store = "apple",
    environment: Environment = "production",
    expires_at: datetime | None = None,
    opens: tuple[str, ...] | None = None,
) -> VipLine:
    return VipLine(
        store=store,
        environment=environment,
        product_id="vip-week",
        state=state,
        expires_at=expires_at or clock.now() + timedelta(days=7),
        auto_renews=True,
        opens=opens,
    )


def subscribe(one: VipLine | None = None, line_id: str = "1") -> None:
    one = one or line()
    key = vip.line_key(one.store, one.environment, line_id)
    dynamo.write(vip.put_line(VIEWER, key, one))


def stored(drama_id: str) -> Unlocks:
    return unlocks.of_item(drama_id, dynamo.get(*unlocks.place(VIEWER, drama_id), consistent=True))


def own(drama_id: str, slots: Iterable[int]) -> None:
    """Let the viewer own slots of a drama, as if they had been charged a coin."""
    before = stored(drama_id)
    charge = LastCharge(coins=1, environment="production", entry_id=ids.new("led"))
    dynamo.write(unlocks.write(VIEWER, before, before.after(slots, charge, whole=False)))


def set_auto_unlock(wanted: bool) -> None:
    dynamo.write(dynamo.update(*viewers.place(VIEWER), "SET #auto_unlock = :wanted", wanted=wanted))


def events_of(told: list[tuple[str, Any]]) -> list[Any]:
    return [detail for name, detail in told if name == "episode.unlocked"]


def size(item: Any) -> int:
    """The bytes of an item. A byte string counts like a text of its length."""
    return item_bytes(_without_bytes(item))


def _without_bytes(value: Any) -> Any:
    match value:
        case bytes():
            return "x" * len(value)
        case dict():
            return {name: _without_bytes(one) for name, one in value.items()}
    return value


def write_units(write: dynamo.Write) -> int:
    """What a put costs in a transaction: two units for each KB begun."""
    assert write.item is not None
    return 2 * -(-size(write.item) // 1024)
