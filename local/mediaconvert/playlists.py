"""HLS: what the media playlists of a job say, and the master playlist made from it.

RFC 8216; https://developer.apple.com/documentation/http-live-streaming
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

AAC_OBJECT_TYPE_BITS = 3  # the first five bits of AudioSpecificConfig


@dataclass(frozen=True)
class MediaPlaylist:
    """A media playlist: segment lengths in seconds and sizes in bytes, and its RFC 6381 codec."""

    file: str
    seconds: tuple[float, ...]
    sizes: tuple[int, ...]
    codec: str

    @property
    def duration(self) -> float:
        """All of it, in seconds."""
        return sum(self.seconds)

    @property
    def average_bandwidth(self) -> int:
        """Bits a second over the whole."""
        return math.ceil(sum(self.sizes) * 8 / self.duration)

    @property
    def bandwidth(self) -> int:
        """The highest bit rate of a segment; a stub of a last one does not count."""
        full = max(self.seconds) / 2
        pairs = zip(self.sizes, self.seconds, strict=True)
        return max(math.ceil(size * 8 / long) for size, long in pairs if long >= full)


@dataclass(frozen=True)
class Variant:
    """A video rendition, and the audio group that it plays with."""

    playlist: MediaPlaylist
    width: int
    height: int
    frame_rate: Fraction
    audio_group: str | None


@dataclass(frozen=True)
class Alternative:
    """An EXT-X-MEDIA rendition of sound or captions."""

    kind: str
    playlist: MediaPlaylist
    group: str
    name: str
    default: bool
    autoselect: bool
    language: str | None = None
    channels: int | None = None


def read_media_playlist(path: Path, init: Path | None) -> MediaPlaylist:
    """Read a playlist that ffmpeg wrote, and the sizes of its segments beside it."""
    seconds, sizes = [], []
    for line in path.read_text().splitlines():
        if line.startswith("#EXTINF:"):
            seconds.append(float(line.removeprefix("#EXTINF:").rstrip(",")))
        elif line and not line.startswith("#"):
            sizes.append((path.parent / line).stat().st_size)
    codec = codec_string(init.read_bytes()) if init else "wvtt"
    return MediaPlaylist(path.name, tuple(seconds), tuple(sizes), codec)


def codec_string(init: bytes) -> str:
    """The RFC 6381 name of the codec in an initialization segment: `avc1.64002a`, `mp4a.40.2`.

    Raises:
        ValueError: it holds neither H.264 nor AAC.
    """
    at = init.find(b"avcC")
    if at >= 0:  # configurationVersion, then profile, constraints and level (ISO 14496-15)
        return f"avc1.{init[at + 5 : at + 8].hex()}"
    at = init.find(b"esds")
    if at >= 0:  # the DecoderSpecificInfo descriptor (tag 5) with its length in up to four bytes
        at = init.index(b"\x05", init.index(b"\x04", at + 8) + 13)
        start = at + 1
        while init[start] & 0x80:
            start += 1
        return f"mp4a.40.{init[start + 1] >> AAC_OBJECT_TYPE_BITS}"
    raise ValueError("an initialization segment with neither H.264 nor AAC")


def master(variants: Sequence[Variant], alternatives: Sequence[Alternative]) -> str:
    """The master playlist; variants stand in the order of the job's outputs."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    lines += [_media(alternative) for alternative in alternatives]
    captions = next((a.group for a in alternatives if a.kind == "SUBTITLES"), None)
    for variant in variants:
        sound = [a for a in alternatives if a.kind == "AUDIO" and a.group == variant.audio_group]
        lines += [_stream_inf(variant, sound, captions), variant.playlist.file]
    return "\n".join(lines) + "\n"


def captions_playlist(segment: str, duration: float) -> str:
    """The media playlist of a WebVTT file, which is one segment as long as the video."""
    return (
        f"#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:{math.ceil(duration)}\n"
        f"#EXT-X-MEDIA-SEQUENCE:1\n#EXT-X-PLAYLIST-TYPE:VOD\n"
        f"#EXTINF:{duration:.6f},\n{segment}\n#EXT-X-ENDLIST\n"
    )


def _media(a: Alternative) -> str:
    fields = [f"TYPE={a.kind}", f'GROUP-ID="{a.group}"', f'NAME="{a.name}"']
    fields += [f'LANGUAGE="{a.language}"'] if a.language else []
    fields += [f"DEFAULT={_yes(a.default)}", f"AUTOSELECT={_yes(a.autoselect or a.default)}"]
    fields += [f'CHANNELS="{a.channels}"'] if a.channels else []
    return "#EXT-X-MEDIA:" + ",".join([*fields, f'URI="{a.playlist.file}"'])


def _stream_inf(variant: Variant, sound: list[Alternative], captions: str | None) -> str:
    heard = [alternative.playlist for alternative in sound]
    peak = variant.playlist.bandwidth + max((p.bandwidth for p in heard), default=0)
    average = variant.playlist.average_bandwidth
    average += max((p.average_bandwidth for p in heard), default=0)
    codecs = ",".join(dict.fromkeys([variant.playlist.codec, *(p.codec for p in heard)]))
    fields = [f"BANDWIDTH={peak}", f"AVERAGE-BANDWIDTH={average}", f'CODECS="{codecs}"']
    fields += [f"RESOLUTION={variant.width}x{variant.height}"]
    fields += [f"FRAME-RATE={float(variant.frame_rate):.3f}"]
    fields += [f'AUDIO="{variant.audio_group}"'] if sound else []
    fields += [f'SUBTITLES="{captions}"'] if captions else []
    return "#EXT-X-STREAM-INF:" + ",".join([*fields, "CLOSED-CAPTIONS=NONE"])


def _yes(value: bool) -> str:
    return "YES" if value else "NO"
