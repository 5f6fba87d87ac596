"""The shapes of uploads and assets."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from cliffhanger.catalog.languages import Language
from cliffhanger.ids import AssetId, DramaId, EpisodeId, UploadId
from cliffhanger.model import Model

AssetStatus = Literal[
    "awaiting_upload", "uploaded", "transcoding", "ready", "rejected", "failed", "canceled"
]
UploadStatus = Literal["open", "completed", "aborted", "expired"]


class Input(Model):
    """What a client sends: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class UploadInput(Input):
    """A file that is about to be uploaded. Its name is for people; it names no key."""

    episode_id: EpisodeId
    filename: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
    size: Annotated[int, Field(strict=True, ge=1, description="Bytes.")]
    content_type: Annotated[
        str, StringConstraints(pattern=r"^[a-z]+/[A-Za-z0-9.+-]+$", max_length=100)
    ]
    checksum_crc64nvme: Annotated[
        str | None,
        StringConstraints(pattern=r"^[A-Za-z0-9+/]{11}=$"),
        Field(description="Of the whole file, in base64. What arrives otherwise is rejected."),
    ] = None


class ArrivedPart(Input):
    """A part that the client has sent, with the ETag that it got for it."""

    number: Annotated[int, Field(strict=True, ge=1, le=10_000)]
    etag: Annotated[str, StringConstraints(max_length=100, pattern=r"^[!-~]+$")] = Field(
        description="As S3 answered it, with its quotes or without (RFC 9110)."
    )


class CompletionInput(Input):
    """Every part of an upload, in order."""

    parts: Annotated[list[ArrivedPart], Field(min_length=1, max_length=10_000)]


class SignedPart(Model):
    """Where to PUT one part of the file."""

    number: int
    url: str


class SignedParts(Model):
    """Where to PUT each part that has not arrived."""

    parts: list[SignedPart]


class StartedUpload(Model):
    """A new upload: send each part of `part_size` bytes (the last may be smaller) to its URL."""

    id: UploadId
    asset_id: AssetId
    part_size: int
    parts: list[SignedPart]


class ReceivedPart(Model):
    """A part that has arrived."""

    number: int
    etag: str
    size: int


class Upload(Model):
    """An upload, and what of it has arrived."""

    id: UploadId
    asset_id: AssetId
    episode_id: EpisodeId
    status: UploadStatus
    filename: str
    size: int
    part_size: int
    received: list[ReceivedPart]
    created_at: datetime
    expires_at: datetime


class AssetError(Model):
    """Why an asset will not play: a stable code, and what the studio can do."""

    code: str
    detail: str


class SourceFile(Model):
    """What the uploaded file turned out to be, after rotation."""

    filename: str
    size: int
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None
    video_codec: str | None = None
    frame_rate: Annotated[int | None, Field(description="Frames a second, rounded.")] = None
    has_audio: bool | None = None
    checksum_crc64nvme: str | None = None


class AssetRendition(Model):
    """One rung of the ladder that was made."""

    name: str
    width: int
    height: int
    max_bitrate: int


class CaptionsInput(Input):
    """The captions of one language, as the file has them."""

    format: Literal["vtt", "srt"]
    text: Annotated[str, StringConstraints(min_length=1, max_length=1_000_000)]


class CaptionTrack(Model):
    """Captions that viewers can choose."""

    language: Language
    name: str = Field(description="What viewers read in the menu of the player.")
    file: str = Field(description="In the folder of the generation; other words, another file.")
    cues: int
    updated_at: datetime


class Cost(Model):
    """What the transcoding cost: an estimate, from list prices."""

    usd_micros: int = Field(description="Millionths of a dollar.")
    output_seconds: int = Field(description="Seconds of all outputs; a short one counts ten.")
    prices: str = Field(description="The price list: its date and region.")


class Asset(Model):
    """One generation of an episode's video, from the upload on."""

    id: AssetId
    episode_id: EpisodeId
    drama_id: DramaId
    slot: int
    generation: int
    status: AssetStatus
    progress: int = Field(ge=0, le=100, description="Percent of the transcoding.")
    error: AssetError | None
    source: SourceFile
    renditions: list[AssetRendition]
    captions: list[CaptionTrack] = Field(default_factory=list)
    cost: Cost | None = None
    created_at: datetime
    updated_at: datetime
