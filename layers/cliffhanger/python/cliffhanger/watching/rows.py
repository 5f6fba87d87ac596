"""The two rows behind progress, and how a report changes them. Nothing here reads or writes.

| pk | sk | row |
|---|---|---|
| vwr_... | WATCHED#drm_... | by slot, the last position and its time; and the latest of them all |
| vwr_... | SITTING#ses_... | by slot, the most that was watched in this sitting; goes in time |

Lengths are whole milliseconds, times milliseconds since 1970. `version` grows with each change,
and is the condition of the write.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cliffhanger.dynamo import Item

PLAY_MS = 3000
"""From here on an episode counts as played in its session: a swipe past it is no play."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """An item of a batch, with its episode's place."""

    session_id: str
    drama_id: str
    slot: int
    episode_id: str
    position_ms: int
    watched_ms: int
    at_ms: int


def watched_sk(drama_id: str) -> str:
    """Return the sort key of what a viewer watched of a drama."""
    return f"WATCHED#{drama_id}"


def sitting_sk(session_id: str) -> str:
    """Return the sort key of a sitting."""
    return f"SITTING#{session_id}"


def moved(row: Item | None, reports: Iterable[Report]) -> dict[str, Any] | None:
    """Return what changes in a drama's row, or None: for each episode the latest report wins."""
    slots: dict[str, list[int]] = dict(row["slots"]) if row else {}
    last = {"last_at": -1} if row is None else {"last_at": row["last_at"]}
    changed = False
    for one in sorted(reports, key=lambda report: report.at_ms):
        _, known_at = slots.get(str(one.slot), (0, -1))
        if one.at_ms <= known_at:
            continue
        changed = True
        slots[str(one.slot)] = [one.position_ms, one.at_ms]
        if one.at_ms >= last["last_at"]:
            last = {
                "last_at": one.at_ms,
                "last_episode_id": one.episode_id,
                "last_position_ms": one.position_ms,
            }
    return {"slots": slots} | last if changed else None


def watched(
    row: Item | None, reports: Iterable[Report]
) -> tuple[dict[str, int] | None, list[Report]]:
    """Return a sitting's slots with the most that was reported of each, and the new plays.

    The slots are None when nothing changed. A play is new when an episode has now been watched
    for long enough and had not been before: since the most never shrinks, that happens once.
    """
    known: dict[str, int] = row["slots"] if row else {}
    slots = dict(known)
    plays = {}
    for one in reports:
        slot = str(one.slot)
        slots[slot] = max(slots.get(slot, 0), one.watched_ms)
        if known.get(slot, 0) < PLAY_MS <= slots[slot]:
            plays[slot] = one
    return slots if slots != known else None, list(plays.values())
