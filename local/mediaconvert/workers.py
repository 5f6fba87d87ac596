"""The queue: jobs wait for one of a few workers, by priority and then by age."""

import itertools
import queue
import threading
import time
from pathlib import Path
from typing import Any

from local.mediaconvert.errors import Conflict, JobFailed
from local.mediaconvert.events import Announcer, input_details, job_progress
from local.mediaconvert.faults import Faults
from local.mediaconvert.inspection import Media
from local.mediaconvert.jobs import PHASES, Job, JobStore
from local.mediaconvert.runner import Run, StoppedError
from local.mediaconvert.storage import Storage

FIRST_UPDATE_SECONDS = 2.0
DEFAULT_UPDATE_INTERVAL = "SECONDS_60"


class Workers:
    """Runs jobs from the store, `count` at a time."""

    def __init__(
        self,
        store: JobStore,
        storage: Storage,
        announcer: Announcer,
        faults: Faults,
        *,
        scratch: Path,
        count: int = 1,
        ffmpeg_threads: int = 0,
    ) -> None:
        self._store, self._storage = store, storage
        self._announcer, self._faults = announcer, faults
        self._scratch, self._ffmpeg_threads = scratch, ffmpeg_threads
        self._waiting: queue.PriorityQueue[tuple[int, int, str]] = queue.PriorityQueue()
        self._order = itertools.count()
        self._runs: dict[str, Run] = {}
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, name=f"worker-{n}") for n in range(count)
        ]

    def start(self) -> None:
        """Begin to work, first on what an earlier process left undone.

        A job that was running then starts again from its beginning; its outputs have the same
        keys.
        """
        for job in self._store.find(ascending=True):
            again = self._store.change(
                job.id, "PROGRESSING", status="SUBMITTED", retry_count=job.retry_count + 1
            )
            if again or job.status == "SUBMITTED":
                self.submit(job)
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Kill what runs, and return when no ffmpeg is left."""
        self._stopping.set()
        for run in list(self._runs.values()):
            run.stop()
        for _ in self._threads:
            self._waiting.put((-1000, next(self._order), ""))
        for thread in self._threads:
            thread.join(timeout=10)

    def submit(self, job: Job) -> None:
        """Put a job into the queue."""
        self._waiting.put((-job.request.get("Priority", 0), next(self._order), job.id))

    def cancel(self, job_id: str) -> None:
        """Cancel a job that waits or runs.

        Raises:
            NotFound: there is no such job.
            Conflict: it has ended already.
        """
        self._store.get(job_id)
        job = self._store.change(
            job_id, "SUBMITTED", "PROGRESSING", status="CANCELED", finished_at=time.time()
        )
        if job is None:
            raise Conflict(f"Job {job_id} has already ended")
        if run := self._runs.get(job_id):
            run.stop()
        self._announcer.announce(job, "CANCELED")

    def _work(self) -> None:
        while not self._stopping.is_set():
            job_id = self._waiting.get()[2]
            if not job_id:
                return
            job = self._store.get(job_id)
            run = Run(job.request["Settings"], self._storage, self._ffmpeg_threads)
            self._runs[job_id] = run  # before the change of state, so that a cancel finds it
            started = self._store.change(
                job_id, "SUBMITTED", status="PROGRESSING", started_at=time.time(), phase="PROBING"
            )
            if started and not self._stopping.is_set():
                self._run(started, run)
            del self._runs[job_id]

    def _run(self, job: Job, run: Run) -> None:
        self._announcer.announce(job, "PROGRESSING")
        reporter = _Reporter(job, self._store, self._announcer)
        try:
            run.hold(self._faults.plan.hold_jobs_seconds)
            self._faults.fail()
            details = run.execute(
                self._scratch,
                on_input=reporter.input_known,
                on_progress=reporter.transcoded,
                on_upload=reporter.uploading,
            )
        except StoppedError:
            return  # canceled, or left PROGRESSING for the next start
        except JobFailed as error:
            self._fail(job, error)
        except Exception as error:  # noqa: BLE001 - whatever it is ends this job, not the worker
            self._fail(job, JobFailed(JobFailed.UNKNOWN, f"{type(error).__name__}: {error}"))
        else:
            done = self._store.change(
                job.id,
                "PROGRESSING",
                status="COMPLETE",
                finished_at=time.time(),
                percent=100,
                output_group_details=details,
            )
            if done:
                self._announcer.announce(done, "COMPLETE", outputGroupDetails=details, warnings=[])

    def _fail(self, job: Job, error: JobFailed) -> None:
        values: dict[str, Any] = {"error_code": error.code, "error_message": str(error)}
        failed = self._store.change(
            job.id, "PROGRESSING", status="ERROR", finished_at=time.time(), **values
        )
        if failed:
            self._announcer.announce(failed, "ERROR", errorCode=error.code, errorMessage=str(error))


class _Reporter:
    """Turns a run's progress into the job's state and its events."""

    def __init__(self, job: Job, store: JobStore, announcer: Announcer) -> None:
        self._job, self._store, self._announcer = job, store, announcer
        interval = job.request.get("StatusUpdateInterval", DEFAULT_UPDATE_INTERVAL)
        self._interval = float(interval.removeprefix("SECONDS_"))
        self._next_update = time.monotonic() + FIRST_UPDATE_SECONDS

    def input_known(self, media: Media) -> None:
        details = input_details(self._job.input_file, media)
        self._announcer.announce(self._job, "INPUT_INFORMATION", inputDetails=details)
        self._change("TRANSCODING", PHASES["TRANSCODING"][0])

    def transcoded(self, share: float) -> None:
        first, last = PHASES["TRANSCODING"]
        job = self._change("TRANSCODING", first + int(share * (last - first)))
        if job and time.monotonic() >= self._next_update:
            self._next_update = time.monotonic() + self._interval
            self._announcer.announce(job, "STATUS_UPDATE", jobProgress=job_progress(job))

    def uploading(self) -> None:
        self._change("UPLOADING", PHASES["UPLOADING"][0])

    def _change(self, phase: str, percent: int) -> Job | None:
        return self._store.change(self._job.id, "PROGRESSING", phase=phase, percent=percent)
