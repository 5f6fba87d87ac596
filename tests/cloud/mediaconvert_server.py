"""The stand-in as a process of its own, with the buckets and the queue that its tests look at."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from cliffhanger.media.job_settings import job_settings
from cliffhanger.media.ladder import Rung, renditions
from cliffhanger.media.source import Source, read_probe

if TYPE_CHECKING:
    from mypy_boto3_mediaconvert import MediaConvertClient
    from mypy_boto3_mediaconvert.type_defs import JobTypeDef

BUCKET = "stand-in-media"
ROLE = "arn:aws:iam::000000000000:role/transcoding"
LADDER = (
    Rung(name="1080p", short_side=1080, max_bitrate=6_000_000, quality=9),
    Rung(name="720p", short_side=720, max_bitrate=4_000_000, quality=8),
    Rung(name="540p", short_side=540, max_bitrate=2_000_000, quality=7),
    Rung(name="360p", short_side=360, max_bitrate=700_000, quality=7),
)
ENDED = ("COMPLETE", "ERROR", "CANCELED")


def _session() -> boto3.Session:
    """The local cloud's ordinary credentials."""
    return boto3.Session("test", "test", region_name="us-east-1")


@dataclass
class Bus:
    """Job events, as a queue behind a rule on the default bus receives them."""

    endpoint: str
    received: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        session = _session()
        self._sqs = session.client("sqs", endpoint_url=self.endpoint)
        self._url = self._sqs.create_queue(QueueName="stand-in-events")["QueueUrl"]
        events = session.client("events", endpoint_url=self.endpoint)
        pattern = {"source": ["local.mediaconvert"]}
        events.put_rule(Name="stand-in-events", EventPattern=json.dumps(pattern))
        target = {"Id": "1", "Arn": "arn:aws:sqs:us-east-1:000000000000:stand-in-events"}
        events.put_targets(Rule="stand-in-events", Targets=[target])  # type: ignore[list-item]

    def of(self, job_id: str, *, until: str, copies: int = 1) -> list[dict[str, Any]]:
        """The details of a job's events, once so many with the status `until` have come."""
        deadline = time.monotonic() + 60
        while True:
            found = [detail for detail in self.received if detail["jobId"] == job_id]
            if sum(detail["status"] == until for detail in found) >= copies:
                return found
            assert time.monotonic() < deadline, f"no {until} among {found}"
            self._receive()

    def _receive(self) -> None:
        answer = self._sqs.receive_message(
            QueueUrl=self._url, MaxNumberOfMessages=10, WaitTimeSeconds=1
        )
        for message in answer.get("Messages", []):
            self.received.append(json.loads(message["Body"])["detail"])
            self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])


@dataclass
class StandIn:
    """`python -m local.mediaconvert`, and the client that the transcoding function would use."""

    endpoint: str
    state: Path

    def start(self) -> None:
        command = [sys.executable, "-m", "local.mediaconvert", "--port", "0"]
        command += ["--aws-endpoint", self.endpoint, "--state", str(self.state)]
        environment = {**os.environ, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        assert self.process.stdout
        self.url = self.process.stdout.readline().strip().rpartition(" ")[2]
        session = _session()
        self.s3 = session.client("s3", endpoint_url=self.endpoint)
        self.api: MediaConvertClient = session.client(
            "mediaconvert",
            endpoint_url=self.url,
            config=Config(retries={"total_max_attempts": 1}, read_timeout=30),
        )

    def stop(self) -> int:
        """SIGTERM; returns the exit status."""
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=60)
        assert self.process.stdout
        self.process.stdout.close()
        return status

    def faults(self, **plan: Any) -> None:
        """Put a fault plan into force; without one, end it."""
        request = urllib.request.Request(
            f"{self.url}/_faults",
            data=json.dumps(plan).encode() if plan else None,
            method="POST" if plan else "DELETE",
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert answer.status == 200

    def upload(self, file: Path) -> str:
        self.s3.upload_file(str(file), BUCKET, f"in/{file.name}")
        return f"s3://{BUCKET}/in/{file.name}"

    def probe(self, uri: str) -> Source:
        source = read_probe(self.api.probe(InputFiles=[{"FileUrl": uri}]))
        assert isinstance(source, Source)
        return source

    def settings(self, uri: str, source: Source) -> Any:
        return job_settings(
            source,
            renditions(source.display_width, source.display_height, LADDER),
            input_uri=uri,
            destination_uri=f"s3://{BUCKET}/out/{uri.rpartition('/')[2]}/",
            segment_seconds=2,
        )

    def create(self, uri: str, source: Source | None = None, **more: Any) -> str:
        """CreateJob as the transcoding function asks for it; the job's id."""
        settings = self.settings(uri, source or self.probe(uri))
        job = self.api.create_job(
            Role=ROLE, Settings=settings, UserMetadata={"attempt_id": "att_1"}, **more
        )
        return job["Job"]["Id"]

    def job(self, job_id: str, *, status: tuple[str, ...] = ENDED) -> "JobTypeDef":
        """GetJob, once the job is in one of the states."""
        deadline = time.monotonic() + 180
        while (job := self.api.get_job(Id=job_id)["Job"])["Status"] not in status:
            assert time.monotonic() < deadline, f"still {job['Status']}"
            time.sleep(0.1)
        return job

    def download(self, name: str, folder: Path) -> Path:
        """All that a job wrote for a clip; the master playlist."""
        listed = self.s3.list_objects_v2(Bucket=BUCKET, Prefix=f"out/{name}/")["Contents"]
        for item in listed:
            self.s3.download_file(BUCKET, item["Key"], str(folder / Path(item["Key"]).name))
        return folder / "index.m3u8"
