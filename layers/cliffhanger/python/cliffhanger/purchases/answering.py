"""Answers to the stores' questions about a refund: how much of a purchase was used.

The share comes from the ledger: what of the purchase's coins is still in its lots was not used.
A store is told only when the viewer has agreed to it: without that Apple gets no answer, and Google
one that says nothing.
"""

from cliffhanger import dynamo
from cliffhanger.identity import viewers
from cliffhanger.log import logger
from cliffhanger.purchases import records
from cliffhanger.purchases.apple.environments import apples
from cliffhanger.purchases.errors import PurchaseNotVerified, StoreRefused
from cliffhanger.purchases.google.notification import PendingRefundReviewNotification
from cliffhanger.purchases.records import Record
from cliffhanger.purchases.store import WHOLE, OneTimePurchase
from cliffhanger.wallet import lots, wallets


def used(record: Record) -> int:
    """Return the share of a purchase's coins that was spent, in thousandths of a percent."""
    if record.bought is None or record.viewer_id is None:
        return 0
    wallet = wallets.whole(wallets.read(record.viewer_id, record.environment))
    left = lots.of(wallet.open, record.bought.purchase_id).total()
    whole = record.bought.coins + record.bought.bonus_coins - record.taken.coins
    return WHOLE * max(0, whole - left) // whole if whole else 0


def to_apple(told: OneTimePurchase) -> None:
    """Answer a CONSUMPTION_REQUEST, if the viewer has agreed. Doing it again is harmless.

    Raises:
        StoreUnavailable: Apple does not answer; it waits for twelve hours.
    """
    from cliffhanger.purchases.apple import server_api  # noqa: PLC0415
    from cliffhanger.purchases.apple.consumption import Consumption  # noqa: PLC0415

    record = records.find(told)
    if record is None or record.viewer_id is None or not _has_agreed(record.viewer_id):
        return
    share = used(record)
    answer = Consumption(
        customerConsented=True,
        sampleContentProvided=True,  # the first episodes of every drama are free
        deliveryStatus="DELIVERED" if record.bought else "UNDELIVERED_OTHER",
        consumptionPercentage=share,
        refundPreference="DECLINE" if share == WHOLE else "GRANT_PRORATED",
    )
    environment = apples(told.environment)
    try:
        server_api.send_consumption(told.transaction_id, answer, environment)
    except StoreRefused as error:  # too late, or refunded: Apple has decided
        logger().warning("consumption not told", purchase_id=record.id, error=str(error))


def to_google(asked: PendingRefundReviewNotification) -> None:
    """Answer a review of a refund. Google decides; it may be told how much was used.

    Raises:
        StoreUnavailable: Google does not answer; it waits for 24 hours.
    """
    from cliffhanger.purchases.google import api  # noqa: PLC0415

    record = _of_order(asked.order_id)
    may_tell = record is not None and record.viewer_id is not None and _has_agreed(record.viewer_id)
    share = used(record) if record and may_tell else None
    try:
        api.review_refund(
            asked.order_id,
            asked.pending_refund_token,
            preference="DECLINE" if share == WHOLE else "NEUTRAL",
            consumed=share,
            sample_provided=True,
        )
    except PurchaseNotVerified as error:  # answered before, or too late
        logger().warning("review not told", order_id=asked.order_id, error=str(error))


def _of_order(order_id: str) -> Record | None:
    """Return the coin pack of an order of Google's; None where it is of something else."""
    from cliffhanger.purchases.google import api  # noqa: PLC0415
    from cliffhanger.purchases.google.reading import read_one_time  # noqa: PLC0415

    try:
        token = (api.order(order_id) or {}).get("purchaseToken")
        return records.find(read_one_time(token)) if token else None
    except PurchaseNotVerified:
        return None


def _has_agreed(viewer_id: str) -> bool:
    item = dynamo.get(*viewers.place(viewers.current_id(viewer_id)), consistent=True)
    return bool(item and item.get("refund_information"))
