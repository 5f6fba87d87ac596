"""What stands in the tables in the end, without the ids and moments that differ each time."""

from collections import Counter
from typing import Any

from cliffhanger import clock, dynamo
from cliffhanger.entitlements import vip, vip_status
from cliffhanger.identity import viewers
from cliffhanger.purchases.store import Environment
from cliffhanger.wallet import balance, ledger
from cliffhanger.wallet.audit import audit
from tests.unit.purchases.core.market import everything

ENVIRONMENTS: tuple[Environment, ...] = ("production", "sandbox")


def look(*viewers: str) -> dict[str, Any]:
    """All that counts. The books must agree, and nothing may be left to do."""
    rows = everything()
    assert [one for one in rows if one.get("todo")] == [], "something is left to do"
    return {
        "viewers": {one: holdings(one) for one in viewers},
        "kept": Counter(kind(one) for one in rows if one["pk"] != "RECONCILED"),
        "purchases": sorted(purchase(one) for one in rows if kind(one) in {"BUY", "SUB"}),
    }


def holdings(viewer_id: str) -> dict[str, Any]:
    """What a viewer has by every account."""
    found: dict[str, Any] = {}
    for environment in ENVIRONMENTS:
        assert audit(viewer_id, environment).faults == ()
        has = balance.read(viewer_id, environment)
        kinds = sorted(one.kind for one in ledger.every(viewer_id, environment))
        found[environment] = (has.paid, has.bonus, has.debt, kinds)
    item = dynamo.get(*viewers.place(viewer_id), consistent=True)
    found["vip"] = (vip_status.best(vip.lines(item), clock.now()).state, len(list(vip.lines(item))))
    table, _ = viewers.place(viewer_id)
    rows = dynamo.query(table, viewer_id, prefix="UNLOCK#", consistent=True)
    found["unlocks"] = sorted(
        (one.get("slots", b""), one.get("sandbox", b""), one.get("whole") or "") for one in rows
    )
    viewer = dynamo.get(table, dynamo.key(viewer_id, "VIEWER"), consistent=True) or {}
    found["viewer"] = sorted(viewer)
    return found


def kind(row: dynamo.Item) -> str:
    """What an item is: by its sort key where it is a viewer's, else by its partition."""
    name = row["pk"].partition("#")[0]
    if name in {"BUY", "SUB"} and row["sk"] not in {"PURCHASE", "SUBSCRIPTION"}:
        return str(row["sk"].partition("#")[0])
    return str(name if "#" in row["pk"] else row["sk"].partition("#")[0])


def purchase(row: dynamo.Item) -> tuple[Any, ...]:
    names = ("pk", "state", "viewer_id", "product_id", "held", "refunded")
    return tuple(str(row.get(name)) for name in names)
