"""What purchases must know of their deployment."""

from typing import Literal

from cliffhanger.settings import Settings


class PurchaseSettings(Settings):
    """Where products and purchases stand, whose a subscription is, and what refunds close."""

    content_table: str
    commerce_table: str
    restore: Literal["keep", "transfer"]
    refunded_unlocks: Literal["stay", "go"]


class NotificationQueueSettings(Settings):
    """The queue between the stores' notifications and their effect."""

    notifications_queue_url: str
