"""Rollback: the generation before, at once; and the way on from there."""

from cliffhanger import clock, dynamo, idempotency
from cliffhanger.catalog import generations, repository
from cliffhanger.catalog.errors import NothingToRollBackTo
from cliffhanger.catalog.models import Episode
from cliffhanger.errors import Busy
from cliffhanger.idempotency import IdempotencyKey


def roll_back(episode_id: str, key: IdempotencyKey | None) -> Episode:
    """Switch an episode to the ready generation before the one that plays, and pin it there.

    A pinned episode does not move on by itself, whatever gets ready; publishing it again lets it
    go on. With a key, a retry does not go back twice.

    Raises:
        EpisodeNotFound: there is none.
        NothingToRollBackTo: no generation before this one was ever ready.
        Busy: the episode changed at the same moment.
    """
    at = generations.place(episode_id)
    now = clock.now()
    if key and idempotency.earlier_result(repository.table(), key):
        return repository.find_episode(episode_id)
    standing = generations.look(at)
    before = [one for one in standing.ready if one.generation < standing.episode.generation]
    if not before:
        raise NothingToRollBackTo("Upload the episode anew; no earlier generation is ready.")
    guards = (idempotency.guard(repository.table(), key, episode_id, now),) if key else ()
    try:
        dynamo.transact(*generations.pin(standing, before[-1], now, pinned=True), *guards)
    except dynamo.ConditionFailed as error:
        raise Busy("The episode changed at the same moment. Look at it and try again.") from error
    return repository.find_episode(episode_id)


def let_go(episode_id: str) -> None:
    """Let a pinned episode go on, to the newest generation that is ready.

    Raises:
        EpisodeNotFound: there is none.
        Busy: the episode changed at the same moment.
    """
    at = generations.place(episode_id)
    standing = generations.look(at)
    if not standing.episode.pinned:
        return
    newest = standing.ready[-1]
    try:
        dynamo.transact(*generations.pin(standing, newest, clock.now(), pinned=False))
    except dynamo.ConditionFailed as error:
        raise Busy("The episode changed at the same moment. Look at it and try again.") from error
