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


@pytest.hookimpl(tryfirst=True)  # the workers read the marks in a hook of the same name
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With several workers, what shares a cloud or the templates stays with one of them."""
    for item in items:
        room = item.path.relative_to(ROOT / "tests").parts[0]
        shared = {
            "cloud": "cloud",
            "browser": "cloud",
            "fuzz": "cloud",
            "infra": "templates",
            "contract": "templates",
        }
        if room in shared:
            item.add_marker(pytest.mark.xdist_group(shared[room]))
