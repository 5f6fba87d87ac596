"""The local MediaConvert, end to end: real clips in S3, real HLS out, events on the bus.

It needs S3, SQS and EventBridge at `aws_endpoint`, and starts the stand-in itself.
"""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError

from tests.cloud import mediaconvert_clips as clips
from tests.cloud.mediaconvert_server import BUCKET, Bus, StandIn


@pytest.fixture(scope="module")
def aws_endpoint(cloud: dict[str, Any]) -> str:
    """The emulated AWS of the tests."""
    endpoint: str = cloud["aws_endpoint_url"]
    return endpoint


@pytest.fixture(scope="module")
def stand_in(aws_endpoint: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    server = StandIn(aws_endpoint, tmp_path_factory.mktemp("mediaconvert"))
    server.start()
    server.s3.create_bucket(Bucket=BUCKET)
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="module")
def bus(aws_endpoint: str) -> Bus:
    return Bus(aws_endpoint)


@pytest.fixture(autouse=True)
def _no_faults(stand_in: StandIn) -> Iterator[None]:
    yield
    stand_in.faults()


def test_a_vertical_episode_becomes_a_ladder_that_plays(
    stand_in: StandIn, bus: Bus, tmp_path: Path
) -> None:
    uri = stand_in.upload(clips.vertical_with_sound(tmp_path / "vertical.mp4"))
    job = stand_in.job(stand_in.create(uri))
    assert job["Status"] == "COMPLETE"

    master = stand_in.download("vertical.mp4", tmp_path)
    assert clips.decode(master) == ""
    text = master.read_text()
    for name, size in (("720p", (720, 1280)), ("540p", (540, 960)), ("360p", (360, 640))):
        assert f"RESOLUTION={size[0]}x{size[1]}" in text
        shown = clips.frames(tmp_path / f"index_{name}.m3u8")
        assert {(frame["width"], frame["height"]) for frame in shown} == {size}
        assert len(shown) == 90
    assert text.count('CODECS="avc1.6400') == 3
    assert text.count('AUDIO="audio"') == 3
    assert 'URI="index_audio.m3u8"' in text

    events = bus.of(job["Id"], until="COMPLETE")
    assert [event["status"] for event in events if event["status"] != "STATUS_UPDATE"] == [
        "PROGRESSING",
        "INPUT_INFORMATION",
        "COMPLETE",
    ]
    assert all(event["userMetadata"] == {"attempt_id": "att_1"} for event in events)
    cmaf, poster, thumbnails = events[-1]["outputGroupDetails"]
    assert cmaf["playlistFilePaths"] == [f"s3://{BUCKET}/out/vertical.mp4/index.m3u8"]
    assert cmaf["outputDetails"][0]["videoDetails"] == {"widthInPx": 720, "heightInPx": 1280}
    assert abs(cmaf["outputDetails"][0]["durationInMs"] - 3000) < 50
    shown_poster = poster["outputDetails"][0]["outputFilePaths"][0].rpartition("/")[2]
    assert clips.frames(tmp_path / shown_poster)[0]["width"] == 720
    last = thumbnails["outputDetails"][0]["outputFilePaths"][0].rpartition("/")[2]
    assert last == "thumbnail.0000000.jpg", "one in five seconds"


def test_every_segment_is_two_seconds_and_starts_with_an_idr(
    stand_in: StandIn, tmp_path: Path
) -> None:
    uri = stand_in.upload(clips.held_sideways(tmp_path / "segments.mp4"))
    stand_in.job(stand_in.create(uri))
    stand_in.download("segments.mp4", tmp_path)
    for name in ("720p", "540p", "360p"):
        init = (tmp_path / f"index_{name}init.cmfv").read_bytes()
        starts = []
        for segment in sorted(tmp_path.glob(f"index_{name}_*.cmfv")):
            alone = tmp_path / "alone.mp4"
            alone.write_bytes(init + segment.read_bytes())
            first, *_ = clips.frames(alone)
            assert (first["key_frame"], first["pict_type"]) == (1, "I")
            starts.append(float(first["pts_time"]))
        # At 29.97 frames a second the IDR is the first frame at or after the second.
        assert starts == pytest.approx([0.0, 2.002], abs=0.04)


