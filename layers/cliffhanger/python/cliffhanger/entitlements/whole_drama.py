"""Buying a drama as a whole, at its discount."""

from cliffhanger.catalog import manifest
from cliffhanger.entitlements import charging, stopped
from cliffhanger.entitlements.models import DramaUnlock
from cliffhanger.entitlements.numbers import ranges
from cliffhanger.entitlements.wanted import Wanted
from cliffhanger.idempotency import IdempotencyKey


def unlock(drama_id: str, viewer_id: str, key: IdempotencyKey) -> DramaUnlock:
    """Unlock all that is locked of a drama, and what will follow, or say that nothing is locked.

    Who watches through VIP has nothing locked: they are charged nothing, and own nothing after.

    Raises:
        DramaNotFound: there is no such drama, or it is not published.
        PlaybackStopped: the studio has stopped the viewer or the drama.
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
    settled = charging.charge(viewer_id, Wanted(manifest=whole, key=key), seen)
    opened = (one.number for one in whole.episodes if settled.rights.opens(whole, one))
    return DramaUnlock(charged=settled.coins, open=ranges(opened), wallet=settled.wallet)
