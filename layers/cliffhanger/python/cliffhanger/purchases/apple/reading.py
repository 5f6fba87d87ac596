"""What Apple's API says of one subscription now."""

from cliffhanger.purchases.apple import server_api
from cliffhanger.purchases.apple.settings import AppleEnvironment
from cliffhanger.purchases.errors import PurchaseNotVerified
from cliffhanger.purchases.store import Subscription


def read_subscription(
    line_id: str, transaction_id: str, environment: AppleEnvironment
) -> Subscription:
    """Return a subscription's newest period, as Apple signs it now.

    Args:
        line_id: its originalTransactionId.
        transaction_id: any transaction of it.
        environment: where it was bought.

    Raises:
        PurchaseNotVerified: Apple knows no such subscription of this app.
        StoreRefused, StoreUnavailable: Apple did not answer the question.
    """
    for one in server_api.subscriptions(transaction_id, environment):
        if one.line_id == line_id:
            return one.model_copy(update={"is_newest": True})
    raise PurchaseNotVerified("unknown_transaction")
