"""What the studio does with the catalogue. Every change is one conditional write or transaction."""

import re
from collections.abc import Mapping
from typing import Any

from cliffhanger import clock, dynamo, events, idempotency, ids
from cliffhanger.catalog import repository, rollback
from cliffhanger.catalog.browse import cut
from cliffhanger.catalog.errors import (
    DramaFull,
    DramaNotFound,
    EpisodeNotFound,
    EpisodeNumberTaken,
)
from cliffhanger.catalog.models import (
    Drama,
    DramaInput,
    DramaPatch,
    Episode,
    EpisodeInput,
    EpisodePatch,
    Status,
)
from cliffhanger.edge import queue, revocations
from cliffhanger.errors import Busy, InvalidPayload, PayloadError
from cliffhanger.idempotency import IdempotencyKey
from cliffhanger.pages import Page, PageQuery, decode_cursor, encode_cursor

MAX_SLOTS = 2000
"""As many slots as fit a playback token under the edge's limit of 1 KB."""

_TRIES = 8
_DRAMA_ID = re.compile(r"drm_[0-9A-Z]{26}")


def create_drama(wanted: DramaInput, key: IdempotencyKey) -> Drama:
    """Create a drama as a draft, or return the one that this key created before."""
    now = clock.now()
    drama = Drama(
        id=ids.new("drm"),
        **wanted.model_dump(),
        status="draft",
        version=1,
        created_at=now,
        updated_at=now,
    )
    table = repository.table()
    try:
        dynamo.transact(
            idempotency.guard(table, key, drama.id, now),
            dynamo.create(table, repository.drama_item(drama)),
            dynamo.create(table, repository.listed_item(drama)),
        )
    except dynamo.ConditionFailed:
        return repository.find_drama(_made_before(key))[0]
    return drama


def list_dramas(page: PageQuery) -> Page[Drama]:
    """Return a page of all dramas, drafts too, the newest first."""
    after = decode_cursor(page.cursor, str, _DRAMA_ID) if page.cursor else None
    found, last = repository.all_dramas(limit=page.limit, after=after)
    return Page[Drama](items=found, next_cursor=encode_cursor(last) if last else None)


def find_drama(drama_id: str) -> Drama:
    """Return a drama, published or not.

    Raises:
        DramaNotFound: there is none.
    """
    return repository.find_drama(drama_id)[0]


def list_episodes(drama_id: str, page: PageQuery) -> Page[Episode]:
    """Return a page of a drama's episodes, drafts too, by number.

    Raises:
        DramaNotFound: there is none.
    """
    repository.find_drama(drama_id)
    found = sorted(repository.episodes(drama_id), key=lambda episode: episode.number)
    chosen, next_cursor = cut(found, page)
    return Page[Episode](items=chosen, next_cursor=next_cursor)


def edit_drama(drama_id: str, patch: DramaPatch) -> Drama:
    """Change what the patch names. Fields that it leaves out, or sets to null, stay.

    Raises:
        DramaNotFound: there is none.
        InvalidPayload: the new titles lack the original language.
    """
    if patch.title is not None:
        original = repository.find_drama(drama_id)[0].original_language  # never changes
        if original not in patch.title:
            detail = f"Keep a title in the original language, {original}."
            raise InvalidPayload([PayloadError(pointer="/title", code="title", detail=detail)])
    return _change_drama(drama_id, **patch.model_dump(exclude_none=True))


def publish_drama(drama_id: str) -> Drama:
    """Put a drama on the shelf, at the front if it was not there, and lift what revoked it.

    Raises:
        DramaNotFound: there is none.
    """
    now = clock.now()
    place = {"shelf": repository.PUBLISHED, "shelved_at": f"{clock.iso(now)}#{drama_id}"}
    change = _drama_change(drama_id, unless_there=place, status="published")
    return _told_the_edge(drama_id, change, revocations.restore(drama_id, now))


def unpublish_drama(drama_id: str) -> Drama:
    """Take a drama off the shelf, and out of the hands of those who watch it.

    Raises:
        DramaNotFound: there is none.
    """
    change = _drama_change(drama_id, remove=("shelf", "shelved_at"), status="draft")
    return _told_the_edge(drama_id, change, revocations.revoke(drama_id, clock.now()))


def _told_the_edge(drama_id: str, change: dynamo.Write, revocation: dynamo.Write) -> Drama:
    try:
        dynamo.transact(change, revocation)
    except dynamo.ConditionFailed as error:
        raise DramaNotFound("No drama has this id.") from error
    queue.tell(drama_id)
    return repository.find_drama(drama_id)[0]


def _drama_change(
    drama_id: str,
    *,
    unless_there: Mapping[str, str] | None = None,
    remove: tuple[str, ...] = (),
    **changes: Any,
) -> dynamo.Write:
    changes["updated_at"] = clock.iso(clock.now())
    first = unless_there or {}
    parts = [f"#{name} = :{name}" for name in changes]
    parts += [f"#{name} = if_not_exists(#{name}, :{name})" for name in first]
    expression = f"SET {', '.join(parts)}, #version = #version + :one"
    if remove:
        expression += " REMOVE " + ", ".join(f"#{name}" for name in remove)
    return dynamo.update(
        repository.table(),
        repository.drama_key(drama_id),
        expression,
        condition="attribute_exists(pk)",
        one=1,
        **changes,
        **first,
    )


