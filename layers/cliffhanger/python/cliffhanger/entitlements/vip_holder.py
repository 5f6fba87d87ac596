"""Who has a VIP line now, while a merge may be moving it."""

from cliffhanger import dynamo
from cliffhanger.entitlements import vip
from cliffhanger.identity import viewers


def holder(viewer_id: str, key: str) -> str | None:
    """Return who has a line that was set for a viewer: they, or an account that they joined.

    A line moves one way only, and not before its viewer names the account. Both stand in one item:
    a line that is not in it was moved, or was nowhere and stays so until its record in purchases
    changes. A line that is found may still move: drop it where it is there.

    Args:
        viewer_id: whom our record of the subscription has.
        key: the line.
    """
    at: str | None = viewer_id
    while at is not None:
        item = dynamo.get(*viewers.place(at), consistent=True) or {}
        if key in dict(vip.keyed(item)):
            return at
        at = item.get("merged_into")
    return None
