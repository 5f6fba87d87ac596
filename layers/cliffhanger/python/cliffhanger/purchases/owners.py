"""Whose a purchase is: bound by the store, else by the first who claims it, and then for good."""

from cliffhanger.errors import Problem
from cliffhanger.identity import viewers


class PurchaseOfAnother(Problem):
    """The purchase is another viewer's. Nothing was granted."""

    status, code, title = 409, "purchase_of_another_viewer", "This purchase is another viewer's"


def owner(recorded: str | None, bound: str | None, claimant: str | None) -> str | None:
    """Return the viewer of a purchase, or None while nobody is known.

    A guest who was merged into an account is that account, whoever names them.

    Args:
        recorded: whom our record has.
        bound: whom the store names.
        claimant: who sends it now; None where the store itself tells it.

    Raises:
        PurchaseOfAnother: somebody else sends it.
    """
    known = recorded or bound
    if known is None:
        return claimant and viewers.current_id(claimant)
    current = viewers.current_id(known)
    if claimant is not None and viewers.current_id(claimant) != current:
        raise PurchaseOfAnother("Sign in as the viewer who bought it.")
    return current
