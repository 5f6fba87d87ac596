"""VIP subscriptions: a line moves forward only, and its viewer's entitlement with it.

Words about a line come twice, late and out of order. The newest counts (Apple: by `signedDate`;
Google: by what its API says now). A word about an older period of the line, such as its refund or
its replacement by an upgrade, changes what is known of that period and nothing of the line.
"""

from collections.abc import Sequence
from typing import Literal

from cliffhanger import clock, dynamo, ids
from cliffhanger.entitlements import vip
from cliffhanger.entitlements.vip import VipLine
from cliffhanger.errors import Busy
from cliffhanger.identity import viewers
from cliffhanger.purchases import lines, products
from cliffhanger.purchases.lines import Line, Transfer
from cliffhanger.purchases.owners import PurchaseOfAnother, owner
from cliffhanger.purchases.product_models import Product
from cliffhanger.purchases.records import Todo
from cliffhanger.purchases.settings import PurchaseSettings
from cliffhanger.purchases.store import Subscription, SubscriptionState
from cliffhanger.settings import load

_TRIES = 8
_CLOSED: tuple[SubscriptionState, ...] = ("expired", "revoked")

Claim = Literal["buy", "restore"]


def apply(
    told: Subscription,
    *,
    claimant: str | None = None,
    how: Claim = "buy",
    token: str | None = None,
    also: Sequence[dynamo.Write] = (),
) -> Line:
    """Bring a line in line with what the store says of it.

    Args:
        told: what the store says now.
        claimant: the viewer who sends it; None where the store itself tells it.
        how: `restore` moves another viewer's subscription where the stage's policy says so.
        token: Google's purchase token, to settle the purchase with later.
        also: writes that belong into the transaction of the effect. Their conditions are the
            caller's.

    Raises:
        PurchaseOfAnother: it is another viewer's, and stays theirs.
        ConditionFailed: a condition of `also` did not hold; nothing was done.
        Busy: others went on changing the same line.
    """
    for _ in range(_TRIES):
        line = lines.find(told.store, told.environment, told.line_id)
        wanted = _wanted(line, told, claimant, how, token)
        _note_period(told)  # first, since nobody comes back for it once the line is written
        if wanted == line and not also:
            return line
        entitled = _entitlement(line, wanted)
        kept = lines.write(wanted, after=wanted.version)
        try:
            dynamo.transact(*also, kept, *entitled)
        except dynamo.ConditionFailed as error:
            if any(place < len(also) for place in error.failed):
                raise
            continue  # another word about this line was faster
        return wanted.model_copy(update={"version": wanted.version + 1})
    raise Busy("Others are changing this subscription. Send it again.")


def look_again(line: Line) -> Line:
    """Grant a line that was held, if its product is known by now.

    Raises:
        Busy: others changed it at the same moment.
    """
    product = products.find_sold(line.store, line.store_product_id)
    slug = _slug(product)
    wanted = line.model_copy(
        update={"product_id": slug, "opened_as": slug, "todo": _all_to_do(line)}
    )
    if wanted.is_held:
        return line
    kept = lines.write(wanted, after=line.version)
    try:
        dynamo.transact(kept, *_entitlement(line, wanted))
    except dynamo.ConditionFailed as error:
        raise Busy("Others are changing this subscription.") from error
    return wanted.model_copy(update={"version": line.version + 1})


