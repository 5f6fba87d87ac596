"""Whose a subscription is to be. It goes over by a new purchase, or where it is restored."""

from typing import Literal

from cliffhanger import clock
from cliffhanger.identity import viewers
from cliffhanger.purchases.lines import Transfer
from cliffhanger.purchases.owners import PurchaseOfAnother, is_deleted, owner
from cliffhanger.purchases.settings import PurchaseSettings
from cliffhanger.settings import load

Claim = Literal["buy", "restore"]


def decide(
    had: str | None, new_buyer: str | None, claimant: str | None, how: Claim
) -> tuple[str | None, tuple[Transfer, ...]]:
    """Return whose a line is to be, and how it went over to them, if it did.

    Args:
        had: whose it is, as far as anybody knows.
        new_buyer: another viewer, for whom it was bought anew.
        claimant: who sends it now; None where the store itself tells it.
        how: `restore` moves another viewer's subscription where the stage's policy says so.

    Raises:
        PurchaseOfAnother: it is another viewer's, and stays theirs.
    """
    bound = new_buyer or had
    try:
        whose = owner(None, bound, claimant)
    except PurchaseOfAnother:
        if how != "restore" or claimant is None or not _may_move(str(bound)):
            raise
        whose = viewers.current_id(claimant)
    else:
        if whose is None or new_buyer is None:
            return whose, ()
    before = viewers.current_id(str(had))
    if before == whose:
        return whose, ()
    return whose, (Transfer(from_viewer_id=before, to_viewer_id=whose, at=clock.now()),)


def _may_move(viewer_id: str) -> bool:
    """Whether a viewer's subscription goes to whoever restores it.

    By the stage's policy, or because nobody is left whom it would be kept for. Deleted is for good.
    """
    return load(PurchaseSettings).restore == "transfer" or is_deleted(viewer_id)
