"""A guest names the account that they join, once; see `moving` for what follows.

| on the item of | attribute |
|---|---|
| the guest | `merged_into`: the account; `due`, `due_at`: until all has moved |
| the account | `joined_at`; `depth`: how many joined one after the other up to here; `coming`: |
| | the guest whose coins and entitlements are still on their way |

Guests come one at a time, and nobody joins an account while a guest of theirs is coming: so what
is on its way is never more than one step away, and never goes to somebody who has left.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

from cliffhanger import clock, dynamo
from cliffhanger.identity.viewers import place, require_alive
from cliffhanger.tables import DUE

MERGE_DUE = "merge"
"""What the index of due items calls a guest of whom something may be left to move."""

LONGEST_CHAIN = 6
"""Guests who join one after the other. Whoever still knows the first is led all the way."""

_COMING = "coming"
_SOON = timedelta(minutes=2)


def joining(guest_id: str, account_id: str) -> tuple[dynamo.Write, dynamo.Write] | None:
    """Return the writes by which a guest joins an account; None where the chain would be too long.

    Raises:
        ViewerDeleted: the guest was deleted.
    """
    guest, account = dynamo.batch_get(place(guest_id), place(account_id), consistent=True)
    require_alive(guest)
    below, there = (item.get("depth", 0) if item else 0 for item in (guest, account))
    if below + 1 > LONGEST_CHAIN:
        return None
    writes = point(guest_id, account_id, depth=below)
    return writes, stay_account(account_id, guest_id, depth=max(there, below + 1))


def point(guest_id: str, account_id: str, *, depth: int = 0) -> dynamo.Write:
    """Return the write by which a guest becomes an account. It fails for another account.

    It fails also while a guest of theirs is coming. They stand in the index of due items until
    `has_moved`.
    """
    return dynamo.update(
        *place(guest_id),
        f"SET #merged_into = :account, #{DUE.partition_key} = :kind, #{DUE.sort_key} = :soon",
        condition="attribute_not_exists(#deleted_at)"
        " AND (attribute_not_exists(#merged_into) OR #merged_into = :account)"
        " AND (attribute_not_exists(#depth) OR #depth = :depth)"
        f" AND attribute_not_exists(#{_COMING})",
        account=account_id,
        kind=MERGE_DUE,
        soon=clock.iso(clock.now() + _SOON),
        depth=depth,
    )


def stay_account(account_id: str, guest_id: str, *, depth: int = 1) -> dynamo.Write:
    """Return the write by which an account awaits a guest.

    It fails when the account is gone, has joined another meanwhile, or awaits somebody else.
    """
    return dynamo.update(
        *place(account_id),
        f"SET #joined_at = :now, #depth = :depth, #{_COMING} = :guest",
        condition="attribute_exists(pk) AND attribute_not_exists(#deleted_at)"
        " AND attribute_not_exists(#merged_into)"
        " AND (attribute_not_exists(#depth) OR #depth <= :depth)"
        f" AND (attribute_not_exists(#{_COMING}) OR #{_COMING} = :guest)",
        now=clock.iso(clock.now()),
        depth=depth,
        guest=guest_id,
    )


def coming(account: Mapping[str, Any]) -> str | None:
    """Return the guest whose coins and entitlements are on their way to an account.

    Args:
        account: its viewer item.
    """
    return account.get(_COMING)


def unfinished(guest_id: str, account_id: str) -> list[tuple[str, str]]:
    """Return who comes to these two and must have come before one joins the other: who, and to."""
    both = (guest_id, account_id)
    items = dynamo.batch_get(*map(place, both), consistent=True)
    found = [(coming(item or {}), there) for item, there in zip(items, both, strict=True)]
    return [(guest, there) for guest, there in found if guest and guest != guest_id]


def has_come(guest_id: str, account_id: str) -> None:
    """Say that all of a guest's coins and entitlements are the account's. Again changes nothing."""
    with suppress(dynamo.ConditionFailed):
        dynamo.write(
            dynamo.update(
                *place(account_id),
                f"REMOVE #{_COMING}",
                condition=f"#{_COMING} = :guest",
                guest=guest_id,
            )
        )


def is_joining(guest_id: str, account_id: str) -> bool | None:
    """Whether a guest names an account by now; None where nothing stands in the way of it.

    Raises:
        ViewerDeleted: one of them was deleted.
    """
    guest, account = dynamo.batch_get(place(guest_id), place(account_id), consistent=True)
    for item in (guest, account):
        require_alive(item)
    names = (guest or {}).get("merged_into")
    if names == account_id:
        return True
    return False if names or "merged_into" in (account or {}) else None


def has_moved(guest_id: str) -> dynamo.Write:
    """Return the write that says that all of a merged guest's has gone over."""
    return dynamo.update(*place(guest_id), f"REMOVE #{DUE.partition_key}, #{DUE.sort_key}")
