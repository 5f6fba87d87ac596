"""The jobs that MediaConvert has for an attempt: found again, and canceled if one is too many."""

from typing import TYPE_CHECKING, Any

from cliffhanger import aws

if TYPE_CHECKING:
    from mypy_boto3_mediaconvert.type_defs import JobTypeDef

# The further a job is, the sooner it is kept. One that was canceled is none any more.
_KEPT_FIRST = ("COMPLETE", "PROGRESSING", "SUBMITTED", "ERROR")
_RUNNING = {"SUBMITTED", "PROGRESSING"}
_OVER_ALREADY = {"ConflictException", "NotFoundException"}


def is_running(status: str) -> bool:
    """Return whether a job with this status goes on, and costs, unless it is canceled."""
    return status in _RUNNING


def of_attempt(source_uri: str, attempt: str) -> list["JobTypeDef"]:
    """Find every job of an attempt, the one to keep first.

    ClientRequestToken would not do: MediaConvert keeps it for one minute.

    Args:
        source_uri: the file that they read, `s3://bucket/key`.
        attempt: what their metadata says.

    Raises:
        botocore.exceptions.ClientError: the transcoder is throttled or out of reach.
    """
    found = [
        job
        for job in _reading(source_uri)
        if job.get("UserMetadata", {}).get("attempt") == attempt and job["Status"] in _KEPT_FIRST
    ]
    return sorted(found, key=lambda job: _KEPT_FIRST.index(job["Status"]))


def _reading(source_uri: str) -> list["JobTypeDef"]:
    found: list[JobTypeDef] = []
    more: dict[str, Any] = {}
    while True:
        answer = aws.mediaconvert().search_jobs(InputFile=source_uri, Order="ASCENDING", **more)
        found += answer.get("Jobs", [])
        if not answer.get("NextToken"):
            return found
        more = {"NextToken": answer["NextToken"]}


def cancel(job_id: str) -> None:
    """Cancel a job. That it is over already, or forgotten, is no error.

    Raises:
        botocore.exceptions.ClientError: the transcoder is throttled or out of reach.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415

    try:
        aws.mediaconvert().cancel_job(Id=job_id)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _OVER_ALREADY:
            raise
