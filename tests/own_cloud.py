"""A local cloud of one's own: started in an empty folder, waited for, and stopped."""

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.layout import ROOT, Place

_STOP_SECONDS = 180


class NotUp(RuntimeError):  # noqa: N818 - it says what is
    """It did not come up; the message is its log."""


@contextmanager
def started(place: Place, *, within: float) -> Iterator[dict[str, Any]]:
    """Start one with the demo drama, and yield what it says of itself.

    Args:
        place: its folder, which is emptied, and its port.
        within: the seconds that it has to come up.

    Raises:
        NotUp: it ended, or its time did.
    """
    shutil.rmtree(place.state, ignore_errors=True)
    place.state.mkdir(parents=True)
    log = place.state / "up.log"
    command = [sys.executable, "-m", "local", "up", f"--port={place.port}"]
    with log.open("wb") as written:
        process = subprocess.Popen(
            [*command, f"--state={place.state}"],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait(process, place, log, within)
        yield told(place)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(_STOP_SECONDS)


def told(place: Place) -> dict[str, Any]:
    """Return what a local cloud that is up says of itself."""
    found: dict[str, Any] = json.loads(place.endpoints.read_text())
    return found


def _wait(process: subprocess.Popen[bytes], place: Place, log: Path, within: float) -> None:
    deadline = time.monotonic() + within
    while not place.endpoints.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise NotUp(log.read_text())
        time.sleep(0.2)
