"""What revocations must know of their deployment."""

from pydantic import Field

from cliffhanger.settings import Settings


class RevocationSettings(Settings):
    """Where revocations stand, and how long a playback token may outlive its cause."""

    content_table: str
    token_seconds: int = Field(ge=60, le=86_400)


class EdgeQueueSettings(Settings):
    """The queue before the one writer of the edge's store."""

    edge_queue_url: str