def _wanted(
    line: Line | None, told: Subscription, claimant: str | None, how: Claim, token: str | None
) -> Line:
    known = line or _new(told)
    goes_on = known.product_id is not None
    product = products.find_sold(told.store, told.product_id, also_inactive=goes_on)
    bound = known.viewer_id or told.viewer_id or _before(told)
    transfers = known.transfers
    try:
        viewer_id = owner(known.viewer_id, bound, claimant)
    except PurchaseOfAnother:
        if how != "restore" or claimant is None or load(PurchaseSettings).restore == "keep":
            raise
        viewer_id = viewers.current_id(claimant)
        moved = Transfer(from_viewer_id=str(bound), to_viewer_id=viewer_id, at=clock.now())
        transfers = (*transfers, moved)
    kept = known.model_copy(
        update={"viewer_id": viewer_id, "transfers": transfers, "token": token or known.token}
    )
    if line is None or not _is_news(known, told):
        if kept.product_id is None and told.product_id == kept.store_product_id:
            kept = kept.model_copy(update={"product_id": _slug(product)})
        return _with_todo(line, kept, told)
    closed = known.opened_as if told.state in _CLOSED else None  # to end what the old one opened
    moved_on = kept.model_copy(
        update={
            "product_id": _slug(product) or closed,
            "store_product_id": told.product_id,
            "state": told.state,
            "ends_at": told.expires_at,
            "auto_renews": told.auto_renews,
            "period_id": told.period_id,
            "period_began_at": told.purchased_at,
            "told_at": told.told_at,
            "is_family_shared": told.is_family_shared,
        }
    )
    return _with_todo(line, moved_on, told)


def _is_news(line: Line, told: Subscription) -> bool:
    """Whether a word is newer than what is known, and about a period that is not an old one."""
    if told.told_at < line.told_at:
        return False
    return told.period_id == line.period_id or told.purchased_at >= line.period_began_at


def _new(told: Subscription) -> Line:
    return Line(
        id=ids.new("pur"),
        store=told.store,
        environment=told.environment,
        line_id=told.line_id,
        store_product_id=told.product_id,
        viewer_id=None,
        state=told.state,
        ends_at=told.expires_at,
        auto_renews=told.auto_renews,
        period_id=told.period_id,
        period_began_at=told.purchased_at,
        told_at=told.told_at,
        is_family_shared=told.is_family_shared,
    )


def _before(told: Subscription) -> str | None:
    """Return whose the line was that this one goes on from: a plan change names nobody."""
    if told.replaces is None:
        return None
    old = lines.find(told.store, told.environment, told.replaces)
    return old.viewer_id if old else None


def _slug(product: Product | None) -> str | None:
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
    opened_as = kept.product_id or kept.opened_as
    return kept.model_copy(update={"todo": tuple(todo), "opened_as": opened_as})


def _is_other(line: Line | None, kept: Line) -> bool:
    """Whether something changed but the moment of the last word."""
    same = {"told_at": kept.told_at, "token": kept.token, "opened_as": kept.opened_as}
    return line is None or line.model_copy(update=same) != kept


def _all_to_do(line: Line) -> tuple[Todo, ...]:
    """What is left of a line that was held. Acknowledging once more is harmless."""
    return ("tell_changed", "acknowledge") if line.store == "google" else ("tell_changed",)


def _entitlement(line: Line | None, kept: Line) -> list[dynamo.Write]:
    """Return the writes that bring the viewer's entitlement in line, and that of who had it."""
    key = vip.line_key(kept.store, kept.environment, kept.line_id)
    writes = []
    if line and line.viewer_id and line.viewer_id != kept.viewer_id:
        writes.append(vip.drop_line(line.viewer_id, key))
    if kept.viewer_id is None or kept.product_id is None:
        return writes
    opened = VipLine(
        store=kept.store,
        environment=kept.environment,
        product_id=kept.product_id,
        state=kept.state,
        expires_at=kept.ends_at,
        auto_renews=kept.auto_renews,
        opens=_opens(kept.product_id),
    )
    return [*writes, vip.put_line(kept.viewer_id, key, opened)]


def _opens(product_id: str) -> tuple[str, ...] | None:
    product = products.find(product_id)
    return None if product is None or product.opens is None else tuple(product.opens)


def _note_period(told: Subscription) -> None:
    try:
        dynamo.write(lines.period(told))
    except dynamo.ConditionFailed:
        return  # a newer word about this period was there before
