"""The refusals of Google Play's side of a purchase."""

from cliffhanger.errors import Problem
from cliffhanger.metrics import Metric


class PushNotVerified(Problem):
    """A push without a token that Google signed for this deployment."""

    status, code, title = 401, "push_not_verified", "This push is not from Google"
    counts_as = Metric.NOT_VERIFIED


class PushMalformed(Problem):
    """A push by Google that is not a notification about this app. It will not get better."""

    status, code, title = 422, "push_malformed", "This push is no notification"
    counts_as = Metric.NOT_VERIFIED
