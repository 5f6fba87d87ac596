"""One local cloud for every test that needs one: started at the first, stopped after the last."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from local.layout import ROOT, Place

TEST_CLOUD = Place(ROOT / ".local-test", 8887)
UP_SECONDS = 800


@pytest.fixture(scope="session")
def cloud() -> Iterator[dict[str, Any]]:
    """What a local cloud with the demo drama says of itself.

    CLIFFHANGER_STATE names the folder of one that is up already, which saves its start. After the
    last test every wallet of it must agree with its ledger, whatever the tests did to them.
    """
    running = os.environ.get("CLIFFHANGER_STATE")
    if running:
        yield json.loads(Place(Path(running)).endpoints.read_text())
        require_books_in_order(Path(running).resolve())
        return
    shutil.rmtree(TEST_CLOUD.state, ignore_errors=True)
    TEST_CLOUD.state.mkdir()
    log = TEST_CLOUD.state / "up.log"
    command = [sys.executable, "-m", "local", "up", f"--port={TEST_CLOUD.port}"]
    with log.open("wb") as written:
        process = subprocess.Popen(
            [*command, f"--state={TEST_CLOUD.state}"],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait(process, log)
        yield json.loads(TEST_CLOUD.endpoints.read_text())
        require_books_in_order(TEST_CLOUD.state)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(180)


def require_books_in_order(state: Path) -> None:
    """Compute every wallet of a cloud again from its ledger, as an operator does.

    In a process of its own: this one's clients may be those of unit tests.
    """
    command = [sys.executable, "-m", "local", "ledger", "check", "--all", f"--state={state}"]
    audit = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    if audit.returncode:
        pytest.fail(f"after the tests:\n{audit.stdout}{audit.stderr}", pytrace=False)


def _wait(process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + UP_SECONDS
    while not TEST_CLOUD.endpoints.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"the local cloud did not come up:\n{log.read_text()}", pytrace=False)
        time.sleep(0.2)


class ByRoom(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """With several workers, what shares a cloud stays with one of them; the rest goes by file."""

    def _split_scope(self, nodeid: str) -> str:
        room = nodeid.split("/")[1]
        return (
            "cloud" if room in {"cloud", "browser", "fuzz"} else nodeid.split("::", maxsplit=1)[0]
        )


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByRoom:
    """Called by xdist, whose own groups do not work with this version of pytest."""
    return ByRoom(config, log)
