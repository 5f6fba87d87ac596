"""A guest's entitlements go to the account that the guest joined: every step can be repeated.

Nothing is written to the guest any more by then, so what is left can be moved in any order:

- A VIP line fails on `merged_into` of the guest, which is set before all of this, see
  `vip.put_line`.
- Unlocks have no such condition of their own. They are written with a charge, which fails on the
  version of the guest's wallet: wallets are merged before unlocks move, and that writes the wallets
  of both environments, also where there was none. A charge that sees the merged wallet looks again
  at whose unlocks they are, see `charging.look`.
"""

from collections.abc import Mapping
from typing import Any

from cliffhanger import dynamo
from cliffhanger.entitlements import unlocks, vip, vip_pruning
from cliffhanger.entitlements.unlocks import Unlocks
from cliffhanger.errors import Busy
from cliffhanger.identity import viewers
from cliffhanger.wallet import merging as wallets

_TRIES = 8
_PAGE = 50


def merge(guest_id: str, account_id: str) -> None:
    """Move VIP lines and unlocks. Doing it again, or going on after a death, moves the rest.

    Raises:
        Busy: others went on changing the same items. What was moved stays moved.
    """
    _move_lines(guest_id, account_id)
    after: str | None = None
    while True:
        found, after = unlocks.page(guest_id, limit=_PAGE, after=after)
        for one in found:
            _move_unlocks(guest_id, account_id, one.drama_id)
        if after is None:
            return


def hurry(guest_id: str, account_id: str, drama_id: str) -> None:
    """Move what decides who may watch a drama, and who pays: the coins, VIP and its unlocks.

    Whoever asks for a drama while all is on its way need not wait for all.

    Raises:
        MergedElsewhere: the guest's wallet is in another account.
        Busy: others went on changing the same items. What was moved stays moved.
    """
    wallets.merge(guest_id, account_id)
    _move_lines(guest_id, account_id)
    _move_unlocks(guest_id, account_id, drama_id)


def _move_lines(guest_id: str, account_id: str) -> None:
    item = dynamo.get(*viewers.place(guest_id), consistent=True)
    moved = dict(vip.keyed(item))
    for key, line in moved.items():
        try:
            dynamo.transact(vip.put_line(account_id, key, line), vip.drop_line(guest_id, key))
        except dynamo.ConditionFailed:  # another call of the same merge has moved it
            continue
    if moved:
        vip_pruning.prune(account_id)


def _move_unlocks(guest_id: str, account_id: str, drama_id: str) -> None:
    for _ in range(_TRIES):
        guest = _read(guest_id, drama_id)
        account = _read(account_id, drama_id)
        moved = guest.moved()
        if moved == guest:
            return
        both = account.joined(guest)
        try:
            dynamo.transact(
                unlocks.write(account_id, account, both), unlocks.write(guest_id, guest, moved)
            )
        except dynamo.ConditionFailed:
            continue
        return
    raise Busy("Others are unlocking the same drama. Send it again.")


def _read(viewer_id: str, drama_id: str) -> Unlocks:
    found: Mapping[str, Any] | None = dynamo.get(
        *unlocks.place(viewer_id, drama_id), consistent=True
    )
    return unlocks.of_item(drama_id, found)
