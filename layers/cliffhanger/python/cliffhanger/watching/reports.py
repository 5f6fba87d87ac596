"""From a batch as a client sent it to reports that can be taken, or to what is wrong with it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from cliffhanger import clock, ids
from cliffhanger.catalog import generations
from cliffhanger.catalog.errors import EpisodeNotFound
from cliffhanger.errors import InvalidPayload, PayloadError
from cliffhanger.watching.models import ProgressItem
from cliffhanger.watching.rows import Report

AHEAD = timedelta(minutes=5)
"""How far a device's clock may be ahead of ours."""
OLDEST = timedelta(days=30)
"""How long a device may keep a report to itself."""
LONGEST_SESSION = timedelta(days=1)


def of(items: Sequence[ProgressItem]) -> list[Report]:
    """Return the reports of a batch, in its order.

    Raises:
        InvalidPayload: at least one item cannot be taken; each of those is pointed to.
    """
    now = clock.now()
    reports: list[Report] = []
    faults: list[PayloadError] = []
    for number, item in enumerate(items):
        found = list(_faults(number, item, now))
        faults += found
        if not found:
            try:
                reports.append(_report(item))
            except EpisodeNotFound as error:
                faults.append(_fault(number, "episode_id", "unknown_episode", error.detail))
    if faults:
        raise InvalidPayload(faults)
    return reports


def require_one_drama_a_session(
    reports: Sequence[Report], sittings: Mapping[str, Mapping[str, Any] | None]
) -> None:
    """Let only reports pass whose session stays with the drama that it was first reported for.

    Args:
        reports: of one batch, in its order.
        sittings: the row of each session of the batch, None where there is none yet.

    Raises:
        InvalidPayload: a playback session opens one drama; these reports name another.
    """
    dramas = {session: row["drama_id"] for session, row in sittings.items() if row and row["slots"]}
    faults = [
        _fault(
            number,
            "session_id",
            "session_of_another_drama",
            "This session has been reported for another drama.",
        )
        for number, one in enumerate(reports)
        if dramas.setdefault(one.session_id, one.drama_id) != one.drama_id
    ]
    if faults:
        raise InvalidPayload(faults)


def _faults(number: int, item: ProgressItem, now: datetime) -> Iterator[PayloadError]:
    if item.at > now + AHEAD:
        detail = "The device's clock is more than five minutes ahead."
        yield _fault(number, "at", "at_in_the_future", detail)
    if item.at < now - OLDEST:
        yield _fault(number, "at", "at_too_old", "Reports are taken for thirty days.")
    opened = ids.moment(item.session_id)
    if not now - OLDEST - LONGEST_SESSION < opened < now + AHEAD:
        detail = "Send the session_id of a playback answer of the last thirty days."
        yield _fault(number, "session_id", "unknown_session", detail)


def _fault(number: int, field: str, code: str, detail: str) -> PayloadError:
    return PayloadError(pointer=f"/items/{number}/{field}", code=code, detail=detail)


def _report(item: ProgressItem) -> Report:
    at = generations.place(item.episode_id)
    return Report(
        session_id=item.session_id,
        drama_id=at.drama_id,
        slot=at.slot,
        episode_id=item.episode_id,
        position_ms=round(item.position_seconds * 1000),
        watched_ms=round(item.watched_seconds * 1000),
        at_ms=int(item.at.timestamp() * 1000),
    )
