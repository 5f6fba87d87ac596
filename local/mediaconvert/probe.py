"""The Probe operation: what ffprobe found, in the shape of MediaConvert's model."""

from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from local.mediaconvert.errors import BadRequest, Forbidden, JobFailed, NotFound, Unprocessable
from local.mediaconvert.inspection import (
    Audio,
    MalformedError,
    Media,
    NotMediaError,
    Video,
    inspect,
)
from local.mediaconvert.storage import Storage

# ffmpeg's codec names by MediaConvert's, for its input codecs; what is missing is UNKNOWN.
CODECS = {
    "av1": "AV1", "h264": "AVC", "dvvideo": "DV", "h263": "H263", "hevc": "HEVC",
    "jpeg2000": "JPEG2000", "mjpeg": "MJPEG", "mpeg1video": "MPEG1", "mpeg4": "MP4V",
    "mpeg2video": "MPEG2", "prores": "PRORES", "qtrle": "QTRLE", "theora": "THEORA",
    "rawvideo": "UNCOMPRESSED", "vc1": "VC1", "dnxhd": "VC3", "vp8": "VP8", "vp9": "VP9",
    "aac": "AAC", "ac3": "AC3", "amr_nb": "AMR", "amr_wb": "AMR", "eac3": "EAC3", "flac": "FLAC",
    "mp2": "MP2", "mp3": "MP3", "opus": "OPUS", "vorbis": "VORBIS", "wmav1": "WMA",
    "wmav2": "WMA2", "wmapro": "WMAPRO",
}  # fmt: skip
TRANSFERS = {"bt709": "ITU_709", "smpte2084": "SMPTE_2084", "arib-std-b67": "ARIB_B67"}


def probe(request: dict[str, Any], storage: Storage) -> dict[str, Any]:
    """Answer Probe for each file of the request, in the model's names.

    Raises:
        BadRequest: no file is named, it is not in S3, or it is no media.
        NotFound, Forbidden: S3 has no such object, or denies it.
        Unprocessable: it is a media file, and malformed.
    """
    files = request.get("InputFiles") or []
    if not files:
        raise BadRequest("/inputFiles: needs at least one file")
    return {"ProbeResults": [_probe_one(file.get("FileUrl") or "", storage) for file in files]}


def _probe_one(url: str, storage: Storage) -> dict[str, Any]:
    if not url.startswith("s3://"):
        raise BadRequest("/inputFiles/0/fileUrl: the local stand-in reads s3:// only")
    with TemporaryDirectory(prefix="mediaconvert-probe-") as folder:
        path = Path(folder) / "input"
        try:
            stored = storage.fetch(url, path)
            media = inspect(path)
        except JobFailed as error:
            missing = error.code == JobFailed.S3_MISSING
            raise (NotFound if missing else Forbidden)(str(error)) from error
        except NotMediaError as error:
            raise BadRequest(f"Unsupported container format: {error}") from error
        except MalformedError as error:
            raise Unprocessable(f"The input file is malformed: {error}") from error
    return {
        "Container": container(media),
        "Metadata": {
            "ETag": stored.etag,
            "FileSize": media.size,
            "LastModified": stored.last_modified,
            "MimeType": stored.content_type,
        },
        "TrackMappings": [
            {
                "VideoTrackIndexes": [track.index + 1 for track in _pictures(media)],
                "AudioTrackIndexes": [track.index + 1 for track in media.audio],
                "DataTrackIndexes": [],
            }
        ],
    }


def container(media: Media) -> dict[str, Any]:
    """The `Container` member of a probe result; tracks are counted from 1."""
    tracks = [_video_track(track) for track in _pictures(media)]
    return {
        "Format": media.container,
        "Duration": media.duration,
        "BitRate": media.bit_rate,
        "Tracks": tracks + [_audio_track(track) for track in media.audio],
    }


def _pictures(media: Media) -> list[Video]:
    """Every video track in the order of the file. A cover is one too."""
    moving = [media.video] if media.video else []
    return sorted([*moving, *media.covers], key=lambda track: track.index)


def _video_track(video: Video) -> dict[str, Any]:
    return {
        "Index": video.index + 1,
        "TrackType": "video",
        "Codec": CODECS.get(video.codec, "UNKNOWN"),
        "Duration": video.duration,
        "VideoProperties": {
            "Width": video.width,
            "Height": video.height,
            "BitDepth": video.bit_depth,
            "BitRate": video.bit_rate,
            "FrameRate": _ratio(video.frame_rate),
            "SampleAspectRatio": _ratio(video.pixel_aspect),
            "TransferCharacteristics": TRANSFERS.get(video.transfer or ""),
            "Rotation": video.rotation or None,  # absent when there is none, as on AWS
        },
    }


def _audio_track(audio: Audio) -> dict[str, Any]:
    pcm = "PCM" if audio.codec.startswith("pcm_") else "UNKNOWN"
    return {
        "Index": audio.index + 1,
        "TrackType": "audio",
        "Codec": CODECS.get(audio.codec, pcm),
        "Duration": audio.duration,
        "AudioProperties": {
            "BitRate": audio.bit_rate,
            "Channels": audio.channels,
            "SampleRate": audio.sample_rate,
            "LanguageCode": audio.language,
        },
    }


def _ratio(value: Fraction) -> dict[str, int]:
    return {"Numerator": value.numerator, "Denominator": value.denominator}
