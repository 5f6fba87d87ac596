"""CreateJob requests that MediaConvert, or the stand-in for it, does not take."""

from typing import Any

import pytest

from local.mediaconvert import wire
from tests.unit.local_mediaconvert.jobs_for_tests import refused, request, submit, with_captions


def cmaf(job: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = job["Settings"]["OutputGroups"][0]["OutputGroupSettings"][
        "CmafGroupSettings"
    ]
    return found


def first_output(job: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = job["Settings"]["OutputGroups"][0]["Outputs"][0]
    return found


def h264(job: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = first_output(job)["VideoDescription"]["CodecSettings"]["H264Settings"]
    return found


@pytest.mark.parametrize("audio", [True, False])
def test_the_job_of_the_transcoding_function_is_taken_as_it_was_written(audio: bool) -> None:
    job = request(audio=audio)
    assert submit(job) == job


def test_captions_from_a_file_are_taken() -> None:
    assert submit(with_captions(request()))


def test_an_unknown_member_is_refused_by_its_path() -> None:
    body = wire.write("CreateJobRequest", request())
    body["settings"]["inputs"][0]["fileInputt"] = "s3://a/b"
    with refused(because="/settings/inputs/0/fileInputt: is not a known property"):
        wire.read("CreateJob", body)


def test_a_missing_role_is_refused() -> None:
    job = request()
    del job["Role"]
    with refused(because="/role: is a required property"):
        submit(job)


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ({"MaxBitrate": None}, "maxBitrate is required with QVBR"),
        ({"MaxBitrate": 999}, "must be at least 1000"),
        ({"MaxBitrate": "4000000"}, "should be integer"),
        ({"MaxBitrate": True}, "should be integer"),
        ({"QvbrSettings": {"QvbrQualityLevel": 11}}, "must be at most 10"),
        ({"QvbrSettings": {"MaxAverageBitrate": 2000}}, "goes with MULTI_PASS_HQ only"),
        ({"RateControlMode": "CRF"}, "should be one of"),
        ({"RateControlMode": "CBR", "QvbrSettings": None}, "and bitrate with CBR"),
        ({"RateControlMode": "VBR", "Bitrate": 2000}, "qvbrSettings go with QVBR only"),
        ({"GopSize": 3.0}, "is no multiple of the GOP"),
        ({"GopSize": None}, "gopSize is required"),
        ({"FramerateControl": "SPECIFIED"}, "needs a numerator and a denominator"),
    ],
)
def test_video_settings_that_mediaconvert_refuses(change: dict[str, Any], because: str) -> None:
    job = request()
    h264(job).update(change)
    with refused(because=because):
        submit(job)


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ({"Destination": None}, "destination is a required property"),
        ({"Destination": "https://x/y"}, "should match"),
        ({"SegmentLength": 5}, "no multiple of fragmentLength"),
        ({"WriteDashManifest": "ENABLED"}, "only WriteDashManifest DISABLED"),
        ({"WriteDashManifest": None}, "only WriteDashManifest DISABLED"),
        ({"SegmentControl": None}, "only segmentControl SEGMENTED_FILES"),
        ({"Encryption": {"EncryptionMethod": "AES128"}}, "should be one of"),
        ({"Encryption": {"EncryptionMethod": "SAMPLE_AES"}}, "does not do Encryption"),
        ({"ImageBasedTrickPlay": "THUMBNAIL"}, "no image based trick play"),
    ],
)
def test_group_settings_that_are_refused(change: dict[str, Any], because: str) -> None:
    job = request()
    cmaf(job).update(change)
    with refused(because=because):
        submit(job)


def test_a_frame_capture_alone_is_refused() -> None:
    job = request()
    del job["Settings"]["OutputGroups"][0]
    with refused(because="cannot be alone in a job"):
        submit(job)


def test_two_outputs_of_one_name_are_refused() -> None:
    job = request()
    first_output(job)["NameModifier"] = "_360p"
    with refused(because="a nameModifier of its own"):
        submit(job)


def test_an_odd_width_is_refused() -> None:
    job = request()
    first_output(job)["VideoDescription"]["Width"] = 719
    with refused(because="must be even"):
        submit(job)


def test_a_scaling_that_the_stand_in_cannot_do_is_refused_and_not_ignored() -> None:
    job = request()
    first_output(job)["VideoDescription"]["ScalingBehavior"] = "SMART_CROP"
    with refused(because="does not do scalingBehavior SMART_CROP"):
        submit(job)


def test_video_and_audio_in_one_cmaf_output_are_refused() -> None:
    job = request()
    *_, audio = job["Settings"]["OutputGroups"][0]["Outputs"]
    first_output(job)["AudioDescriptions"] = audio["AudioDescriptions"]
    with refused(because="video, audio or captions alone"):
        submit(job)


def test_an_audio_selector_that_does_not_exist_is_refused() -> None:
    job = request()
    del job["Settings"]["Inputs"][0]["AudioSelectors"]
    with refused(because="names no selector"):
        submit(job)


def test_a_video_that_names_an_audio_group_which_is_not_there_is_refused() -> None:
    job = request()
    job["Settings"]["OutputGroups"][0]["Outputs"].pop()
    with refused(because="names no audio group"):
        submit(job)


def test_a_client_request_token_of_65_characters_is_refused() -> None:
    with refused(because="at most 64 ASCII characters"):
        submit({**request(), "ClientRequestToken": "x" * 65})
