"""The local cloud of the rows that need one: started at the first, stopped at the end of the run.

CLIFFHANGER_STATE names the folder of one that is up already, as for the tests.
"""

import atexit
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any

from bench.row import Progress
from local.aws import sign_in
from local.layout import ROOT, Place
from tests.client import Client
from tests.cloud.conftest import Studio

PLACE = Place(ROOT / ".bench" / "cloud", int(os.environ.get("BENCH_PORT", "8987")))
UP_SECONDS = 400


def running(progress: Progress) -> dict[str, Any]:
    """Return what a local cloud with the demo drama says of itself."""
    state = os.environ.get("CLIFFHANGER_STATE")
    if state:
        return _told(Place(Path(state)))
    progress("the local cloud")
    _start()
    return _told(PLACE)


def studio(cloud: dict[str, Any]) -> Studio:
    """Return a member of the studio."""
    return Studio(Client(cloud["api_url"], sign_in(cloud, group="studio").access_token))


def guest(cloud: dict[str, Any]) -> Client:
    """Return a fresh viewer."""
    token = Client(cloud["api_url"]).post("/guests").body["access_token"]
    return Client(cloud["api_url"], token)


def _told(place: Place) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(place.endpoints.read_text())
    return told


@cache
def _start() -> None:
    shutil.rmtree(PLACE.state, ignore_errors=True)
    PLACE.state.mkdir(parents=True)
    log = PLACE.state / "up.log"
    command = [sys.executable, "-m", "local", "up", f"--port={PLACE.port}"]
    with log.open("wb") as written:
        process = subprocess.Popen(
            [*command, f"--state={PLACE.state}"],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    atexit.register(_stop, process)
    deadline = time.monotonic() + UP_SECONDS
    while not PLACE.endpoints.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the local cloud did not come up:\n{log.read_text()}")
        time.sleep(0.2)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    process.wait(60)
