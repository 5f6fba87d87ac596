"""What the studio has stopped: nothing is charged for it, and no token made that the edge refuses.

The revocations are read together with all else that decides, so they cost no round trip. A read
that is not consistent may be a moment behind, and then the edge refuses the token.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from cliffhanger import clock
from cliffhanger.catalog.manifest import Manifest
from cliffhanger.dynamo import Item
from cliffhanger.edge import revocations
from cliffhanger.entitlements.holdings import Place
from cliffhanger.errors import Problem


class PlaybackStopped(Problem):
    """The viewer, the drama or the episode is revoked. Nothing was charged."""

    status, code, title = 403, "playback_stopped", "The studio has stopped this for now"


def places(*subjects: str) -> list[Callable[[str], Place]]:
    """Return where revocations of the viewer stand, and of these subjects of the edge."""
    return [revocations.place, *(partial(_of, subject) for subject in subjects)]


def require_none(items: Sequence[Item | None]) -> None:
    """Let a call go on only if nothing of what was read is revoked now.

    Raises:
        PlaybackStopped: something is.
    """
    now = clock.now()
    if any(revocations.is_standing(item, now) for item in items):
        raise PlaybackStopped("Nothing was charged. Try again later, or ask the studio.")


def on_sale(whole: Manifest, now: datetime) -> Manifest:
    """Return a manifest without the episodes that are stopped, which nobody pays for.

    A revocation of an episode changes its drama's version, so a manifest that was read
    consistently knows of it.
    """
    left = tuple(one for one in whole.episodes if not one.is_stopped(now))
    return whole if len(left) == len(whole.episodes) else replace(whole, episodes=left)


def _of(subject: str, _viewer_id: str) -> Place:
    return revocations.place(subject)