def _change_drama(drama_id: str, **changes: Any) -> Drama:
    try:
        return Drama.model_validate(dynamo.write(_drama_change(drama_id, **changes)))
    except dynamo.ConditionFailed as error:
        raise DramaNotFound("No drama has this id.") from error


def create_episode(drama_id: str, wanted: EpisodeInput, key: IdempotencyKey) -> Episode:
    """Create an episode in the next free slot of a drama, or return the one this key created.

    Raises:
        DramaNotFound: there is no such drama.
        EpisodeNumberTaken: another episode has the number.
        DramaFull: every slot is taken.
    """
    table = repository.table()
    for _ in range(_TRIES):
        drama, item = repository.find_drama(drama_id)
        episode = _next_episode(drama, int(item["last_slot"]), wanted)
        writes = (
            idempotency.guard(table, key, episode.id, episode.created_at),
            dynamo.update(
                table,
                repository.drama_key(drama_id),
                "SET #last_slot = :slot, #version = #version + :one, #updated_at = :now",
                condition="#last_slot = :last",
                slot=episode.slot,
                last=episode.slot - 1,
                one=1,
                now=clock.iso(episode.created_at),
            ),
            dynamo.create(table, repository.number_item(episode)),
            dynamo.create(table, repository.episode_item(episode)),
            dynamo.create(table, repository.place_item(episode)),
        )
        try:
            dynamo.transact(*writes)
        except dynamo.ConditionFailed as error:
            if 0 in error.failed:
                return repository.find_episode(_made_before(key))
            if 2 in error.failed:
                raise EpisodeNumberTaken(
                    f"Episode {wanted.number} of this drama exists already."
                ) from error
            continue  # another episode took the slot between our read and our write
        return episode
    raise Busy("Others are adding episodes to this drama. Try again.")


def _next_episode(drama: Drama, last_slot: int, wanted: EpisodeInput) -> Episode:
    if last_slot >= MAX_SLOTS:
        raise DramaFull(f"A drama takes {MAX_SLOTS} episodes, deleted ones included.")
    now = clock.now()
    return Episode(
        id=ids.new("ep"),
        drama_id=drama.id,
        number=wanted.number,
        slot=last_slot + 1,
        title=wanted.title,
        status="draft",
        generation=0,
        asset_id=None,
        duration_ms=None,
        master=None,
        poster=None,
        pinned=False,
        created_at=now,
        updated_at=now,
    )


def edit_episode(drama_id: str, episode_id: str, patch: EpisodePatch) -> Episode:
    """Change an episode's title.

    Raises:
        EpisodeNotFound: there is none in this drama.
    """
    place = _place_in(drama_id, episode_id)
    now = clock.iso(clock.now())
    dynamo.transact(
        dynamo.update(
            repository.table(),
            repository.episode_key(drama_id, place.slot),
            "SET #title = :title, #updated_at = :now",
            condition="attribute_exists(pk)",
            title=patch.title,
            now=now,
        ),
        repository.touch_drama(drama_id, now),
    )
    return repository.find_episode(episode_id)


def _place_in(drama_id: str, episode_id: str) -> repository.Place:
    place = repository.place(episode_id)
    if place.drama_id != drama_id:
        raise EpisodeNotFound("This drama has no such episode.")
    return place


def _made_before(key: IdempotencyKey) -> str:
    earlier = idempotency.earlier_result(repository.table(), key)
    if earlier is None:  # the guard failed a moment ago, so only its expiry explains this
        raise Busy("Try again with a fresh Idempotency-Key.")
    return earlier


def publish_episode(drama_id: str, episode_id: str) -> Episode:
    """Let viewers see an episode, from the moment that a generation of it is ready.

    What revoked it is lifted. An episode that was rolled back goes on to the newest generation
    that is ready.

    Raises:
        EpisodeNotFound: there is none in this drama.
    """
    _set_status(drama_id, episode_id, "published")
    rollback.let_go(episode_id)
    episode = repository.find_episode(episode_id)
    events.publish(
        events.EpisodePublished(
            episode_id=episode.id, drama_id=episode.drama_id, number=episode.number
        )
    )
    return episode


def unpublish_episode(drama_id: str, episode_id: str) -> Episode:
    """Hide an episode from viewers, also from those who hold a token for it.

    Raises:
        EpisodeNotFound: there is none in this drama.
    """
    _set_status(drama_id, episode_id, "draft")
    return repository.find_episode(episode_id)


def _set_status(drama_id: str, episode_id: str, status: Status) -> None:
    place = _place_in(drama_id, episode_id)
    now = clock.now()
    subject = revocations.slot_subject(drama_id, place.slot)
    published = status == "published"
    lifted = " REMOVE #stopped_until" if published else ""
    dynamo.transact(
        dynamo.update(
            repository.table(),
            repository.episode_key(drama_id, place.slot),
            "SET #status = :status, #updated_at = :now" + lifted,
            condition="attribute_exists(pk)",
            status=status,
            now=clock.iso(now),
        ),
        repository.touch_drama(drama_id, clock.iso(now)),
        revocations.restore(subject, now) if published else revocations.revoke(subject, now),
    )
    queue.tell(subject)
