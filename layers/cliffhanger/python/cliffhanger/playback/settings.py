"""What playback must know of its deployment."""

from pydantic import Field

from cliffhanger.settings import Settings


class PlaybackSettings(Settings):
    """Where media is served, which secret signs for it, and how long a sitting may last."""

    media_url: str
    playback_keys_secret: str
    token_seconds: int = Field(ge=60, le=86_400)


class KeyWriterSettings(Settings):
    """Where playback keys stand: the secret for those who sign, the edge's store for its checks."""

    playback_keys_secret: str
    edge_store_arn: str
    token_seconds: int = Field(ge=60, le=86_400)
