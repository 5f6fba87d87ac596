"""Rights: what one viewer may watch of one drama now, and why."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from cliffhanger import clock
from cliffhanger.catalog.manifest import Manifest
from cliffhanger.catalog.models import Episode
from cliffhanger.dynamo import Item
from cliffhanger.entitlements import holdings, merging, unlocks, vip
from cliffhanger.entitlements.holdings import Place
from cliffhanger.entitlements.unlocks import Unlocks
from cliffhanger.identity import joins

Access = Literal["free", "vip", "unlocked", "locked"]


@dataclass(frozen=True, kw_only=True)
class Rights:
    """A viewer's rights as they were read. `viewer_id` is whose items they come from."""

    viewer_id: str
    auto_unlock: bool
    is_vip: bool
    unlocks: Unlocks

    def access(self, manifest: Manifest, episode: Episode) -> Access:
        """Return why an episode is open, the most lasting reason first, or that it is locked."""
        if manifest.is_free(episode):
            return "free"
        if self.unlocks.opens(episode.slot):
            return "unlocked"
        return "vip" if self.is_vip else "locked"

    def opens(self, manifest: Manifest, episode: Episode) -> bool:
        """Whether the viewer may watch an episode now."""
        return self.access(manifest, episode) != "locked"

    def open_episodes(self, manifest: Manifest) -> list[Episode]:
        """Return every episode that the viewer may watch now, by number.

        It is `opens` for all at once, without asking each why it is open.
        """
        if self.is_vip or self.unlocks.whole:
            return [*manifest.episodes]
        opened = manifest.free_slots | self.unlocks.opened
        return [one for one in manifest.episodes if one.slot in opened]


def read(
    viewer_id: str, drama_id: str, *others: Callable[[str], Place], consistent: bool = False
) -> tuple[Rights, Sequence[Item | None]]:
    """Read a viewer's rights to a drama, and other items with them, in one round trip.

    The viewer, with their VIP, and the unlocks are two small items: one read unit, or two when
    consistent. What a guest has who is joining the account just now is theirs first: nobody pays
    for it again.

    Raises:
        ViewerDeleted: the access token has outlived its viewer.
        Busy: the guest is joining, and others went on changing the same things.
    """
    unlock_place = partial(unlocks.place, drama_id=drama_id)
    held = holdings.read(viewer_id, unlock_place, *others, consistent=consistent)
    come = set[str]()
    while (guest_id := joins.coming(held.viewer)) and guest_id not in come:
        merging.hurry(guest_id, held.viewer_id, drama_id)
        come.add(guest_id)
        held = holdings.read(viewer_id, unlock_place, *others, consistent=True)
    unlocked, *rest = held.items
    now = clock.now()
    made = Rights(
        viewer_id=held.viewer_id,
        auto_unlock=held.viewer.get("auto_unlock", False),
        is_vip=any(line.covers(drama_id, now) for line in vip.lines(held.viewer)),
        unlocks=unlocks.of_item(drama_id, unlocked),
    )
    return made, rest
