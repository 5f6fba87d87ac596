"""What uploads and transcoding must know of their deployment."""

from pydantic import Field

from cliffhanger.media.ladder import Rung
from cliffhanger.settings import Settings


class UploadSettings(Settings):
    """Where studios upload to, and how much."""

    content_table: str
    source_bucket: str
    max_bytes: int = Field(gt=0)


class MediaSettings(Settings):
    """Where the files that viewers get stand."""

    media_bucket: str


class TranscodingSettings(Settings):
    """Where transcoding reads, as whom it works, and what it makes."""

    content_table: str
    source_bucket: str
    mediaconvert_role_arn: str
    mediaconvert_queue_arn: str
    ladder: list[Rung] = Field(min_length=1)
    max_duration_seconds: int = Field(gt=0)
    segment_seconds: int = Field(ge=1, le=10)
    storage_tells_checksums: bool
    """S3 computes one over each file that brings none. The local cloud does not."""


class RetentionSettings(Settings):
    """How long a generation that no longer plays can be gone back to."""

    content_table: str
    superseded_days: int = Field(ge=1, le=3650)
