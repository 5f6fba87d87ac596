"""The edge's store follows the table: a subject is revoked there when the table says so.

`revoked:{subject}` stands in the store for what is revoked; `functions/edge/playback.js` asks
only whether it is there. Its value is the epoch second after which no token needs it any more.
Every write takes entries past that moment away, so the store stays far below its 5 MB.
"""

from collections.abc import Collection

from cliffhanger import clock
from cliffhanger.edge import revocations, store
from cliffhanger.edge.store import Entries

PREFIX = "revoked:"


def look(store_arn: str, subjects: Collection[str]) -> None:
    """Bring these subjects in line with the table as it is now.

    The table is read after the store's ETag, so a conflict reads it again.
    """
    store.change(store_arn, lambda held: _followed(held, set(subjects)))


def sweep(store_arn: str) -> None:
    """Bring everything in line: what a lost message left behind, and what is past its time."""
    store.change(store_arn, lambda held: _followed(held, _doubtful(held)))


def _doubtful(held: Entries) -> set[str]:
    """Return the subjects on which the store and the index differ. Either may be behind."""
    return set(_revoked(held)) ^ revocations.recent(clock.now())


def _followed(held: Entries, subjects: set[str]) -> Entries:
    now = clock.now()
    seconds = int(now.timestamp())
    past = {
        subject
        for subject, until in _revoked(held).items()
        if not until.isdigit() or int(until) <= seconds
    }
    looked_at = subjects | past
    entries = {
        name: value for name, value in held.items() if name.removeprefix(PREFIX) not in looked_at
    }
    revoked = revocations.standing(looked_at, now)
    return entries | {PREFIX + subject: str(until) for subject, until in revoked.items()}


def _revoked(held: Entries) -> dict[str, str]:
    return {
        name.removeprefix(PREFIX): value for name, value in held.items() if name.startswith(PREFIX)
    }
