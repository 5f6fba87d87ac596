"""A drama that plays, and a viewer who asks for it."""

from typing import Any

from functions.viewing.handler import handler
from tests.unit.gateway import Answer, viewer
from tests.unit.pipeline import make_playable, new_drama, new_episode, publish


def season(count: int, **changes: Any) -> list[Any]:
    """The episodes of a published drama; the one made last comes first."""
    drama = new_drama(**changes)
    made = [new_episode(drama, number) for number in range(count, 0, -1)]
    for episode in made:
        make_playable(episode)
        publish(episode)
    publish(drama)
    return made[::-1]


def play(episode: Any, body: object = None) -> Answer:
    route = "POST /v1/episodes/{episode_id}/playback"
    return viewer(handler, route, body or {}, path={"episode_id": episode["id"]})
