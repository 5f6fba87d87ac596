"""What is left to do after a commit: tell the bus, and tell Google that it was delivered.

It is tried at once, and once more by a sweep for as long as it takes: the record says what is left,
and stands in the index of due items until nothing is. Google gives the money back when nobody has
said within three days that a purchase was delivered.
"""

import logging
from collections.abc import Callable

from cliffhanger import clock, dynamo, events
from cliffhanger.errors import Problem
from cliffhanger.events import NotPublished
from cliffhanger.purchases import coins, lines, records, subscriptions
from cliffhanger.purchases.errors import PurchaseNotVerified
from cliffhanger.purchases.lines import Line
from cliffhanger.purchases.records import Record, Todo
from cliffhanger.tables import DUE

_AT_ONCE = 50


def settle(done: Record | Line) -> None:
    """Do what is left of a purchase. What fails stays on its list; nothing is raised for it."""
    finished: list[Todo] = []
    for todo in done.todo:
        try:
            _DO[todo](done)
        except (Problem, NotPublished) as error:
            logging.getLogger(__name__).warning("%s of %s: %s", todo, done.id, error)
        else:
            finished.append(todo)
    if finished:
        _take_off(done, finished)


def sweep() -> dict[str, int]:
    """Do what was missed, and look again at what is held.

    Returns:
        How many were settled, and how many were granted that had been held.
    """
    count = {"settled": 0, "granted": 0}
    until = clock.iso(clock.now())
    for item in dynamo.due(records.table(), records.PURCHASE_DUE, until=until, limit=_AT_ONCE):
        done = _read(item)
        if done is None:
            continue
        _later(item)  # what fails, or is held on, does not stand in the way of others
        if isinstance(done, Record) and done.state == "held":
            done = coins.grant_held(done) or done
            count["granted"] += done.state != "held"
        elif isinstance(done, Line) and done.is_held:
            done = subscriptions.look_again(done)
            count["granted"] += not done.is_held
        settle(done)
        count["settled"] += bool(done.todo)
    return count


def _later(item: dynamo.Item) -> None:
    write = dynamo.update(
        records.table(),
        dynamo.key(item["pk"], item["sk"]),
        f"SET #{DUE.sort_key} = :later",
        condition=f"#{DUE.sort_key} = :seen",
        later=clock.iso(clock.now() + records.LATER),
        seen=item[DUE.sort_key],
    )
    try:
        dynamo.write(write)
    except dynamo.ConditionFailed:
        return  # it changed since the index was read


def _read(item: dynamo.Item) -> Record | Line | None:
    """Read it as the table has it now: the index may be behind."""
    now = dynamo.get(records.table(), dynamo.key(item["pk"], item["sk"]), consistent=True)
    if now is None:
        return None
    return Record.of(now) if item["sk"] == "PURCHASE" else Line.of(now)


def _take_off(done: Record | Line, finished: list[Todo]) -> None:
    left = tuple(one for one in done.todo if one not in finished)
    try:
        if isinstance(done, Record):
            kept = done.model_copy(update={"todo": left})
            dynamo.write(records.write(kept, after=done.version))
        else:
            line = done.model_copy(update={"todo": left})
            dynamo.write(lines.write(line, after=done.version))
    except dynamo.ConditionFailed:
        return  # it changed meanwhile, so the sweep does it again: all of it may be repeated


def _tell_granted(done: Record | Line) -> None:
    if isinstance(done, Record) and done.bought and done.viewer_id:
        events.publish(
            events.PurchaseGranted(
                purchase_id=done.id,
                viewer_id=done.viewer_id,
                product_id=done.product_id or "",
                store=done.store,
                environment=done.environment,
                coins=done.bought.coins,
                bonus_coins=done.bought.bonus_coins,
            )
        )


def _tell_refunded(done: Record | Line) -> None:
    if isinstance(done, Record) and done.viewer_id:
        events.publish(
            events.PurchaseRefunded(
                purchase_id=done.id,
                viewer_id=done.viewer_id,
                environment=done.environment,
                share=done.taken.share,
                coins=done.taken.coins,
            )
        )


def _tell_changed(done: Record | Line) -> None:
    if isinstance(done, Line) and done.viewer_id:
        events.publish(
            events.SubscriptionChanged(
                purchase_id=done.id,
                viewer_id=done.viewer_id,
                product_id=done.product_id or "",
                store=done.store,
                environment=done.environment,
                state=done.state,
                expires_at=done.ends_at,
            )
        )


def _settle_with_google(done: Record | Line) -> None:
    """Consume a coin pack, so that it can be bought again, or acknowledge a subscription."""
    from cliffhanger.purchases.google import api  # noqa: PLC0415

    if done.token is None:
        return  # it came by a notification that knew no more; the reconciler asks Google
    call = api.consume if isinstance(done, Record) else api.acknowledge_subscription
    try:
        call(done.store_product_id, done.token)
    except PurchaseNotVerified:
        return  # consumed before, or refunded: there is nothing left to say


_DO: dict[Todo, Callable[[Record | Line], None]] = {
    "tell_granted": _tell_granted,
    "tell_refunded": _tell_refunded,
    "tell_changed": _tell_changed,
    "consume": _settle_with_google,
    "acknowledge": _settle_with_google,
}
