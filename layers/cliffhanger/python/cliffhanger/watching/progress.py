"""Progress: a batch of reports changes one row for each drama and one for each session.

A batch of an evening (one drama, one session) costs one round trip to read and two writes, of one
write unit each while the rows stay under 1 KB: about forty episodes of a drama, about a hundred of
a sitting. The first batch of a drama looks at the viewer once more, after it. A batch that brings
nothing new writes nothing. Both writes are conditional on the row's
version, and tried again after a fresh read, so no report is lost to another device's.

Sessions are not stored when they are opened, so whose a session is cannot be told: a play is kept
under the viewer who reports it, and counts for nobody else.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from cliffhanger import dynamo, events, ids
from cliffhanger.dynamo import Item
from cliffhanger.errors import Busy
from cliffhanger.identity import viewers
from cliffhanger.settings import load
from cliffhanger.tables import TTL
from cliffhanger.watching import forgetting, reports, rows
from cliffhanger.watching.models import Progress, ProgressInput
from cliffhanger.watching.rows import Report
from cliffhanger.watching.settings import WatchingSettings

# A sitting's row outlives every report that could still be taken for it: no play counts twice.
_SITTING_KEPT = reports.OLDEST + 2 * reports.LONGEST_SESSION
_TRIES = 8

Place = tuple[str, Item]


def record(viewer_id: str, batch: ProgressInput) -> Progress:
    """Take a batch, or refuse it as a whole: then nothing of it was taken.

    Raises:
        InvalidPayload: `errors` points to each item that cannot be taken; the others may be sent
            again without them. Codes: `at_in_the_future`, `at_too_old`, `unknown_session`,
            `unknown_episode`, `session_of_another_drama`.
        ViewerDeleted: the access token has outlived its viewer.
        Busy: others went on writing the same rows. What was taken stays; send it all again.
    """
    taken = reports.of(batch.items)
    dramas: dict[str, list[Report]] = defaultdict(list)
    sessions: dict[str, list[Report]] = defaultdict(list)
    for one in taken:
        dramas[one.drama_id].append(one)
        sessions[one.session_id].append(one)
    viewer, *found = dynamo.batch_get(
        viewers.place(viewer_id),
        *(watched_place(viewer_id, drama_id) for drama_id in dramas),
        *(_sitting_place(viewer_id, session_id) for session_id in sessions),
    )
    viewers.require_alive(viewer)
    watched, sittings = found[: len(dramas)], dict(zip(sessions, found[len(dramas) :], strict=True))
    reports.require_one_drama_a_session(taken, sittings)
    plays = sum(
        _watch(viewer_id, session_id, some, sittings[session_id])
        for session_id, some in sessions.items()
    )
    for (drama_id, some), row in zip(dramas.items(), watched, strict=True):
        _move(watched_place(viewer_id, drama_id), some, row)
    if None in watched:
        _stay_forgotten(viewer_id)
    return Progress(accepted=len(taken), plays=plays)


def watched_place(viewer_id: str, drama_id: str) -> Place:
    """Return table and key of what a viewer watched of a drama, to be read with something else."""
    return _table(), dynamo.key(viewer_id, rows.watched_sk(drama_id))


def position(row: Mapping[str, Any] | None, slot: int) -> float | None:
    """Return where a viewer stopped in an episode, in seconds, or None."""
    known = row["slots"].get(str(slot)) if row else None
    return known[0] / 1000 if known else None


def _stay_forgotten(viewer_id: str) -> None:
    """Forget a new row too, if the viewer left after they were looked at: nobody else finds it."""
    item = dynamo.get(*viewers.place(viewer_id), consistent=True)
    if viewers.has_left(item):
        forgetting.forget(viewer_id)
    viewers.require_alive(item)


def _move(at: Place, some: list[Report], row: Item | None) -> None:
    _changed(at, row, lambda now: rows.moved(now, some))


def _watch(viewer_id: str, session_id: str, some: list[Report], row: Item | None) -> int:
    """Bring a sitting up to date and return how many plays that made.

    `playback.started` goes out before its play is committed: it is never lost, and a consumer may
    see it again, with the same id.
    """
    plays: list[Report] = []
    told: set[str] = set()

    def changes(now: Item | None) -> dict[str, Any] | None:
        slots, plays[:] = rows.watched(now, some)
        for one in plays:
            if one.episode_id not in told:
                events.publish(_started(viewer_id, one))
                told.add(one.episode_id)
        if slots is None:
            return None
        opened = ids.moment(session_id)
        expires_at = int((opened + _SITTING_KEPT).timestamp())
        return {"slots": slots, "drama_id": some[0].drama_id, TTL: expires_at}

    _changed(_sitting_place(viewer_id, session_id), row, changes)
    return len(plays)


def _started(viewer_id: str, play: Report) -> events.PlaybackStarted:
    return events.PlaybackStarted(
        id=ids.derived("evt", play.session_id, play.episode_id),
        session_id=play.session_id,
        viewer_id=viewer_id,
        drama_id=play.drama_id,
        episode_id=play.episode_id,
    )


def _changed(
    at: Place, row: Item | None, changes: Callable[[Item | None], dict[str, Any] | None]
) -> None:
    """Write what `changes` makes of the row, on the condition that the row is still that one."""
    for _ in range(_TRIES):
        values = changes(row)
        if values is None:
            return
        version = row["version"] if row else 0
        expression = ", ".join(f"#{name} = :{name}" for name in values)
        write = dynamo.update(
            at[0],
            at[1],
            f"SET #version = :next, {expression}",
            condition="#version = :last" if row else "attribute_not_exists(#version)",
            next=version + 1,
            **({"last": version} if row else {}),
            **values,
        )
        try:
            dynamo.write(write)
        except dynamo.ConditionFailed:
            row = dynamo.get(*at, consistent=True)
        else:
            return
    raise Busy("Another device reports the same thing. Send the batch again.")


def _sitting_place(viewer_id: str, session_id: str) -> Place:
    return _table(), dynamo.key(viewer_id, rows.sitting_sk(session_id))


def _table() -> str:
    return load(WatchingSettings).commerce_table
