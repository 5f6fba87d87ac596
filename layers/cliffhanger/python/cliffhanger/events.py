"""What we tell the world, on the bus `cliffhanger`. A consumer may see an event twice."""

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import Field

from cliffhanger import aws, clock, correlation, ids
from cliffhanger.model import Model
from cliffhanger.settings import Settings, load

SOURCE = "cliffhanger"


class BusSettings(Settings):
    """Where events go."""

    event_bus: str


class DomainEvent(Model):
    """What every event carries. `name` is its detail-type; a new shape gets a new version."""

    name: ClassVar[str]

    version: Literal[1] = 1
    id: str = Field(default_factory=lambda: ids.new("evt"))
    time: datetime = Field(default_factory=clock.now)
    correlation_id: str | None = Field(
        default_factory=correlation.current, description="Of the request that it comes from."
    )


class AssetReady(DomainEvent):
    """An asset can be played."""

    name = "asset.ready"

    asset_id: str
    episode_id: str
    drama_id: str
    generation: int


class AssetRejected(DomainEvent):
    """An upload cannot become an episode. `code` says why."""

    name = "asset.rejected"

    asset_id: str
    episode_id: str
    drama_id: str
    code: str


class EpisodePublished(DomainEvent):
    """The studio published an episode."""

    name = "episode.published"

    episode_id: str
    drama_id: str
    number: int


class PlaybackStarted(DomainEvent):
    """An episode counts as played: once for a session, however often this event is seen.

    Its `id` follows from the session and the episode, so a repeated one can be told.
    """

    name = "playback.started"

    session_id: str
    viewer_id: str
    drama_id: str
    episode_id: str


class PurchaseGranted(DomainEvent):
    """A coin pack was granted. What a sandbox sold is no revenue."""

    name = "purchase.granted"

    purchase_id: str
    viewer_id: str
    product_id: str
    store: str
    environment: str
    coins: int
    bonus_coins: int


class PurchaseRefunded(DomainEvent):
    """A coin pack was refunded, or less of it than was said before.

    `share` is what is refunded by now, in thousandths of a percent; `coins` what was taken by now.
    """

    name = "purchase.refunded"

    purchase_id: str
    viewer_id: str
    environment: str
    share: int
    coins: int


class SubscriptionChanged(DomainEvent):
    """A VIP subscription is in another state, or lasts until another time."""

    name = "subscription.changed"

    purchase_id: str
    viewer_id: str
    product_id: str
    store: str
    environment: str
    state: str
    expires_at: datetime | None


class EpisodeUnlocked(DomainEvent):
    """Coins unlocked an episode, or a drama as a whole: then `episode_id` is null.

    Its `id` follows from the ledger entry, so a repeated one can be told. What `environment` calls
    sandbox is no revenue.
    """

    name = "episode.unlocked"

    viewer_id: str
    drama_id: str
    episode_id: str | None
    coins: int
    environment: Literal["production", "sandbox"]
    entry_id: str


EVENTS: tuple[type[DomainEvent], ...] = (
    AssetReady,
    AssetRejected,
    EpisodePublished,
    EpisodeUnlocked,
    PlaybackStarted,
    PurchaseGranted,
    PurchaseRefunded,
    SubscriptionChanged,
)


class NotPublished(Exception):  # noqa: N818
    """The bus refused an event."""


def publish(event: DomainEvent) -> None:
    """Put one event on the bus.

    Raises:
        NotPublished: the bus took the call and refused the entry.
    """
    answer = aws.events().put_events(
        Entries=[
            {
                "EventBusName": load(BusSettings).event_bus,
                "Source": SOURCE,
                "DetailType": event.name,
                "Detail": event.model_dump_json(),
                "Time": event.time,
            }
        ]
    )
    if answer["FailedEntryCount"]:
        raise NotPublished(answer["Entries"][0].get("ErrorCode", "unknown"))
