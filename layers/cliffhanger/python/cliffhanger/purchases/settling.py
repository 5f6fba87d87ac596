"""What is left to do after a commit: tell the bus, and tell Google that it was delivered.

It is tried at once, and once more by a sweep for as long as it takes: the record says what is left,
and stands in the index of due items until nothing is. Google gives the money back when nobody has
said within three days that a purchase was delivered.
"""

from collections.abc import Iterable
from itertools import islice

from cliffhanger import clock, correlation, dynamo
from cliffhanger.log import logger
from cliffhanger.purchases import (
    after_commit,
    asking,
    coins,
    due_items,
    lines,
    products,
    records,
    subscriptions,
)
from cliffhanger.purchases.lines import Line
from cliffhanger.purchases.product_models import Product
from cliffhanger.purchases.records import Record, Todo

_AT_ONCE = 10


def settle(done: Record | Line) -> bool:
    """Do what is left of a purchase; whether all of it was done.

    What fails stays on its list. Nothing is raised for it, whatever it was: the purchase is
    granted, and whoever claimed it must hear that.
    """
    finished: list[Todo] = []
    for todo in done.todo:
        try:
            after_commit.DO[todo](done)
        except Exception as error:  # noqa: BLE001 - the sweep does it again
            logger().warning("not settled", todo=todo, purchase_id=done.id, error=repr(error))
        else:
            finished.append(todo)
    return _take_off(done, finished) if finished else not done.todo


def sweep() -> dict[str, int]:
    """Do what was missed, and look again at what is held.

    What fails does not stand in the way of others: it is put off before it is tried.

    Returns:
        How many were settled, how many were granted that had been held, and how many failed.
    """
    return _sweep_all(due_items.each(records.PURCHASE_DUE))


def grant_waiting(product: Product) -> None:
    """Grant what was bought of a product before it was known, without waiting for the sweep.

    That sees the first page of what is due, and does a few of it: an answer is waited for. The
    sweep does the rest.
    """
    sold_as = products.sold_as(product)
    waiting = (
        one
        for one in due_items.each(records.PURCHASE_DUE, ahead=records.LATER)
        if one["product_id"] is None and f"{one['store']}#{one['store_product_id']}" in sold_as
    )
    _sweep_all(islice(waiting, _AT_ONCE))


def _sweep_all(items: Iterable[dynamo.Item]) -> dict[str, int]:
    count = {"settled": 0, "granted": 0, "failed": 0}
    for item in items:
        try:
            with correlation.of(item.get(correlation.FIELD)):
                _sweep(item, count)
        except Exception:  # noqa: BLE001 - logged, and counted
            logger().exception("not swept", place=item["pk"])
            count["failed"] += 1
    return count


def _sweep(item: dynamo.Item, count: dict[str, int]) -> None:
    done = due_items.read(item)
    if done is None or not (done.todo or done.waits):
        return  # settled since the index was read
    dynamo.put_off(records.table(), item, clock.iso(clock.now() + records.LATER))
    if done.waits or isinstance(done, Record):
        was_waiting = done.waits
        done = _looked_at_again(done)
        count["granted"] += was_waiting and done.product_id is not None
    if done.todo:
        count["settled" if settle(done) else "failed"] += 1


def _looked_at_again(done: Record | Line) -> Record | Line:
    """Grant what was held, as the store has it now: Google may have given the money back since."""
    if isinstance(done, Line):
        if done.token is None:
            return subscriptions.look_again(done)
        told = asking.google_subscription(done.token)
        return subscriptions.apply(told, token=done.token)
    if not done.waits or done.token is None:
        return coins.grant_held(done)
    return coins.apply(asking.google_pack(done.token), token=done.token)


def _take_off(done: Record | Line, finished: list[Todo]) -> bool:
    """Write what is left; whether that is nothing, and was written."""
    left = tuple(one for one in done.todo if one not in finished)
    try:
        if isinstance(done, Record):
            kept = done.model_copy(update={"todo": left})
            dynamo.write(records.write(kept, after=done.version))
        else:
            line = done.model_copy(update={"todo": left})
            dynamo.write(lines.write(line, after=done.version))
    except Exception as error:  # noqa: BLE001 - as above
        # It may have changed meanwhile. The sweep does it again: all of it may be repeated.
        logger().info("not taken off", purchase_id=done.id, error=repr(error))
        return False
    return not left
