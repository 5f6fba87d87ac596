"""The refusals of entitlements."""

from cliffhanger.errors import Problem
from cliffhanger.metrics import Metric


class EpisodeLocked(Problem):
    """The episode is not open to the viewer, and they did not want to pay for it."""

    status, code, title = 402, "episode_locked", "This episode is locked"
    counts_as = Metric.PAYMENT_REQUIRED