def test_a_clip_held_sideways_comes_out_upright(stand_in: StandIn, tmp_path: Path) -> None:
    uri = stand_in.upload(clips.held_sideways(tmp_path / "sideways.mp4"))
    source = stand_in.probe(uri)
    assert (source.rotation, source.display_width, source.display_height) == (90, 720, 1280)
    stand_in.job(stand_in.create(uri, source))
    stand_in.download("sideways.mp4", tmp_path)
    top = clips.color_at(tmp_path / "index_360p.m3u8", "180", "100")
    bottom = clips.color_at(tmp_path / "index_360p.m3u8", "180", "540")
    assert top[0] > 200 > 50 > top[2]  # turned clockwise, the red left is on top
    assert bottom[2] > 200 > 50 > bottom[0]


def test_a_silent_clip_has_no_audio_anywhere(stand_in: StandIn, tmp_path: Path) -> None:
    uri = stand_in.upload(clips.silent_lying(tmp_path / "silent.mp4"))
    job = stand_in.job(stand_in.create(uri))
    assert job["Status"] == "COMPLETE"
    master = stand_in.download("silent.mp4", tmp_path)
    assert clips.decode(master) == ""
    assert "AUDIO" not in master.read_text()
    assert "mp4a" not in master.read_text()
    assert "RESOLUTION=640x360" in master.read_text()
    assert not list(tmp_path.glob("index_audio*"))


def test_what_is_written_carries_its_content_type(stand_in: StandIn, tmp_path: Path) -> None:
    uri = stand_in.upload(clips.vertical_with_sound(tmp_path / "types.mp4"))
    stand_in.job(stand_in.create(uri))
    types = {
        name: stand_in.s3.head_object(Bucket=BUCKET, Key=f"out/types.mp4/{name}")["ContentType"]
        for name in ("index.m3u8", "index_360pinit.cmfv", "index_audioinit.cmfa")
    }
    assert list(types.values()) == ["application/vnd.apple.mpegurl", "video/mp4", "audio/mp4"]
    poster = stand_in.s3.head_object(Bucket=BUCKET, Key="out/types.mp4/poster.0000000.jpg")
    assert poster["ContentType"] == "image/jpeg"


def test_probing_what_is_no_media_is_a_bad_request(stand_in: StandIn, tmp_path: Path) -> None:
    (tmp_path / "notes.mp4").write_text("not a video at all")
    uri = stand_in.upload(tmp_path / "notes.mp4")
    with pytest.raises(stand_in.api.exceptions.BadRequestException):
        stand_in.api.probe(InputFiles=[{"FileUrl": uri}])


