"""Master playlists: what is in one, and the same one with captions.

A generation's files never change. So captions make a new master beside the old one, under a name
that follows from what is in it: the same captions give the same name, and whoever plays the old
master goes on with it. Source: RFC 8216, 4.3.4.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

from cliffhanger.media.keys import MASTER
from cliffhanger.media.models import CaptionTrack

_GROUP = "subs"
# What a viewer reads in the menu of the player. A language without a name shows its tag.
_NAMES = {
    "ar": "العربية",
    "de": "Deutsch",
    "en": "English",
    "es": "Español",
    "fil": "Filipino",
    "fr": "Français",
    "hi": "हिन्दी",
    "id": "Bahasa Indonesia",
    "it": "Italiano",
    "ja": "日本語",
    "ko": "한국어",
    "ms": "Bahasa Melayu",
    "nl": "Nederlands",
    "pl": "Polski",
    "pt": "Português",
    "pt-BR": "Português (Brasil)",
    "ru": "Русский",
    "th": "ไทย",
    "tr": "Türkçe",
    "uk": "Українська",
    "vi": "Tiếng Việt",
    "zh": "中文",
    "zh-Hans": "简体中文",
    "zh-Hant": "繁體中文",
}


@dataclass(frozen=True)
class NamedText:
    """A file to write: its name in the generation's folder, and what is in it."""

    name: str
    text: str


def digest(text: str) -> str:
    """Return a short name for a text: the same text has the same one."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def captioned(base: str, tracks: Sequence[CaptionTrack], duration_ms: int) -> list[NamedText]:
    """Return the playlists that offer captions with a video, the master last.

    Args:
        base: the master that the transcoder wrote.
        tracks: the captions to offer; with none, the transcoder's master is the answer.
        duration_ms: the length of the video.
    """
    if not tracks:
        return [NamedText(MASTER, base)]
    import m3u8  # noqa: PLC0415 - only where captions change

    playlists = [_captions_playlist(track, duration_ms) for track in tracks]
    master = m3u8.loads(base)
    for track, playlist in zip(tracks, playlists, strict=True):
        media = m3u8.Media(
            type="SUBTITLES",
            group_id=_GROUP,
            uri=playlist.name,
            name=track.name,
            language=track.language,
            default="NO",
            autoselect="YES",  # a player whose system speaks this language may show it unasked
            forced="NO",
        )
        master.add_media(media)
    for variant in master.playlists:
        # One entry of the group is enough to name it in the variant.
        variant.media.append(media)
    text = master.dumps()
    return [*playlists, NamedText(f"index-{digest(text)}.m3u8", text)]


def name_of(language: str) -> str:
    """Return what a language calls itself, or its tag."""
    return _NAMES.get(language, language)


def _captions_playlist(track: CaptionTrack, duration_ms: int) -> NamedText:
    seconds = duration_ms / 1000
    text = (
        "#EXTM3U\n#EXT-X-VERSION:7\n"
        f"#EXT-X-TARGETDURATION:{max(1, math.ceil(seconds))}\n"
        "#EXT-X-MEDIA-SEQUENCE:1\n#EXT-X-PLAYLIST-TYPE:VOD\n"
        f"#EXTINF:{seconds:.3f},\n{track.file}\n#EXT-X-ENDLIST\n"
    )
    return NamedText(f"{track.file.removesuffix('.vtt')}.m3u8", text)
