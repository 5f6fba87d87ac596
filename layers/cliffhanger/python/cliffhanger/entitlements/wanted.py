"""What a viewer wants open, and its price. Nothing here reads or writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cliffhanger.catalog.manifest import Manifest
from cliffhanger.catalog.models import Episode
from cliffhanger.entitlements.rights import Rights
from cliffhanger.idempotency import IdempotencyKey
from cliffhanger.wallet.entries import Cause

Unlock = Literal["coins", "none"]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be open: an episode, or the whole drama when `episode` is None.

    `unlock` says whether it may cost coins; None leaves that to the viewer's own setting.
    """

    manifest: Manifest
    episode: Episode | None = None
    unlock: Unlock | None = "coins"
    key: IdempotencyKey | None = None

    @property
    def cause(self) -> Cause:
        """What a ledger entry names: the drama, and the episode if it is about one."""
        drama_id = self.manifest.drama.id
        if self.episode is None:
            return Cause("unlock", drama_id)
        return Cause("unlock", f"{drama_id}/{self.episode.slot}", self.episode.id)

    def locked(self, has: Rights) -> list[Episode]:
        """Return what of it is locked for a viewer."""
        some = [self.episode] if self.episode else self.manifest.episodes
        return [one for one in some if not has.opens(self.manifest, one)]

    def price(self, locked: Sequence[Episode]) -> int:
        """Return the price in coins, by the catalogue alone. What is locked costs at least one."""
        full = sum(self.manifest.price(one) for one in locked)
        if self.episode or not full:
            return full
        return max(1, full * (100 - self.manifest.drama.bundle_discount) // 100)
