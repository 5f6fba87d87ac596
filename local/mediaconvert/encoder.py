"""Job settings, turned into the arguments of ONE ffmpeg process.

Pure: it reads no file and starts nothing. The source is decoded once, split, and each branch is
scaled and encoded; the HLS muxer writes each CMAF output as fragmented MP4 segments and a media
playlist. Fragments inside a segment are not cut further: a player reads whole segments.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.mediaconvert.inspection import Media
from local.mediaconvert.outputs import Group, Track, audio_track, group_of
from local.mediaconvert.pictures import Picture, branch, capture_arguments, h264_arguments
from local.mediaconvert.validation import caption_file

SEGMENT_NUMBER = "%09d"  # MediaConvert's numbering: index_1080p_000000001.cmfv
CHANNELS = {"CODING_MODE_1_0": 1, "CODING_MODE_1_1": 1, "CODING_MODE_5_1": 6}


@dataclass(frozen=True)
class Plan:
    """The arguments after `ffmpeg`, and what will stand in the scratch space afterwards."""

    arguments: tuple[str, ...]
    groups: tuple[Group, ...]


def plan(
    settings: dict[str, Any],
    media: Media,
    *,
    source: Path,
    captions: Mapping[str, Path],
    scratch: Path,
    threads: int = 0,
) -> Plan:
    """Plan a job.

    Args:
        settings: a job's `Settings` in the model's names, checked by `validation.check`.
        media: what ffprobe found in the input.
        source: the input on this machine.
        captions: the sidecar caption files on this machine, by caption selector.
        scratch: an empty folder; each group gets a folder of its own in it.
        threads: encoder threads per output; 0 leaves it to ffmpeg.
    """
    job_input = settings["Inputs"][0]
    groups = tuple(
        group_of(group, job_input, media, scratch / str(index))
        for index, group in enumerate(settings["OutputGroups"])
    )
    tracks = [(group, track) for group in groups for track in group.tracks]
    pictures = [(group, track) for group, track in tracks if track.kind in ("video", "frames")]
    rotate = (job_input.get("VideoSelector") or {}).get("Rotate", "DEGREE_0")

    arguments = ["-hide_banner", "-nostdin", "-y", "-loglevel", "error", "-nostats"]
    arguments += ["-progress", "pipe:1", *([] if rotate == "AUTO" else ["-noautorotate"])]
    arguments += ["-i", str(source)]
    inputs = list(captions)
    for selector in inputs:
        arguments += ["-i", str(captions[selector])]
    if pictures:
        graph = _graph([track for _, track in pictures], rotate, media)
        arguments += ["-filter_complex", graph]
    for group, track in tracks:
        stem = str(group.folder / track.stem)
        if track.kind == "video":
            label = pictures.index((group, track))
            arguments += ["-map", f"[v{label}]", *h264_arguments(_picture(track), threads)]
            arguments += _hls(group, stem, track.stem, "cmfv")
        elif track.kind == "frames":
            label = pictures.index((group, track))
            arguments += ["-map", f"[v{label}]", *capture_arguments(_picture(track))]
            arguments += ["-f", "image2", "-start_number", "0", f"{stem}.%07d.jpg"]
        elif track.kind == "audio":
            arguments += [*_audio(track, job_input, media), *_hls(group, stem, track.stem, "cmfa")]
        else:
            selector = track.settings["CaptionDescriptions"][0]["CaptionSelectorName"]
            arguments += ["-map", f"{inputs.index(selector) + 1}:s:0", "-c:s", "webvtt"]
            arguments += ["-f", "webvtt", f"{stem}_{1:09d}.vtt"]
    return Plan(arguments=tuple(arguments), groups=groups)


def caption_sources(settings: dict[str, Any]) -> dict[str, str]:
    """The `s3://` URI of each caption selector that an output uses."""
    selectors = settings["Inputs"][0].get("CaptionSelectors") or {}
    used = {
        caption["CaptionSelectorName"]
        for group in settings["OutputGroups"]
        for output in group["Outputs"]
        for caption in output.get("CaptionDescriptions") or []
    }
    return {name: uri for name in sorted(used) if (uri := caption_file(selectors[name]))}


def _picture(track: Track) -> Picture:
    return Picture(track.settings["VideoDescription"], track.width, track.height, track.frame_rate)


def _graph(tracks: list[Track], rotate: str, media: Media) -> str:
    """`[0:v:0] -> turn -> square pixels -> split`, then a branch for each picture output."""
    turns = {
        "DEGREES_90": ["transpose=clock"],
        "DEGREES_180": ["hflip", "vflip"],
        "DEGREES_270": ["transpose=cclock"],
    }.get(rotate, [])
    if rotate != "AUTO":  # MediaConvert never passes rotation metadata through
        turns = [*turns, "sidedata=mode=delete:type=DISPLAYMATRIX"]
    if media.video and media.video.pixel_aspect != 1:
        turns = [*turns, "scale=trunc(iw*sar/2)*2:ih", "setsar=1"]
    labels = "".join(f"[s{index}]" for index in range(len(tracks)))
    before = [one for one in media.covers if media.video and one.index < media.video.index]
    chains = [f"[0:v:{len(before)}]{','.join([*turns, f'split={len(tracks)}'])}{labels}"]
    for index, track in enumerate(tracks):
        chains.append(f"[s{index}]{branch(_picture(track))}[v{index}]")
    return ";".join(chains)


def _hls(group: Group, stem: str, name: str, extension: str) -> list[str]:
    return [
        *("-f", "hls", "-hls_time", str(group.segment_seconds), "-hls_playlist_type", "vod"),
        *("-hls_segment_type", "fmp4", "-hls_flags", "independent_segments"),
        *("-hls_list_size", "0", "-start_number", "1"),
        *("-hls_fmp4_init_filename", f"{name}init.{extension}"),
        *("-hls_segment_filename", f"{stem}_{SEGMENT_NUMBER}.{extension}"),
        f"{stem}.m3u8",
    ]


def _audio(track: Track, job_input: dict[str, Any], media: Media) -> list[str]:
    audio = track.settings["AudioDescriptions"][0]
    aac = audio["CodecSettings"].get("AacSettings") or {}
    chosen = audio_track(job_input, audio["AudioSourceName"], media)
    return [
        *("-map", f"0:a:{chosen}", "-c:a", "aac", "-b:a", str(aac.get("Bitrate", 96_000))),
        *("-ac", str(CHANNELS.get(aac.get("CodingMode", ""), 2))),
        *("-ar", str(aac.get("SampleRate", 48_000))),
    ]
