"""A restore in its right order: beside, audited, compared; then closed, copied, audited, open."""

from collections.abc import Callable

from operations.copying import copy_back, counted, differences
from operations.errors import OperationError
from operations.pause import paused
from operations.recovery import table_of
from operations.target import Target
from operations.wallets import Found, check_wallets

Tell = Callable[[str], None]
_SHOWN = 20


def compare(target: Target, name: str, restored: str, tell: Tell) -> int:
    """Say what differs between the table `name` and a restored copy; return how many items.

    Nothing is changed. Of the commerce table, all wallets of the copy are audited too.
    """
    if name == "commerce":
        _tell_wallets(check_wallets(target, restored), "the restored copy", tell)
        _tell_wallets(check_wallets(target, table_of(target, name)), "the table as it is now", tell)
    found = counted(differences(target.client("dynamodb"), table_of(target, name), restored))
    for (kind, what), count in sorted(found.items()):
        tell(f"{kind}: {count} {what}")
    total = sum(found.values())
    tell(f"{total} items differ (lost and changed come back, new ones go)")
    return total


def bring_back(target: Target, name: str, restored: str, tell: Tell) -> int:
    """Make the table `name` what its restored copy is; return how many items that took.

    The stage is closed meanwhile. What happened since the copy's moment is undone: purchases among
    it come again from the stores' histories when the reconciler runs.

    Raises:
        OperationError: wallets disagree with their ledgers after all.
    """
    table = table_of(target, name)
    with paused(target, tell):
        count = copy_back(target.client("dynamodb"), table, restored)
        tell(f"{count} items brought back")
        if name == "commerce":
            found = check_wallets(target, table)
            _tell_wallets(found, "the table now", tell)
            if found.faults:
                raise OperationError(
                    f"{len(found.faults)} wallets disagree with their ledgers also in the restored"
                    " copy. Restore from an earlier moment."
                )
    return count


def _tell_wallets(found: Found, where: str, tell: Tell) -> None:
    tell(f"{where}: {found.wallets} wallets, {len(found.faults)} disagree with their ledger")
    for fault in found.faults[:_SHOWN]:
        tell(f"  {fault}")
