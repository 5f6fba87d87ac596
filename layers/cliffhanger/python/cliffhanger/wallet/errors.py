"""The refusals of the wallet."""

from cliffhanger.errors import Problem
from cliffhanger.metrics import Metric


class InsufficientCoins(Problem):
    """There are fewer coins than this takes. The members `price` and `balance` tell how few."""

    status, code, title = 402, "insufficient_coins", "There are not enough coins"
    counts_as = Metric.PAYMENT_REQUIRED


class ViewerNotFound(Problem):
    """No viewer has this id, or the viewer has been deleted."""

    status, code, title = 404, "viewer_not_found", "There is no such viewer"
