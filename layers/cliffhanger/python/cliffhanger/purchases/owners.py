"""Whose a purchase is: bound by the store, else by the first who claims it, and then for good."""

from cliffhanger import dynamo
from cliffhanger.errors import Problem
from cliffhanger.identity import viewers


class PurchaseOfAnother(Problem):
    """The purchase is another viewer's. Nothing was granted."""

    status, code, title = 409, "purchase_of_another_viewer", "This purchase is another viewer's"


def owner(
    recorded: str | None,
    bound: str | None,
    claimant: str | None,
    *,
    current: str | None = None,
) -> str | None:
    """Return the viewer of a purchase, or None while nobody is known.

    A guest who was merged into an account is that account, whoever names them.

    Args:
        recorded: whom our record has.
        bound: whom the store names.
        claimant: who sends it now; None where the store itself tells it.
        current: a viewer who was just seen not to have been merged into another.

    Raises:
        PurchaseOfAnother: somebody else sends it.
    """

    def now(viewer_id: str) -> str:
        return viewer_id if viewer_id == current else viewers.current_id(viewer_id)

    known = recorded or bound
    if known is None:
        return claimant and now(claimant)
    whose = now(known)
    if claimant is not None and now(claimant) != whose:
        raise PurchaseOfAnother("Sign in as the viewer who bought it.")
    return whose


def is_deleted(viewer_id: str) -> bool:
    """Whether nobody can come as a viewer any more, nor as the account that they joined."""
    now = viewers.place(viewers.current_id(viewer_id))
    return viewers.has_left(dynamo.get(*now, consistent=True))
