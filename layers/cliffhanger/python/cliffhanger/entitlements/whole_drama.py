"""Buying a drama as a whole, at its discount."""

from datetime import datetime

from cliffhanger import clock
from cliffhanger.catalog import manifest
from cliffhanger.catalog.manifest import Manifest
from cliffhanger.entitlements import charging, stopped
from cliffhanger.entitlements.models import DramaUnlock
from cliffhanger.entitlements.numbers import ranges
from cliffhanger.entitlements.rights import Rights
from cliffhanger.entitlements.stopped import PlaybackStopped
from cliffhanger.entitlements.wanted import Wanted
from cliffhanger.idempotency import IdempotencyKey


def price(whole: Manifest, has: Rights, now: datetime) -> int | None:
    """Return the coins that `unlock` charges for the rest of a drama; None when nothing is sold.

    Revocations of the viewer and of the drama are not looked at: they refuse the purchase.
    """
    wanted = Wanted(manifest=stopped.on_sale(whole, now))
    locked = wanted.locked(has)
    return wanted.price(locked) if locked else None


def unlock(drama_id: str, viewer_id: str, key: IdempotencyKey) -> DramaUnlock:
    """Unlock all that is locked of a drama, and what will follow, or say that nothing is locked.

    Who watches through VIP has nothing locked: they are charged nothing, and own nothing after.

    An episode that is stopped is neither paid for nor among what is open; like a future one, it is
    open when it comes back.

    Raises:
        DramaNotFound: there is no such drama, or it is not published.
        PlaybackStopped: the studio has stopped the viewer, the drama, or all of it that is locked.
        ViewerDeleted: the access token has outlived its viewer.
        InsufficientCoins: neither wallet has enough.
        IdempotencyKeyReused: the key charged for something else.
        Busy: nothing was charged.
    """
    seen, (drama, *revoked) = charging.look(
        viewer_id, drama_id, lambda _: manifest.head(drama_id), *stopped.places(drama_id)
    )
    whole = manifest.of_head(drama_id, drama)
    stopped.require_none(revoked)
    sold = stopped.on_sale(whole, clock.now())
    wanted = Wanted(manifest=sold, key=key)
    if not wanted.locked(seen.rights) and Wanted(manifest=whole).locked(seen.rights):
        raise PlaybackStopped("All that is locked is stopped for now. Nothing was charged.")
    settled = charging.charge(viewer_id, wanted, seen)
    opened = (one.number for one in settled.rights.open_episodes(sold))
    return DramaUnlock(charged=settled.coins, open=ranges(opened), wallet=settled.wallet)
