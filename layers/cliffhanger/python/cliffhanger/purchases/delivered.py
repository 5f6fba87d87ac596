"""Whether Google waits to hear that a purchase was delivered, though it refuses to be told.

It refuses for a pack that is consumed or was refunded, and for a plan that is over. But it refuses
what is wrong on our side too, such as another product's id, and then gives the money back after
three days.
"""

from cliffhanger.purchases import asking
from cliffhanger.purchases.errors import PurchaseNotVerified
from cliffhanger.purchases.lines import Line
from cliffhanger.purchases.records import Record
from cliffhanger.purchases.store import WHOLE


def is_settled(done: Record | Line, token: str) -> bool:
    """Ask Google whether there is nothing left to say: it knows, or it is not paid any more.

    Raises:
        PurchaseNotVerified: what Google says cannot be read.
        StoreUnavailable: Google does not answer.
        StoreRefused: Google answers out of turn.
        InternalError: Google does not let us in.
    """
    try:
        return _is_known(done, token)
    except PurchaseNotVerified as problem:
        if problem.reason != "unknown_transaction":
            raise
        return True


def _is_known(done: Record | Line, token: str) -> bool:
    if isinstance(done, Record):
        pack = asking.google_pack(token)
        return pack.is_consumed or pack.state == "canceled" or pack.refunded == WHOLE
    plan = asking.google_subscription(token)
    return plan.is_acknowledged or plan.state in {"expired", "revoked"}
