"""One local cloud for every test that needs one: started at the first, stopped after the last."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from local.layout import ROOT, Place
from tests.own_cloud import started, told

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
        yield told(Place(Path(running)))
        require_books_in_order(Path(running).resolve())
        return
    with started(TEST_CLOUD, within=UP_SECONDS) as found:
        yield found
        require_books_in_order(TEST_CLOUD.state)


def require_books_in_order(state: Path) -> None:
    """Compute every wallet of a cloud again from its ledger, as an operator does.

    In a process of its own: this one's clients may be those of unit tests.
    """
    command = [sys.executable, "-m", "local", "ledger", "check", "--all", f"--state={state}"]
    audit = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    if audit.returncode:
        pytest.fail(f"after the tests:\n{audit.stdout}{audit.stderr}", pytrace=False)


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
