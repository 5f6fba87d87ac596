"""What purchases must know of their deployment."""

from typing import Literal

from cliffhanger.settings import Settings


class PurchaseSettings(Settings):
    """Where products and purchases stand, and whose a subscription is when two claim it."""

    content_table: str
    commerce_table: str
    restore: Literal["keep", "transfer"]


class NotificationQueueSettings(Settings):
    """The queue between the stores' notifications and their effect."""

    notifications_queue_url: str
