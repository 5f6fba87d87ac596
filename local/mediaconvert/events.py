"""Job events on the default event bus, in the form of AWS's.

https://docs.aws.amazon.com/mediaconvert/latest/ug/mediaconvert_event_list.html
"""

import heapq
import json
import sys
import threading
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from local.mediaconvert.faults import Faults
from local.mediaconvert.inspection import Media
from local.mediaconvert.jobs import ACCOUNT, PHASES, Job

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

SOURCE = "local.mediaconvert"  # PutEvents refuses sources that begin with `aws.`
DETAIL_TYPE = "MediaConvert Job State Change"
ATTEMPTS, RETRY_SECONDS = 5, 1.0
# MediaConvert's names for codecs in events differ from those of Probe.
EVENT_CODECS = {"h264": "H_264", "hevc": "H_265", "mpeg2video": "MPEG2", "prores": "PRORES"}


class Announcer:
    """Sends events from one thread, each at its time. `start` it, and `stop` it at the end."""

    def __init__(self, client: "EventBridgeClient", faults: Faults) -> None:
        self._client, self._faults = client, faults
        self._due: list[tuple[float, int, dict[str, Any]]] = []
        self._latest: dict[str, float] = defaultdict(float)  # by job: events keep their order
        self._sequence = 0
        self._wake = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="events", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def stop(self) -> None:
        """Send what is due now, drop what is delayed, and return."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self._thread.join(timeout=10)

    def announce(self, job: Job, status: str, **detail: Any) -> None:
        """Queue an event of a job; the faults decide how many copies go out, and when."""
        body = {
            "timestamp": int(time.time() * 1000),
            "accountId": ACCOUNT,
            "queue": job.queue,
            "jobId": job.id,
            "status": status,
            "userMetadata": job.request.get("UserMetadata") or {},
            **detail,
        }
        entry = {
            "Source": SOURCE,
            "DetailType": DETAIL_TYPE,
            "Resources": [job.arn],
            "Detail": json.dumps(body),
        }
        with self._wake:
            for delay in self._faults.delays(status):
                at = time.monotonic() + delay
                if not self._faults.plan.events.shuffle:
                    at = self._latest[job.id] = max(at, self._latest[job.id])
                self._sequence += 1
                heapq.heappush(self._due, (at, self._sequence, entry))
            self._wake.notify()

    def _run(self) -> None:
        while True:
            with self._wake:
                now = time.monotonic()
                if self._due and self._due[0][0] <= now:
                    entry = heapq.heappop(self._due)[2]
                elif self._stopping:
                    return
                else:
                    self._wake.wait(self._due[0][0] - now if self._due else None)
                    continue
            self._send(entry)

    def _send(self, entry: dict[str, Any]) -> None:
        problem = ""
        for attempt in range(ATTEMPTS):
            try:
                answer = self._client.put_events(Entries=[entry])  # type: ignore[list-item]
            except (BotoCoreError, ClientError) as error:
                problem = str(error)
            else:
                if not answer["FailedEntryCount"]:
                    return
                problem = str(answer["Entries"])
            time.sleep(RETRY_SECONDS * attempt)
        print(f"mediaconvert: an event was lost: {problem}: {entry['Detail']}", file=sys.stderr)


def input_details(uri: str, media: Media) -> list[dict[str, Any]]:
    """The `inputDetails` of INPUT_INFORMATION."""
    audio = [
        {
            "channels": track.channels,
            "codec": track.codec.upper(),
            "language": (track.language or "und").upper(),
            "sampleRate": track.sample_rate,
            "streamId": track.index + 1,
        }
        for track in media.audio
    ]
    video = [
        {
            "bitDepth": track.bit_depth,
            "codec": EVENT_CODECS.get(track.codec, track.codec.upper()),
            "fourCC": track.fourcc,
            "frameRate": round(float(track.frame_rate), 3),
            "height": track.height,
            "sar": f"{track.pixel_aspect.numerator}:{track.pixel_aspect.denominator}",
            "streamId": track.index + 1,
            "width": track.width,
        }
        for track in (media.video,)
        if track
    ]
    return [{"id": 1, "uri": uri, "audio": audio, "video": video}]


def job_progress(job: Job) -> dict[str, Any]:
    """The `jobProgress` of STATUS_UPDATE."""
    phases = {}
    for phase, (first, last) in PHASES.items():
        done = min(max(job.percent - first, 0) * 100 // (last - first), 100)
        status = "PROGRESSING" if phase == job.phase else "COMPLETE" if done else "PENDING"
        phases[phase] = {"status": status, "percentComplete": done}
    return {
        "phaseProgress": phases,
        "jobPercentComplete": job.percent,
        "currentPhase": job.phase,
        "retryCount": job.retry_count,
    }
