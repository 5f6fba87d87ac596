"""The shapes of the catalogue: what the studio sends, what it sees, and what the public sees."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from cliffhanger.catalog.languages import Language, LocalizedProse, LocalizedWords
from cliffhanger.catalog.paths import generation_path
from cliffhanger.ids import DramaId, EpisodeId
from cliffhanger.model import Model

FreeEpisodes = Annotated[int, Field(strict=True, ge=0, le=2000)]
Coins = Annotated[int, Field(strict=True, ge=0, le=100_000)]
Percent = Annotated[int, Field(strict=True, ge=0, le=90)]
Number = Annotated[int, Field(strict=True, ge=1, le=2000)]
Status = Literal["draft", "published"]


class Input(Model):
    """What a client sends: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class DramaInput(Input):
    """A new drama."""

    title: LocalizedWords
    synopsis: LocalizedProse = Field(default_factory=dict)
    original_language: Language
    free_episodes: FreeEpisodes = Field(description="How many episodes are free, from number 1.")
    episode_price: Coins = Field(description="Coins for each episode that is not free.")
    bundle_discount: Percent = Field(
        default=0, description="Percent off for those who unlock the whole drama."
    )

    @model_validator(mode="after")
    def _titled_in_its_own_language(self) -> Self:
        if self.original_language not in self.title:
            raise ValueError("title must have the original_language")
        return self


class DramaPatch(Input):
    """Changes to a drama. A field that is left out stays; a map is replaced as a whole."""

    title: LocalizedWords | None = None
    synopsis: LocalizedProse | None = None
    free_episodes: FreeEpisodes | None = None
    episode_price: Coins | None = None
    bundle_discount: Percent | None = None


class EpisodeInput(Input):
    """A new episode."""

    number: Number
    title: LocalizedWords


class EpisodePatch(Input):
    """Changes to an episode. The title is replaced as a whole."""

    title: LocalizedWords


class Drama(Model):
    """A drama as the studio sees it. `version` grows with every change to it or its episodes."""

    id: DramaId
    title: dict[str, str]
    synopsis: dict[str, str]
    original_language: str
    free_episodes: int
    episode_price: int
    bundle_discount: int = 0  # dramas that are older than the field have none
    status: Status
    version: int
    created_at: datetime
    updated_at: datetime


class Episode(Model):
    """An episode as the studio sees it.

    `slot` is its fixed place in the drama, whatever its number becomes. `generation` is the one
    that plays; 0 says that none is ready. A pinned episode does not move on by itself.
    """

    id: EpisodeId
    drama_id: DramaId
    number: int
    slot: int
    title: dict[str, str]
    status: Status
    generation: int
    asset_id: str | None
    duration_ms: int | None
    master: str | None = Field(description="The master playlist that plays, in its folder.")
    poster: str | None = Field(description="A still picture, in the same folder.")
    pinned: bool
    stopped_until: datetime | None = Field(
        default=None, description="When the last revocation of it ends; null without any."
    )
    created_at: datetime
    updated_at: datetime

    def is_stopped(self, now: datetime) -> bool:
        """Whether the studio has revoked it, so that it is not sold."""
        return self.stopped_until is not None and now < self.stopped_until

    @property
    def is_visible(self) -> bool:
        """Whether viewers see it, once its drama is published."""
        return self.status == "published" and self.generation > 0

    @property
    def folder(self) -> str:
        """Where the generation that plays stands, below the `base_url` of a sitting."""
        return generation_path(self.drama_id, self.slot, self.generation)

    @property
    def path(self) -> str:
        """The master playlist of a visible episode, below the `base_url` of a sitting."""
        return f"{self.folder}/{self.master}"


class PublicDrama(Model):
    """A drama as anyone sees it, in one language."""

    id: DramaId
    title: str
    synopsis: str | None
    language: str
    original_language: str
    free_episodes: int
    episode_price: int
    bundle_discount: int = Field(
        description="Percent off for those who unlock the whole drama. What it costs a viewer is"
        " the `bundle_price` of its access."
    )


class PublicEpisode(Model):
    """An episode as anyone sees it, in one language."""

    id: EpisodeId
    drama_id: DramaId
    number: int
    title: str
    duration_seconds: float
    access: Literal["free", "priced"]
    price: int = Field(description="Coins; 0 when free.")
    path: str = Field(
        description="Plays at `base_url` + `path`, once a playback answer's `open` has its number."
    )
