"""What ended long ago leaves a viewer's VIP, so that reading it costs no more with the years.

A line is some 150 bytes. Each check of an entitlement reads all of them, and Google begins a new
one with each subscription that is bought again. Their records in purchases stay for ever.
"""

from datetime import timedelta
from itertools import islice

from cliffhanger import clock, dynamo
from cliffhanger.entitlements import vip
from cliffhanger.identity import viewers

_KEPT = timedelta(days=100)
"""After its end. By then the stores are asked about it no more, see `purchases.rechecks`."""
_AT_ONCE = 20


def prune(viewer_id: str) -> None:
    """Take from a viewer the lines that ended more than a hundred days ago, twenty at the most.

    A line goes only as it was seen: one that was renewed since, or moved by a merge, stays.
    """
    oldest = clock.now() - _KEPT
    every = vip.keyed(dynamo.get(*viewers.place(viewer_id)))
    ended = (one for one in every if one[1].expires_at and one[1].expires_at < oldest)
    for key, line in islice(ended, _AT_ONCE):
        try:
            dynamo.write(vip.drop_line(viewer_id, key, seen=line))
        except dynamo.ConditionFailed:
            continue
