"""Whatever ends a run, the next one goes on where it stopped and makes nothing twice."""

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cli import atomic
from cli.transport import Transport
from local.layout import ROOT
from tests.unit.cli.conftest import NEW, Publish
from tests.unit.cli.fake_studio import FakeStudio, Fault
from tests.unit.cli.test_publish import files, shelf

# A test run in the background is started with SIGINT ignored, and so would its children be.
PYTHON = (
    sys.executable,
    "-c",
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
    " from cli.main import app; app()",
)


class Killed(BaseException):
    """The process is no more."""


class Death:
    """Comes at a request, before it is sent or before its answer is read. Nothing follows it."""

    def __init__(self, at: int, *, answered: bool) -> None:
        self.left = at
        self.answered = answered
        self.has_come = False

    def send(self, real: Any) -> Any:
        def send(transport: Transport, *words: Any, **more: Any) -> Any:
            self.left -= 1
            self.has_come |= self.left < 0 and not self.answered
            self.check()
            answer = real(transport, *words, **more)
            self.has_come |= self.left < 0
            self.check()
            return answer

        return send

    def write(self, real: Any) -> Any:
        def write(*words: Any, **more: Any) -> None:
            self.check()
            real(*words, **more)

        return write

    def check(self) -> None:
        if self.has_come:
            raise Killed


def check_all_there_once(studio: FakeStudio, folder: Path) -> None:
    assert shelf(studio) == files(folder)
    made = (len(studio.dramas), len(studio.episodes), len(studio.uploads))
    assert made == (1, len(files(folder)), len(files(folder)))
    assert max(Counter(studio.sent).values()) == 1, "no part that had arrived was sent again"


@pytest.mark.parametrize("answered", [False, True])
def test_a_kill_at_any_request_loses_nothing_and_doubles_nothing(
    studio: FakeStudio, publishes: Publish, folder: Path, answered: bool
) -> None:
    (folder / "ep10.mp4").unlink()
    for number in (1, 2):
        (folder / f"ep{number}.mp4").write_bytes(bytes([number]) * 1500)
    kills = 0
    while True:
        death = Death(kills, answered=answered)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Transport, "send", death.send(Transport.send))
            patch.setattr(atomic, "write", death.write(atomic.write))
            try:
                run = publishes()
            except Killed:
                run = None
        if run:  # it lived through all of its requests
            assert run.exit_code == 0, run.output
            break
        again = publishes()
        assert again.exit_code == 0, again.output
        check_all_there_once(studio, folder)
        studio.forget()
        (folder / ".cliffhanger.json").unlink()
        kills += 1
    assert kills > 15, "each request was one to die at"


def test_a_run_that_is_killed_again_and_again_gets_there(
    studio: FakeStudio, publishes: Publish, folder: Path
) -> None:
    for _ in range(40):
        death = Death(6, answered=True)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Transport, "send", death.send(Transport.send))
            patch.setattr(atomic, "write", death.write(atomic.write))
            try:
                publishes("--jobs", "1")
            except Killed:
                continue
        break
    assert publishes().exit_code == 0
    check_all_there_once(studio, folder)


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_a_process_that_ends_in_the_middle_of_an_upload_can_go_on(
    studio: FakeStudio, publishes: Publish, folder: Path, end: signal.Signals
) -> None:
    process: subprocess.Popen[str] | None = None

    def strike(request: str) -> None:
        if request.startswith("PUT") and len(studio.sent) == 4 and process:
            process.send_signal(end)

    studio.on_request = strike
    process = subprocess.Popen(
        [*PYTHON, "publish", str(folder), *NEW, "--jobs", "1"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    said, complained = process.communicate(timeout=30)
    studio.on_request = lambda _: None
    if end == signal.SIGINT:
        assert process.returncode == 130
        assert "Stopped. What has arrived is kept. Run the same command again to go on." in said
        assert complained == ""
    else:
        assert process.returncode == -signal.SIGKILL
    assert {one["status"] for one in studio.episodes.values()} != {"published"}
    assert publishes().exit_code == 0
    check_all_there_once(studio, folder)


def test_a_connection_that_is_lost_is_told_with_how_to_go_on(
    studio: FakeStudio, publishes: Publish, folder: Path
) -> None:
    studio.faults.append(Fault(r"PUT /storage/\w+/\d+", 503, times=10_000))
    run = publishes()
    assert run.exit_code == 2
    assert "The storage answered with status 503." in run.stderr
    assert "Run the same command again to go on." in run.stderr
    studio.faults.clear()
    assert publishes().exit_code == 0
    check_all_there_once(studio, folder)
