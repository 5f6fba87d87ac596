"""What opens nothing any more leaves a viewer's VIP, so that reading it costs one unit for ever.

A line is some 150 bytes. Each check of an entitlement reads all of them, and Google begins a new
one with each plan change and each subscription that is bought again. Their records in purchases
stay for ever: a line that opens something again is put again with the word that says so.
"""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

from cliffhanger import clock, dynamo
from cliffhanger.entitlements import vip, vip_status
from cliffhanger.entitlements.vip import VipLine
from cliffhanger.identity import viewers

_KEPT = timedelta(days=100)
"""After its end. By then the stores are asked about it no more, see `purchases.rechecks`."""
_CLOSED = 8
"""Lines that open nothing. The app is shown the best of them where none is open."""
_AT_ONCE = 20


def prune(viewer_id: str) -> None:
    """Take from a viewer what ended more than a hundred days ago, and all but eight closed lines.

    Twenty at the most. A line goes only as it was seen: one that was renewed since, or moved by a
    merge, stays.
    """
    every = dict(vip.keyed(dynamo.get(*viewers.place(viewer_id))))
    for key in islice(_needless(every), _AT_ONCE):
        try:
            dynamo.write(vip.drop_line(viewer_id, key, seen=every[key]))
        except dynamo.ConditionFailed:
            continue


def _needless(lines: dict[str, VipLine]) -> Iterator[str]:
    now = clock.now()
    closed = [key for key, line in lines.items() if not line.is_active(now)]
    closed.sort(key=lambda key: vip_status.rank(lines[key], now))
    for place, key in enumerate(closed):
        ends_at = lines[key].expires_at
        if place >= _CLOSED or (ends_at and ends_at < now - _KEPT):
            yield key
