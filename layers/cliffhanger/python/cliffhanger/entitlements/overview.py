"""All that a viewer may watch beyond what is free, a page of dramas at a time."""

import re
from collections.abc import Iterator, Sequence

from cliffhanger import clock, dynamo
from cliffhanger.catalog import manifest
from cliffhanger.catalog.errors import DramaNotFound
from cliffhanger.entitlements import holdings, statements, unlocks, vip, vip_status
from cliffhanger.entitlements.models import Entitlements, EntitlementsQuery, UnlockedDrama
from cliffhanger.entitlements.numbers import ranges
from cliffhanger.entitlements.unlocks import Unlocks
from cliffhanger.pages import decode_cursor, encode_cursor

_DRAMA_ID = re.compile(r"drm_[0-9A-Z]{26}")


def read(viewer_id: str, page: EntitlementsQuery) -> Entitlements:
    """Return a viewer's VIP and a page of what they have unlocked, with a statement of both.

    A drama that is not published, or of which nothing that is unlocked can be watched, is left out,
    so a page may be shorter than its limit.

    Raises:
        ViewerDeleted: the access token has outlived its viewer.
        InvalidPayload: the cursor is not one of this list.
        Busy: the statement could not be signed at the moment.
    """
    after = decode_cursor(page.cursor, str, _DRAMA_ID) if page.cursor else None
    held = holdings.read(viewer_id, consistent=True)
    found, last = unlocks.page(held.viewer_id, limit=page.limit, after=after)
    unlocked = list(_unlocked(found))
    lines = list(vip.lines(held.viewer))
    now = clock.now()
    by_drama = {one.drama_id: one.episodes for one in unlocked}
    return Entitlements(
        vip=vip_status.best(lines, now),
        unlocked=unlocked,
        next_cursor=encode_cursor(last) if last else None,
        statement=statements.issue(viewer_id, lines, by_drama, now),
    )


def _unlocked(found: Sequence[Unlocks]) -> Iterator[UnlockedDrama]:
    """Yield each drama with the numbers of its episodes: slots are known inside alone."""
    heads = dynamo.batch_get(*(manifest.head(one.drama_id) for one in found)) if found else []
    for one, head in zip(found, heads, strict=True):
        try:
            whole = manifest.of_head(one.drama_id, head)
        except DramaNotFound:
            continue
        numbers = [episode.number for episode in whole.episodes if one.opens(episode.slot)]
        if numbers:
            yield UnlockedDrama(drama_id=one.drama_id, episodes=ranges(numbers))
