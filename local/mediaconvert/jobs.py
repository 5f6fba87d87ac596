"""Jobs and their state: one JSON file a job, so that GetJob answers after a restart."""

import secrets
import string
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel

from local.mediaconvert import wire
from local.mediaconvert.errors import NotFound

Status = Literal["SUBMITTED", "PROGRESSING", "COMPLETE", "CANCELED", "ERROR"]
ACCOUNT = "000000000000"
ID_LETTERS = string.ascii_lowercase + string.digits
# From which to which per cent of the job each phase goes.
PHASES = {"PROBING": (0, 5), "TRANSCODING": (5, 90), "UPLOADING": (90, 100)}
TOKEN_SECONDS = 60  # how long a ClientRequestToken stands for its job, as on AWS


class Job(BaseModel, frozen=True):
    """A job; times are in Unix seconds, `request` is the CreateJob call in the model's names."""

    id: str
    region: str
    request: dict[str, Any]
    status: Status = "SUBMITTED"
    created_at: float
    started_at: float | None = None
    finished_at: float | None = None
    percent: int = 0
    phase: Literal["PROBING", "TRANSCODING", "UPLOADING"] | None = None
    retry_count: int = 0
    error_code: int | None = None
    error_message: str | None = None
    output_group_details: list[dict[str, Any]] = []

    @property
    def arn(self) -> str:
        """The job's ARN, which stands in `resources` of its events."""
        return f"arn:aws:mediaconvert:{self.region}:{ACCOUNT}:jobs/{self.id}"

    @property
    def queue(self) -> str:
        """The ARN of the queue that it was sent to."""
        default = f"arn:aws:mediaconvert:{self.region}:{ACCOUNT}:queues/Default"
        queue: str = self.request.get("Queue", default)
        return queue

    @property
    def input_file(self) -> str:
        """The URI of its input."""
        uri: str = self.request["Settings"]["Inputs"][0]["FileInput"]
        return uri

    def on_the_wire(self) -> Any:
        """The `job` member of an answer."""
        details = [
            {
                "OutputDetails": [
                    {"DurationInMs": output["durationInMs"], "VideoDetails": _size(output)}
                    for output in group["outputDetails"]
                ]
            }
            for group in self.output_group_details
        ]
        timing = {
            "SubmitTime": int(self.created_at),
            "StartTime": self.started_at and int(self.started_at),
            "FinishTime": self.finished_at and int(self.finished_at),
        }
        known = ("Role", "Settings", "UserMetadata", "StatusUpdateInterval", "ClientRequestToken")
        job = {
            **{name: self.request.get(name) for name in known},
            "Id": self.id,
            "Arn": self.arn,
            "Queue": self.queue,
            "Priority": self.request.get("Priority", 0),
            "Status": self.status,
            "CreatedAt": int(self.created_at),
            "Timing": timing,
            "CurrentPhase": self.phase,
            "JobPercentComplete": self.percent,
            "RetryCount": self.retry_count,
            "ErrorCode": self.error_code,
            "ErrorMessage": self.error_message,
            "OutputGroupDetails": details or None,
        }
        return wire.write("Job", job)


class JobStore:
    """All jobs, in memory and on disk. Safe to use from any thread."""

    def __init__(self, folder: Path, region: str) -> None:
        self._folder, self._region = folder, region
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)
        files = sorted(folder.glob("*.json"))
        self._jobs = {file.stem: Job.model_validate_json(file.read_text()) for file in files}

    def create(self, request: dict[str, Any]) -> tuple[Job, bool]:
        """Make a job, unless its token made one within the last minute.

        Returns:
            The job, and whether it is new.
        """
        now, token = time.time(), request.get("ClientRequestToken")
        with self._lock:
            for job in self._jobs.values():
                same = token and job.request.get("ClientRequestToken") == token
                if same and now - job.created_at < TOKEN_SECONDS:
                    return job, False
            random = "".join(secrets.choice(ID_LETTERS) for _ in range(6))
            job_id = f"{int(now * 1000)}-{random}"
            job = Job(id=job_id, region=self._region, request=request, created_at=now)
            self._keep(job)
            return job, True

    def get(self, job_id: str) -> Job:
        """A job by its id.

        Raises:
            NotFound: there is none.
        """
        with self._lock:
            if job_id not in self._jobs:
                raise NotFound(f"Job {job_id} was not found")
            return self._jobs[job_id]

    def change(self, job_id: str, *expected: Status, **values: Any) -> Job | None:
        """Change a job that is in one of the expected states; None when it is in another."""
        with self._lock:
            job = self._jobs[job_id]
            if job.status not in expected:
                return None
            job = job.model_copy(update=values)
            self._keep(job)
            return job

    def find(
        self,
        *,
        status: str | None = None,
        queue: str | None = None,
        input_file: str | None = None,
        ascending: bool = False,
    ) -> list[Job]:
        """Jobs by the time they were made, the newest first unless `ascending`.

        `input_file` matches a part of the input's URI, as SearchJobs does.
        """
        with self._lock:
            jobs = list(self._jobs.values())
        return sorted(
            _matching(jobs, status, queue, input_file),
            key=lambda job: (job.created_at, job.id),
            reverse=not ascending,
        )

    def _keep(self, job: Job) -> None:
        self._jobs[job.id] = job
        file = self._folder / f"{job.id}.json"
        partial = file.with_suffix(".partial")
        partial.write_text(job.model_dump_json())
        partial.replace(file)


def _matching(
    jobs: list[Job], status: str | None, queue: str | None, input_file: str | None
) -> Iterator[Job]:
    for job in jobs:
        in_queue = not queue or queue in (job.queue, job.queue.rpartition("/")[2])
        if in_queue and status in (None, job.status) and (input_file or "") in job.input_file:
            yield job


def _size(output: dict[str, Any]) -> dict[str, int] | None:
    details = output.get("videoDetails")
    if not details:
        return None
    return {"WidthInPx": details["widthInPx"], "HeightInPx": details["heightInPx"]}
