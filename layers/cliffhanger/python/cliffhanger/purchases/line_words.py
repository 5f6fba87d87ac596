"""What a word about a subscription makes of its line. Nothing here is written.

A word about an older period of the line, such as its refund or its replacement by an upgrade,
changes nothing of the line, whether it is heard before or after those of the newer period. A word
that is older than the newest one can still say whose it is.
"""

from cliffhanger import ids
from cliffhanger.identity import viewers
from cliffhanger.purchases import line_owners, line_periods, lines, products
from cliffhanger.purchases.line_owners import Claim
from cliffhanger.purchases.lines import Line
from cliffhanger.purchases.product_models import Product
from cliffhanger.purchases.records import Todo
from cliffhanger.purchases.store import Subscription, SubscriptionState

_CLOSED: tuple[SubscriptionState, ...] = ("expired", "revoked")
_NAMED = 10  # transfers on the line itself; each has a record of its own


def wanted(
    line: Line | None, told: Subscription, claimant: str | None, how: Claim, token: str | None
) -> Line:
    """Return the line as it is to be, by what is known and what is told now.

    Raises:
        PurchaseOfAnother: it is another viewer's, and stays theirs.
    """
    known = line or _new(told)
    goes_on = known.opened_as is not None  # a plan that is offered no more goes on
    product = products.find_sold(told.store, told.product_id, also_inactive=goes_on)
    had = known.viewer_id or told.viewer_id or _before(told)
    viewer_id, moved = line_owners.decide(had, _new_buyer(line, told), claimant, how)
    kept = known.model_copy(
        update={
            "viewer_id": viewer_id,
            "transfers": (*known.transfers, *moved)[-_NAMED:],
            "token": token or known.token,
            "replaced_at": known.replaced_at or (told.told_at if told.is_replaced else None),
            "charged_ahead_at": line_periods.charged_ahead_at(known, told),
            "runs": line_periods.runs(known, told, slug(product)),
            "overtaken": line_periods.overtaken(known, told),
        }
    )
    if line is None or not line_periods.is_news(known, told):
        if kept.product_id is None and told.product_id == kept.store_product_id:
            kept = kept.model_copy(update={"product_id": slug(product)})
        return _with_todo(line, kept, told)
    closed = known.opened_as if told.state in _CLOSED else None  # to end what the old one opened
    moved_on = kept.model_copy(
        update={
            "named": told.viewer_id or known.named,
            "product_id": slug(product) or closed,
            "store_product_id": told.product_id,
            "state": _state(known, told),
            "ends_at": told.expires_at,
            "auto_renews": _auto_renews(line, told),
            "period_id": told.period_id,
            "period_began_at": told.purchased_at,
            "told_at": told.told_at,
            "is_family_shared": told.is_family_shared,
        }
    )
    return _with_todo(line, moved_on, told)


def _new_buyer(line: Line | None, told: Subscription) -> str | None:
    """Return whom Apple names with a newer period, where that is not whom it named before.

    An Apple account that subscribes again goes on with its line, whoever is signed in by then. A
    renewal names whom the purchase named, and so does not undo what was restored. With Google a
    line is one purchase.
    """
    if line is None or line.viewer_id is None or told.viewer_id in {None, line.buyer}:
        return None
    if not line_periods.is_another(line, told) or not line_periods.is_news(line, told):
        return None
    named = str(told.viewer_id)
    is_same = viewers.current_id(named) == viewers.current_id(str(line.buyer))
    return None if is_same else named


def _state(line: Line, told: Subscription) -> SubscriptionState:
    """Return what it is now. Of Google's only the order tells a refund from an end."""
    is_untold = told.state == "expired" and told.refunded is None
    was_revoked = line.state == "revoked" and line.period_id == told.period_id
    return "revoked" if is_untold and was_revoked else told.state


def _auto_renews(line: Line | None, told: Subscription) -> bool:
    """Return whether it renews itself. A claim of Apple's may be signed again and not tell it."""
    if told.auto_renews is not None:
        return told.auto_renews
    return line.auto_renews if line and line.period_id == told.period_id else True


def _new(told: Subscription) -> Line:
    return Line(
        id=ids.new("pur"),
        store=told.store,
        environment=told.environment,
        line_id=told.line_id,
        store_product_id=told.product_id,
        viewer_id=None,
        named=told.viewer_id,
        state=told.state,
        ends_at=told.expires_at,
        auto_renews=_auto_renews(None, told),
        period_id=told.period_id,
        period_began_at=told.purchased_at,
        told_at=told.told_at,
        is_family_shared=told.is_family_shared,
    )


def _before(told: Subscription) -> str | None:
    """Return whose the line was that this one goes on from, or begins again: it names nobody.

    Whose it was by our record outweighs whom the store had bound it to.
    """
    before = told.replaces or told.resumes
    old = lines.find(told.store, told.environment, before) if before else None
    return (old and old.viewer_id) or told.resumes_viewer_id


def slug(product: Product | None) -> str | None:
    """Return the studio's id of a product, if it is a plan."""
    return product.id if product and product.kind == "vip" else None


def _with_todo(line: Line | None, kept: Line, told: Subscription) -> Line:
    """Note what is left to do after the commit, when something changed that others must know."""
    todo: list[Todo] = [one for one in kept.todo if one != "tell_changed"]
    if not kept.is_held and (_is_other(line, kept) or "tell_changed" in kept.todo):
        todo.append("tell_changed")
    is_open = told.store == "google" and told.state in {"active", "grace"}
    unsettled = is_open and not told.is_acknowledged and "acknowledge" not in todo
    if unsettled and not kept.is_held:
        todo.append("acknowledge")
    if "read_replaced" not in todo and _looks_back(line, kept, told):
        todo.append("read_replaced")
    opened_as = kept.product_id or kept.opened_as
    return kept.model_copy(update={"todo": tuple(todo), "opened_as": opened_as})


def _looks_back(line: Line | None, kept: Line, told: Subscription) -> bool:
    """Whether the line that this one replaces is to be read at Google.

    Its end may never be told, and it may open something here until then. Where it is not known
    here, it may say whose this one is.
    """
    if told.replaces_token is None or told.is_replaced:
        return False
    if line is None or kept.viewer_id is None:
        return True
    old = lines.find(told.store, told.environment, str(told.replaces))
    return old is not None and not old.is_over


def _is_other(line: Line | None, kept: Line) -> bool:
    """Whether something changed that others may notice, unlike the moment of the last word."""
    unseen = (
        "told_at",
        "named",
        "charged_ahead_at",
        "overtaken",
        "token",
        "opened_as",
        "replaced_at",
    )
    same = {name: getattr(kept, name) for name in unseen}
    return line is None or line.model_copy(update=same) != kept
