"""After ffmpeg: the master playlist, what to upload in which order, and what to report."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.mediaconvert import playlists
from local.mediaconvert.inspection import Media
from local.mediaconvert.outputs import Group, Track
from local.mediaconvert.playlists import Alternative, MediaPlaylist, Variant
from local.mediaconvert.storage import Upload

CAPTIONS_GROUP = "subs"


@dataclass(frozen=True)
class Package:
    """One output group, ready.

    `uploads` are steps: a step may go up once the one before it has arrived, so that a playlist
    never names a file that is not there. `details` is the group's entry in `outputGroupDetails`
    of the COMPLETE event.
    """

    uploads: tuple[tuple[Upload, ...], ...]
    details: dict[str, Any]
    duration_seconds: float


def package(group: Group, media: Media) -> Package:
    """Read what ffmpeg wrote for a group, and write what it does not."""
    return _cmaf(group, media) if group.kind == "CMAF_GROUP" else _files(group, media)


def _cmaf(group: Group, media: Media) -> Package:
    length = media.video.duration if media.video else media.duration
    for track in group.tracks:
        if track.kind == "captions":
            text = playlists.captions_playlist(f"{track.stem}_{1:09d}.vtt", length)
            (group.folder / f"{track.stem}.m3u8").write_text(text)
    media_playlists = {track.stem: _read(group, track) for track in group.tracks}
    master = group.folder / f"{group.base}.m3u8"
    alternatives = [_alternative(t, media_playlists[t.stem], media) for t in group.tracks]
    master.write_text(
        playlists.master(
            [_variant(t, media_playlists[t.stem]) for t in group.tracks if t.kind == "video"],
            [alternative for alternative in alternatives if alternative],
        )
    )
    lists = {group.folder / playlist.file for playlist in media_playlists.values()}
    segments = sorted(set(group.folder.iterdir()) - lists - {master})
    steps = (segments, sorted(lists), [master])
    details = {
        "type": group.kind,
        "playlistFilePaths": [f"{group.uri}{master.name}"],
        "outputDetails": [_detail(t, media_playlists[t.stem].duration) for t in group.tracks],
    }
    return Package(
        tuple(tuple(_uploads(group, files)) for files in steps),
        details,
        max(playlist.duration for playlist in media_playlists.values()),
    )


def _files(group: Group, media: Media) -> Package:
    details, uploads = [], []
    for track in group.tracks:
        frames = sorted(group.folder.glob(f"{track.stem}.*.jpg"))
        uploads += list(_uploads(group, frames))
        # Of a frame capture, MediaConvert names the last image alone.
        last = [f"{group.uri}{frames[-1].name}"] if frames else []
        details.append({"outputFilePaths": last, **_detail(track, media.duration)})
    return Package(
        (tuple(uploads),), {"type": group.kind, "outputDetails": details}, media.duration
    )


def _read(group: Group, track: Track) -> MediaPlaylist:
    extension = {"video": "cmfv", "audio": "cmfa"}.get(track.kind)
    init = group.folder / f"{track.stem}init.{extension}" if extension else None
    return playlists.read_media_playlist(group.folder / f"{track.stem}.m3u8", init)


def _variant(track: Track, playlist: MediaPlaylist) -> Variant:
    sets = _cmfc(track).get("AudioRenditionSets", "").split(",")
    return Variant(playlist, track.width, track.height, track.frame_rate, sets[0] or None)


def _alternative(track: Track, playlist: MediaPlaylist, media: Media) -> Alternative | None:
    if track.kind == "audio":
        audio = track.settings["AudioDescriptions"][0]
        spoken = media.audio[0].language
        language = _language(audio) or (spoken if spoken != "und" else None)
        group = _cmfc(track).get("AudioGroupId", "audio")
        kind = _cmfc(track).get("AudioTrackType", "ALTERNATE_AUDIO_AUTO_SELECT_DEFAULT")
        mono = (audio["CodecSettings"].get("AacSettings") or {}).get("CodingMode")
        return Alternative(
            kind="AUDIO",
            playlist=playlist,
            group=group,
            name=audio.get("StreamName") or language or group,
            default=kind == "ALTERNATE_AUDIO_AUTO_SELECT_DEFAULT",
            autoselect=kind == "ALTERNATE_AUDIO_AUTO_SELECT",
            language=language,
            channels=1 if mono == "CODING_MODE_1_0" else 2,
        )
    if track.kind == "captions":
        caption = track.settings["CaptionDescriptions"][0]
        language = _language(caption)
        name = caption.get("LanguageDescription") or language or track.stem
        return Alternative(
            "SUBTITLES", playlist, CAPTIONS_GROUP, name, False, True, language=language
        )
    return None


def _language(description: dict[str, Any]) -> str | None:
    code: str | None = description.get("CustomLanguageCode") or description.get("LanguageCode")
    return code.lower() if code else None


def _detail(track: Track, seconds: float) -> dict[str, Any]:
    size = {"videoDetails": {"widthInPx": track.width, "heightInPx": track.height}}
    return {"durationInMs": round(seconds * 1000), **(size if track.width else {})}


def _uploads(group: Group, files: list[Path]) -> Iterator[Upload]:
    return (Upload(file, f"{group.uri}{file.name}") for file in files)


def _cmfc(track: Track) -> dict[str, Any]:
    return (track.settings.get("ContainerSettings") or {}).get("CmfcSettings") or {}
