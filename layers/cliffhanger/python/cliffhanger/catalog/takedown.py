"""The studio takes something out of viewers' hands, at the edge, within seconds.

A revocation ends what has been handed out. For a drama or an episode it lasts until every token of
today has expired, or until the studio publishes it again; what is to stay away is unpublished too.

| pk | sk | item |
|---|---|---|
| rev_... | REVOCATION | who revoked what, when and why; it stays |
"""

from datetime import UTC, datetime
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from cliffhanger import clock, dynamo, idempotency, ids
from cliffhanger.catalog import repository
from cliffhanger.catalog.models import Input
from cliffhanger.edge import queue, revocations
from cliffhanger.errors import Busy
from cliffhanger.idempotency import IdempotencyKey
from cliffhanger.ids import DramaId, EpisodeId, SessionId, ViewerId
from cliffhanger.model import Model

_SK = "REVOCATION"
_SUBJECTS = ("session_id", "viewer_id", "drama_id", "episode_id")


class RevocationInput(Input):
    """What to revoke: exactly one of the four."""

    session_id: SessionId | None = None
    viewer_id: ViewerId | None = None
    drama_id: DramaId | None = None
    episode_id: EpisodeId | None = None
    reason: Annotated[str, StringConstraints(max_length=500)] | None = None

    @property
    def subject(self) -> str:
        """The one id that was sent."""
        return next(str(one) for name in _SUBJECTS if (one := getattr(self, name)) is not None)

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if sum(getattr(self, name) is not None for name in _SUBJECTS) != 1:
            raise ValueError(f"send exactly one of {', '.join(_SUBJECTS)}")
        return self


class Revocation(Model):
    """What the edge refuses from now on."""

    id: str
    subject: str = Field(description="The id that was sent.")
    until: datetime = Field(description="By then every token that it concerns has expired.")


def revoke(wanted: RevocationInput, caller_id: str, key: IdempotencyKey) -> Revocation:
    """Revoke one subject, or return what this key revoked before. Either way the edge is told.

    Raises:
        DramaNotFound: there is no such drama.
        EpisodeNotFound: there is no such episode.
    """
    edge_subject = _edge_subject(wanted)
    now = clock.now()
    until = datetime.fromtimestamp(int(revocations.end(now).timestamp()), UTC)
    made = Revocation(id=ids.new("rev"), subject=wanted.subject, until=until)
    record = dynamo.key(made.id, _SK) | made.model_dump(mode="json")
    record |= {"reason": wanted.reason, "revoked_by": caller_id, "revoked_at": clock.iso(now)}
    table = repository.table()
    try:
        dynamo.transact(
            idempotency.guard(table, key, made.id, now),
            dynamo.create(table, record),
            revocations.revoke(edge_subject, now),
            *_known(wanted, until, now),
        )
    except dynamo.ConditionFailed:
        made = _made_before(table, key)
    queue.tell(edge_subject)
    return made


def _edge_subject(wanted: RevocationInput) -> str:
    if wanted.drama_id:
        return repository.find_drama(wanted.drama_id)[0].id
    if wanted.episode_id:
        at = repository.place(wanted.episode_id)
        return revocations.slot_subject(at.drama_id, at.slot)
    return wanted.subject


def _known(wanted: RevocationInput, until: datetime, now: datetime) -> list[dynamo.Write]:
    """Return the writes by which a drama's manifest knows which of its episodes is stopped.

    Whoever buys the whole drama has read the manifest anyway, and not each episode's revocation.
    """
    if not wanted.episode_id:
        return []
    at = repository.place(wanted.episode_id)
    touched = repository.touch_drama(at.drama_id, clock.iso(now))
    return [repository.stop_episode(at, until, now), touched]


def _made_before(table: str, key: IdempotencyKey) -> Revocation:
    earlier = idempotency.earlier_result(table, key)
    found = dynamo.get(table, dynamo.key(earlier, _SK), consistent=True) if earlier else None
    if found is None:  # the guard failed a moment ago, so only its expiry explains this
        raise Busy("Try again with a fresh Idempotency-Key.")
    return Revocation.model_validate(found)
