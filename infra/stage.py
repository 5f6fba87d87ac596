"""The stage file: the only place where deployments differ, read into one typed model."""

import sys
import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from cliffhanger.catalog.languages import Language
from cliffhanger.media.ladder import Rung


class StageError(Exception):
    """A stage file that cannot be used. The message names each key and what is wrong with it."""


Text = Annotated[str, Field(min_length=1)]


class _Section(BaseModel):
    # TOML has types of its own: a number in quotes is a mistake, not a number.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Apple(_Section):
    """The app in Apple's store. Roots of trust come from here, never from a request."""

    bundle_id: Text
    app_apple_id: int = Field(gt=0)
    environment: Literal["Sandbox", "Production"]
    root_certificates: Path = Field(strict=False)
    online_checks: bool
    api_secret: Text


class Google(_Section):
    """The app in Google's store."""

    package_name: Text
    push_audience: Text
    push_service_account: Text
    push_subscription: Annotated[str, Field(pattern="^projects/[^/]+/subscriptions/[^/]+$")]
    credentials_secret: Text


class Media(_Section):
    """What uploads may be, and what is made of them."""

    ladder: list[Rung] = Field(min_length=1)
    max_duration_seconds: int = Field(gt=0)
    max_bytes: int = Field(gt=0, le=5 * 1024**4)
    segment_seconds: int = Field(ge=1, le=10)
    superseded_days: int = Field(ge=1, le=3650)

    @field_validator("ladder")
    @classmethod
    def _each_rung_once(cls, ladder: list[Rung]) -> list[Rung]:
        """Renditions are named by their rung and sorted by its size, so neither may come twice."""
        for told in ([rung.name for rung in ladder], [rung.short_side for rung in ladder]):
            if len(set(told)) < len(told):
                raise ValueError("two rungs have the same name or short_side")
        return ladder


class PlaybackRights(_Section):
    """How long one sitting lasts, and how long an app may go without a network."""

    token_seconds: int = Field(ge=60, le=86_400)
    statement_hours: int = Field(ge=24, le=72)


class Catalog(_Section):
    """Where and in which languages dramas are offered."""

    markets: list[Annotated[str, Field(pattern="^[A-Z]{2}$")]] = Field(min_length=1)
    languages: list[Language] = Field(min_length=1)
    default_language: Language

    @field_validator("default_language")
    @classmethod
    def _is_offered(cls, language: str, info: ValidationInfo) -> str:
        if language not in info.data.get("languages", [language]):
            raise ValueError("must be one of catalog.languages")
        return language


class Purchases(_Section):
    """Whose a subscription is when another viewer restores it, and what a refund closes."""

    restore: Literal["keep", "transfer"]
    refunded_unlocks: Literal["stay", "go"]


class Api(_Section):
    """Where the API stands: which web pages may call it, and the operator's own name for it."""

    origins: list[Annotated[str, Field(pattern=r"^https://[a-z0-9.-]+(:\d{1,5})?$")]]
    domain: Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")] | None = None
    certificate_arn: Annotated[str, Field(pattern="^arn:aws:acm:us-east-1:")] | None = None

    @model_validator(mode="after")
    def _one_with_the_other(self) -> "Api":
        """A name needs a certificate, and a certificate is for a name."""
        if (self.domain is None) != (self.certificate_arn is None):
            raise ValueError("domain and certificate_arn come together")
        return self


class Ops(_Section):
    """Who is woken and told, how releases go out, what is backed up and what outlives its stack."""

    alarm_email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")] | None = None
    event_bus: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,256}$")]
    log_retention_days: Literal[1, 3, 7, 14, 30, 90, 180, 365]
    removal: Literal["retain", "destroy"]
    release: Literal["canary", "all-at-once"]
    backup_days: int | None = Field(default=None, ge=7, le=3650)
    monthly_budget_usd: int | None = Field(default=None, gt=0)
    needed_concurrency: int = Field(default=50, gt=0)

    @field_validator("event_bus")
    @classmethod
    def _is_our_own(cls, name: str) -> str:
        if name == "default":
            raise ValueError("the default bus is AWS's own; ours needs another name")
        return name

    @field_validator("monthly_budget_usd")
    @classmethod
    def _tells_somebody(cls, dollars: int | None, info: ValidationInfo) -> int | None:
        if dollars is not None and not info.data.get("alarm_email"):
            raise ValueError("a budget needs ops.alarm_email: somebody must be told")
        return dollars


class Stage(_Section):
    """One deployment."""

    name: Annotated[str, Field(pattern="^[a-z][a-z0-9-]{1,15}$")]
    region: Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]
    apple: Apple
    google: Google
    media: Media
    playback: PlaybackRights
    catalog: Catalog
    purchases: Purchases
    api: Api
    ops: Ops

    @property
    def keeps_data(self) -> bool:
        """Whether tables, buckets and users are protected and outlive the stacks."""
        return self.ops.removal == "retain"

    def pages(self, local: "Local | None") -> list[str]:
        """Return the origins of the web pages that may call the API and send masters."""
        return [*self.api.origins, *([local.public_url] if local else [])]


class Local(_Section):
    """What only the local cloud has: addresses on this machine, and its interpreter."""

    public_url: str
    mediaconvert_url: str
    edge_door_url: str
    apple_url: str
    google_url: str
    apple_roots: Path
    python: str = Field(default=sys.executable, description="What runs the functions here.")


def read_stage(path: Path) -> Stage:
    """Return the stage that a file describes. Its paths are relative to the file.

    Raises:
        StageError: the file is missing, is no TOML, or a key is missing or wrong.
    """
    try:
        values = tomllib.loads(path.read_text())
    except OSError as error:
        raise StageError(f"{path}: {error.strerror}") from error
    except tomllib.TOMLDecodeError as error:
        raise StageError(f"{path}: {error}") from error
    try:
        stage = Stage.model_validate(values)
    except ValidationError as error:
        faults = [
            f"  {'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"
            for fault in error.errors()
        ]
        raise StageError("\n".join([f"{path} cannot be used:", *faults])) from error
    roots = path.parent / stage.apple.root_certificates
    apple = stage.apple.model_copy(update={"root_certificates": roots})
    return stage.model_copy(update={"apple": apple})
