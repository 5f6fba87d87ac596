"""The smoke test: what the first minute of an app needs, against what was deployed."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

import m3u8

from operations.addresses import Addresses
from operations.web import SmokeError, call, download

Tell = Callable[[str], None]
NOT_PLAYED = (
    "PLAYBACK WAS NOT TRIED: no drama is published with a free episode. Publish one and run"
    " `python -m operations smoke`, or name an episode that a guest may see with --episode."
)


def smoke(addresses: Addresses, tell: Tell, episode_id: str | None = None) -> bool:
    """Make a guest, list the dramas, play an episode, and take the guest away again.

    Args:
        addresses: where the stage is reached.
        tell: told each step that has passed.
        episode_id: what to play; without, the first free episode of the shelf.

    Returns:
        Whether anything was played. False when no episode was named and none is free.

    Raises:
        SmokeError: a step did not pass. The message says which call, and what it answered.
    """
    api = addresses.api
    guest = call("POST", f"{api}/guests", status=201)
    token = guest["access_token"]
    tell("a guest was made")
    try:
        dramas = call("GET", f"{api}/dramas", status=200)["items"]
        tell(f"the catalogue answers, with {len(dramas)} dramas on its first page")
        played = episode_id or _free_episode(api, dramas)
        if played:
            _play(api, played, token, tell)
        call("GET", f"{api}/wallet", status=200, token=token)
        tell("the guest's wallet answers")
    finally:
        call("DELETE", f"{api}/me", status=204, token=token)
    tell("the guest was deleted")
    return bool(played)


def _free_episode(api: str, dramas: list[dict[str, Any]]) -> str | None:
    for drama in dramas:
        found = call("GET", f"{api}/dramas/{drama['id']}/episodes", status=200)["items"]
        for episode in found:
            if episode["access"] == "free":
                return str(episode["id"])
    return None


def _play(api: str, episode_id: str, token: str, tell: Tell) -> None:
    sitting = call(
        "POST",
        f"{api}/episodes/{episode_id}/playback",
        status=200,
        token=token,
        body={"unlock": "none"},
    )
    master = _playlist(sitting["url"])
    if not master.playlists:
        raise SmokeError("The master playlist names no rendition.")
    rendition = _playlist(urljoin(sitting["url"], master.playlists[0].uri))
    if not rendition.segments:
        raise SmokeError("The first rendition has no segment.")
    first = rendition.segments[0]
    if first.init_section:
        download(first.init_section.absolute_uri)
    size = len(download(first.absolute_uri))
    tell(f"episode {episode_id} plays: the first of its segments has {size} bytes")


def _playlist(url: str) -> m3u8.M3U8:
    text = download(url).decode(errors="replace")
    if not text.startswith("#EXTM3U"):
        raise SmokeError("What should be a playlist is none.")
    return m3u8.loads(text, uri=url)
