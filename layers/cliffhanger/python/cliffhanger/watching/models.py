"""The shapes of progress and history."""

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field

from cliffhanger.ids import DramaId, EpisodeId, SessionId
from cliffhanger.model import Model
from cliffhanger.moments import Moment

Seconds = Annotated[float, Field(strict=True, ge=0, le=86_400, allow_inf_nan=False)]
MOST_ITEMS = 25


class ProgressItem(Model):
    """Where a viewer is in an episode."""

    model_config = ConfigDict(extra="forbid")

    session_id: SessionId = Field(description="Of the playback answer that opened the episode.")
    episode_id: EpisodeId
    position_seconds: Seconds
    watched_seconds: Seconds = Field(
        description="Watched of this episode in this session so far: it grows, and is no difference"
        " to an earlier report."
    )
    at: Moment = Field(description="When the viewer was there, by the device's clock.")


class ProgressInput(Model):
    """A batch of reports. Sending it again, or in another order, changes nothing."""

    model_config = ConfigDict(extra="forbid")

    items: Annotated[list[ProgressItem], Field(min_length=1, max_length=MOST_ITEMS)]


class Progress(Model):
    """What became of a batch."""

    accepted: int = Field(description="Every item of the batch.")
    plays: int = Field(description="Episodes that count as played for the first time by this call.")


class HistoryRow(Model):
    """A drama that the viewer has watched, and where they stopped last."""

    drama_id: DramaId
    episode_id: EpisodeId
    position_seconds: float
    at: datetime
