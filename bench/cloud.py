"""The local cloud of the rows that need one: started at the first, stopped at the end of the run.

CLIFFHANGER_STATE names the folder of one that is up already, as for the tests.
"""

import atexit
import os
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

from bench.row import Progress
from local.aws import sign_in
from local.layout import ROOT, Place
from tests.client import Client
from tests.cloud.conftest import Studio
from tests.own_cloud import started, told

PLACE = Place(ROOT / ".bench" / "cloud", int(os.environ.get("BENCH_PORT", "8987")))
UP_SECONDS = 400


def running(progress: Progress) -> dict[str, Any]:
    """Return what a local cloud with the demo drama says of itself."""
    state = os.environ.get("CLIFFHANGER_STATE")
    if state:
        return told(Place(Path(state)))
    progress("the local cloud")
    return _started()


def studio(cloud: dict[str, Any]) -> Studio:
    """Return a member of the studio."""
    return Studio(Client(cloud["api_url"], sign_in(cloud, group="studio").access_token))


def guest(cloud: dict[str, Any]) -> Client:
    """Return a fresh viewer."""
    token = Client(cloud["api_url"]).post("/guests").body["access_token"]
    return Client(cloud["api_url"], token)


@cache
def _started() -> dict[str, Any]:
    until_the_end = ExitStack()
    atexit.register(until_the_end.close)
    return until_the_end.enter_context(started(PLACE, within=UP_SECONDS))
