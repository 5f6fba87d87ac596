"""VIP subscriptions: a line moves forward only, and its viewer's entitlement with it.

Words about a line come twice, late and out of order. Apple's newest period counts, and of it the
newest word, by `signedDate`; of Google's what its API says now. A word about an older period of the
line, such as its refund or its replacement by an upgrade, changes what is known of that period and
nothing of the line.
"""

from cliffhanger import clock, dynamo, metrics
from cliffhanger.entitlements import vip, vip_holder
from cliffhanger.entitlements.vip import Following, VipLine
from cliffhanger.errors import Busy
from cliffhanger.identity import viewers
from cliffhanger.metrics import Metric
from cliffhanger.purchases import asking, line_periods, line_words, lines, products
from cliffhanger.purchases.heard import Repeated
from cliffhanger.purchases.line_owners import Claim
from cliffhanger.purchases.lines import Line
from cliffhanger.purchases.records import Todo
from cliffhanger.purchases.store import Subscription

_TRIES = 8


def apply(
    told: Subscription,
    *,
    claimant: str | None = None,
    how: Claim = "buy",
    token: str | None = None,
    notice: str | None = None,
) -> Line:
    """Bring a line in line with what the store says of it.

    Args:
        told: what the store says now.
        claimant: the viewer who sends it; None where the store itself tells it.
        how: `restore` moves another viewer's subscription where the stage's policy says so.
        token: Google's purchase token, to settle the purchase with later.
        notice: the id of the notification that told it, which the line hears with its effect. What
            changes nothing of the line is not heard.

    Raises:
        PurchaseOfAnother: it is another viewer's, and stays theirs.
        Repeated: the line has heard the notification before. Nothing was done.
        StoreRefused, StoreUnavailable: Apple had to be asked, and did not answer.
        Busy: others went on changing the same line.
    """
    for _ in range(_TRIES):
        line = lines.find(told.store, told.environment, told.line_id)
        if line and line.has_heard(notice):
            raise Repeated
        newest = _newest(line, told)
        wanted = line_words.wanted(line, newest, claimant, how, token)
        for one in dict.fromkeys((told, newest)):
            note_period(one)  # first, since nobody comes back for it once the line is written
        if wanted == line:
            return line
        wanted = wanted.hearing(notice)
        kept = lines.write(wanted, after=wanted.version)
        try:
            dynamo.transact(kept, *_entitlement(line, wanted), *_transfer(line, wanted))
        except dynamo.ConditionFailed:
            continue  # another word about this line was faster
        _count(line, wanted)
        return wanted.model_copy(update={"version": wanted.version + 1})
    raise Busy("Others are changing this subscription. Send it again.")


def _newest(line: Line | None, told: Subscription) -> Subscription:
    """Return the word, or what Apple says now where that alone tells which period is the newest."""
    if line is None or not line_periods.is_unclear(line, told):
        return told
    return asking.apple_subscription(told.line_id, told.environment)


def look_again(line: Line) -> Line:
    """Grant a line that was held, if its product is known by now, to whom its viewer is by now.

    Raises:
        Busy: others changed it at the same moment.
    """
    product = products.find_sold(line.store, line.store_product_id)
    slug = line_words.slug(product)
    if line.viewer_id is None or slug is None:
        return line
    wanted = line.model_copy(
        update={
            "viewer_id": viewers.current_id(line.viewer_id),
            "product_id": slug,
            "opened_as": slug,
            "todo": _all_to_do(line),
        }
    )
    kept = lines.write(wanted, after=line.version)
    try:
        dynamo.transact(kept, *_entitlement(line, wanted))
    except dynamo.ConditionFailed as error:
        raise Busy("Others are changing this subscription.") from error
    return wanted.model_copy(update={"version": line.version + 1})


def _count(before: Line | None, after: Line) -> None:
    """Count a period that was paid for and opened, and one whose money went back."""
    if after.environment != "production" or after.product_id is None:
        return
    is_new = before is None or before.product_id is None or before.period_id != after.period_id
    if after.state == "active" and is_new:
        metrics.record(Metric.GRANTS, store=after.store)
    is_refunded = after.state == "revoked" and not after.is_family_shared
    if is_refunded and (before is None or before.state != "revoked"):
        metrics.record(Metric.REFUNDS, store=after.store)


def _all_to_do(line: Line) -> tuple[Todo, ...]:
    """What is left of a line that was held. Acknowledging once more is harmless."""
    return ("tell_changed", "acknowledge") if line.store == "google" else ("tell_changed",)


def _entitlement(line: Line | None, kept: Line) -> list[dynamo.Write]:
    """Return the writes that bring the viewer's entitlement in line, and that of who had it.

    Who had it may be joining an account. The line is dropped on the condition that it still is
    where it was seen, so a merge that moves it meanwhile makes the transaction fail.
    """
    key = vip.line_key(kept.store, kept.environment, kept.line_id)
    writes = []
    if line and line.viewer_id and line.viewer_id != kept.viewer_id:
        had = vip_holder.holder(line.viewer_id, key)
        if had is not None and had != kept.viewer_id:
            writes.append(vip.drop_line(had, key))
    if kept.viewer_id is None or kept.product_id is None:
        return writes
    opened = _opened(kept, kept.product_id)
    if _is_known_to_be_closed(line, kept, opened):
        return writes
    return [*writes, vip.put_line(kept.viewer_id, key, opened)]


def _opened(kept: Line, product_id: str) -> VipLine:
    """Return what a line opens: what runs until its newest period begins, and then that one."""
    newest = VipLine(
        store=kept.store,
        environment=kept.environment,
        product_id=product_id,
        state=kept.state,
        expires_at=kept.ends_at,
        auto_renews=kept.auto_renews,
        opens=_opens(product_id),
    )
    running = line_periods.running(kept)
    if running is None or (kept.state == "active" and product_id == running.product_id):
        return newest
    then = Following(product_id=product_id, expires_at=kept.ends_at, opens=newest.opens)
    now = {
        "product_id": running.product_id,
        "state": running.state,
        "expires_at": running.ends_at,
        "opens": _opens(running.product_id),
        "then": then if kept.state == "active" else None,
    }
    return newest.model_copy(update=now)


def _is_known_to_be_closed(line: Line | None, kept: Line, opened: VipLine) -> bool:
    """Whether it opened nothing and is as it was: it may have left the viewer's VIP since."""
    seen = ("viewer_id", "product_id", "state", "ends_at", "auto_renews", "runs")
    is_same = line is not None and all(getattr(line, one) == getattr(kept, one) for one in seen)
    return is_same and not opened.is_active(clock.now())


def _transfer(line: Line | None, kept: Line) -> list[dynamo.Write]:
    """Return the write that records a transfer, if there is one now."""
    before = line.transfers if line else ()
    return [] if kept.transfers == before else [lines.transfer(kept, kept.transfers[-1])]


def _opens(product_id: str) -> tuple[str, ...] | None:
    product = products.find(product_id)
    return None if product is None or product.opens is None else tuple(product.opens)


def note_period(told: Subscription) -> None:
    """Keep what a period cost and what was given back of it. Its line stays as it is."""
    try:
        dynamo.write(lines.period(told))
    except dynamo.ConditionFailed:
        return  # a newer word about this period was there before
