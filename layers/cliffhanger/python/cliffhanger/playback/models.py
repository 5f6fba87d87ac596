"""The shapes of playback."""

from datetime import datetime

from pydantic import ConfigDict, Field

from cliffhanger.entitlements.rights import Access
from cliffhanger.entitlements.wanted import Unlock
from cliffhanger.ids import EpisodeId
from cliffhanger.model import Model
from cliffhanger.pages import Page


class PlaybackInput(Model):
    """How to get in: with `coins` a locked episode is unlocked, `none` takes what is open already.

    Left out, the viewer's setting `auto_unlock` decides.
    """

    model_config = ConfigDict(extra="forbid")

    unlock: Unlock | None = None


class OpenEpisode(Model):
    """An episode that the token opens. Its master playlist stands at `base_url` + `path`."""

    episode_id: EpisodeId
    number: int
    path: str
    poster: str | None = Field(description="A picture at `base_url` + `poster`.")


class NextEpisode(Model):
    """The episode after the one asked for, and what it takes to watch it."""

    episode_id: EpisodeId
    access: Access
    price: int = Field(description="Coins; 0 when it is open.")


class Playback(Model):
    """A sitting: one token opens every episode of the drama that the viewer may see now."""

    url: str = Field(description="The master playlist of the episode asked for.")
    base_url: str
    expires_at: datetime
    session_id: str
    charged: int = Field(description="Coins that this call cost.")
    open: str = Field(description="The numbers of the open episodes, such as `1-10,12`.")
    episodes: list[OpenEpisode] = Field(description="The episode asked for and the next ten open.")
    next: NextEpisode | None


class EpisodeAccess(Model):
    """Whether a viewer may watch an episode, and where they stopped."""

    episode_id: EpisodeId
    number: int
    access: Access
    position_seconds: float | None = Field(description="Null when it was never watched.")


class DramaAccess(Page[EpisodeAccess]):
    """A page of a drama's episodes with what a viewer may watch, and the price of the rest."""

    bundle_price: int | None = Field(
        description="Coins for all of the drama that is locked, at its `bundle_discount`: what"
        " unlocking it as a whole charges. Null when nothing is locked, or all of that is stopped."
    )
