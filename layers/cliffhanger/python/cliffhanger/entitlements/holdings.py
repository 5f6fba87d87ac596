"""Reading what a viewer holds. This is the one place where a viewer's id enters entitlements."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cliffhanger import dynamo
from cliffhanger.dynamo import Item
from cliffhanger.identity import viewers

Place = tuple[str, Item]


@dataclass(frozen=True)
class Holdings:
    """Items as they were read. `viewer_id` is whose they are, and whose to write."""

    viewer_id: str
    viewer: Mapping[str, Any]
    items: Sequence[Item | None]


def read(viewer_id: str, *places: Callable[[str], Place], consistent: bool = False) -> Holdings:
    """Read the viewer, and items at these places of theirs, in one round trip.

    A guest who joined an account holds what the account holds: that takes a second round trip, for
    as long as the guest's last access token lives.

    Args:
        viewer_id: who calls.
        places: each returns table and key for the id of the viewer that holds the item.
        consistent: whether to see every write that has been acknowledged.

    Raises:
        ViewerDeleted: the access token has outlived its viewer.
    """
    viewer, *items = dynamo.batch_get(
        viewers.place(viewer_id), *(place(viewer_id) for place in places), consistent=consistent
    )
    viewers.require_alive(viewer)
    if viewer and "merged_into" in viewer:
        return read(viewer["merged_into"], *places, consistent=consistent)
    return Holdings(viewer_id, viewer or {}, items)