def test_probing_a_file_without_its_index_is_unprocessable(
    stand_in: StandIn, tmp_path: Path
) -> None:
    whole = clips.silent_lying(tmp_path / "whole.mp4").read_bytes()
    (tmp_path / "noindex.mp4").write_bytes(whole[: len(whole) // 2])
    uri = stand_in.upload(tmp_path / "noindex.mp4")
    with pytest.raises(stand_in.api.exceptions.UnprocessableEntityException):
        stand_in.api.probe(InputFiles=[{"FileUrl": uri}])


def test_a_clip_that_breaks_off_ends_in_an_error_and_not_in_a_short_episode(
    stand_in: StandIn, bus: Bus, tmp_path: Path
) -> None:
    whole = clips.long_vertical(tmp_path / "long.mp4")
    uri = stand_in.upload(clips.cut_off(whole, tmp_path / "cut.mp4"))
    job = stand_in.job(stand_in.create(uri))
    assert (job["Status"], job["ErrorCode"]) == ("ERROR", 1010)
    assert bus.of(job["Id"], until="ERROR")[-1]["errorCode"] == 1010


def test_a_missing_input_ends_in_error_1404(stand_in: StandIn, tmp_path: Path) -> None:
    source = stand_in.probe(stand_in.upload(clips.silent_lying(tmp_path / "there.mp4")))
    job = stand_in.job(stand_in.create(f"s3://{BUCKET}/in/gone.mp4", source))
    assert (job["Status"], job["ErrorCode"]) == ("ERROR", 1404)


def test_a_job_is_found_by_its_input_and_its_token_makes_it_once(
    stand_in: StandIn, tmp_path: Path
) -> None:
    uri = stand_in.upload(clips.silent_lying(tmp_path / "searched.mp4"))
    first = stand_in.create(uri, ClientRequestToken="attempt-1")
    assert stand_in.create(uri, ClientRequestToken="attempt-1") == first
    stand_in.job(first)
    found = stand_in.api.search_jobs(InputFile=uri, Status="COMPLETE")["Jobs"]
    assert [job["Id"] for job in found] == [first]
    assert first in [job["Id"] for job in stand_in.api.list_jobs(MaxResults=1)["Jobs"]]


def test_a_running_job_can_be_canceled_once(stand_in: StandIn, bus: Bus, tmp_path: Path) -> None:
    stand_in.faults(hold_jobs_seconds=30)
    job_id = stand_in.create(stand_in.upload(clips.silent_lying(tmp_path / "canceled.mp4")))
    stand_in.job(job_id, status=("PROGRESSING",))
    stand_in.api.cancel_job(Id=job_id)
    assert stand_in.job(job_id)["Status"] == "CANCELED"
    assert bus.of(job_id, until="CANCELED")
    with pytest.raises(stand_in.api.exceptions.ConflictException):
        stand_in.api.cancel_job(Id=job_id)
    with pytest.raises(stand_in.api.exceptions.NotFoundException):
        stand_in.api.cancel_job(Id="1-none")


def test_throttling_is_the_exception_that_a_caller_would_catch(stand_in: StandIn) -> None:
    stand_in.faults(throttle=1)
    with pytest.raises(stand_in.api.exceptions.TooManyRequestsException):
        stand_in.api.list_jobs()


def test_a_create_job_without_an_answer_has_made_its_job(stand_in: StandIn, tmp_path: Path) -> None:
    uri = stand_in.upload(clips.silent_lying(tmp_path / "unanswered.mp4"))
    source = stand_in.probe(uri)
    stand_in.faults(create_job_times_out_after_making_it=1)
    with pytest.raises(BotoCoreError):
        stand_in.create(uri, source)
    (job,) = stand_in.api.search_jobs(InputFile=uri)["Jobs"]
    assert job["UserMetadata"] == {"attempt_id": "att_1"}
    assert stand_in.job(job["Id"])["Status"] == "COMPLETE"


def test_events_are_lost_and_repeated_on_demand(
    stand_in: StandIn, bus: Bus, tmp_path: Path
) -> None:
    stand_in.faults(events={"lose": ["PROGRESSING"], "repeat": 2, "shuffle": True}, seed=1)
    job_id = stand_in.create(stand_in.upload(clips.silent_lying(tmp_path / "events.mp4")))
    assert stand_in.job(job_id)["Status"] == "COMPLETE"
    events = bus.of(job_id, until="COMPLETE", copies=2)
    assert "PROGRESSING" not in {event["status"] for event in events}


def test_a_job_that_was_running_at_a_stop_is_taken_up_at_the_next_start(
    aws_endpoint: str, stand_in: StandIn, tmp_path: Path
) -> None:
    uri = stand_in.upload(clips.long_vertical(tmp_path / "interrupted.mp4"))
    other = StandIn(aws_endpoint, tmp_path / "state")
    other.start()
    try:
        job_id = other.create(uri)
        while other.job(job_id, status=("PROGRESSING",)).get("CurrentPhase") != "TRANSCODING":
            time.sleep(0.02)
        running = encoding(other.process.pid)
        assert other.stop() == 0
        assert not any(Path(f"/proc/{pid}").exists() for pid in running)

        other.start()
        job = other.job(job_id)
        assert (job["Status"], job["RetryCount"]) == ("COMPLETE", 1)
    finally:
        if other.process.poll() is None:
            other.stop()


def encoding(pid: int) -> list[int]:
    """The ffmpeg that encodes the one job of a stand-in, once it is all that the job runs.

    A probe of the source may still be there when the phase is told.
    """
    deadline = time.monotonic() + 60
    while len(found := children(pid)) != 1 or not found[0][1].startswith("ffmpeg"):
        assert time.monotonic() < deadline, f"one job is one ffmpeg: {found}"
        time.sleep(0.02)
    return [child for child, _ in found]


def children(pid: int) -> list[tuple[int, str]]:
    """The processes that a process has started and that still run, with their names."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,comm="], capture_output=True, text=True, check=True
    )
    rows = (line.split(maxsplit=2) for line in listed.stdout.splitlines())
    return [(int(child), name) for child, parent, name in rows if int(parent) == pid]
