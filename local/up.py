"""Bring the local cloud up, step by step, and keep it up until Ctrl-C."""

import json
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

from rich.console import Console

from infra.stage import Stage, read_stage
from local import seed
from local.aws_up import is_fresh, start_aws, start_mediaconvert
from local.deployment import deploy
from local.edge_up import start_edge
from local.endpoints import endpoints_of
from local.gateway_up import let_pages_call
from local.layout import Place
from local.lock import alone
from local.processes import LocalError, Servers, require_free
from local.stores_up import keep_store_keys, start_stores


class _Stopped(BaseException):
    """Ctrl-C or SIGTERM."""


@dataclass
class Cloud:
    """The local cloud of one checkout."""

    place: Place
    stage_file: Path
    console: Console
    servers: Servers = field(init=False)

    def __post_init__(self) -> None:
        """Prepare to start servers."""
        self.servers = Servers(self.place.logs)

    def up(self, *, with_demo: bool) -> None:
        """Start everything, tell where it is, and stay until told to stop.

        Raises:
            LocalError: one is up there already, a step failed, or a server ended by itself. The
                message says what to do.
            StageError: the stage file cannot be used.
        """
        with alone(self.place):
            stage = read_stage(self.stage_file)
            require_free(self.place.ports)
            self._be_up(stage, with_demo=with_demo)

    def _be_up(self, stage: Stage, *, with_demo: bool) -> None:
        """From here on the folder's files are ours; what stood there before is of a crash."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _stop)
        try:
            self.place.endpoints.unlink(missing_ok=True)
            self._start(stage, with_demo=with_demo)
            self._stay()
        except _Stopped:
            self.console.print(
                f"\nStopping. What you made stays in {self.place.state.name} and is here next time."
            )
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)
            self.place.endpoints.unlink(missing_ok=True)
            self.servers.stop()

    def _start(self, stage: Stage, *, with_demo: bool) -> None:
        with self._step("Emulated AWS"):
            start_aws(self.servers, self.place)
        with self._step("MediaConvert on ffmpeg"):
            start_mediaconvert(self.servers, self.place)
        with self._step("Stand-ins of both stores"):
            start_stores(self.servers, self.place, stage)
            keep_store_keys(self.place, stage)
        with self._step("Stacks, by cdk deploy") as progress:
            edge = start_edge(self.servers, self.place)
            fresh = partial(is_fresh, self.place)
            deployment = deploy(self.stage_file, self.place, progress, fresh=fresh)
            let_pages_call(self.place, stage, deployment)
        with self._step("Edge"):
            edge.serve(deployment)
        found = endpoints_of(self.place, deployment)
        if with_demo:
            with self._step("Demo drama") as progress:
                seed.seed(found, self.place.state / "demo.json", progress)
        self.place.endpoints.write_text(json.dumps(found, indent=2))
        self._tell(found)

    @contextmanager
    def _step(self, name: str) -> Iterator[Callable[[str], None]]:
        started = time.monotonic()
        with self.console.status(f"{name} ...") as status:
            last = [""]

            def progress(what: str) -> None:
                if what != last[0]:
                    last[0] = what
                    status.update(f"{name}: {what}")
                    if not self.console.is_terminal:
                        self.console.print(f"  {name}: {what}")

            yield progress
        seconds = time.monotonic() - started
        note = f" ({last[0]})" if last[0] and self.console.is_terminal else ""
        self.console.print(f"[green]✓[/green] {name}{note} [dim]{seconds:.1f} s[/dim]")

    def _tell(self, found: dict[str, Any]) -> None:
        self.console.print("\n[bold]Cliffhanger is up.[/bold]")
        self.console.print(f"  Demo player  {found['demo_url']}")
        self.console.print(f"  API          {found['api_url']}")
        self.console.print(f"  API manual   {found['docs_url']}")
        self.console.print(
            f"  Stores       {found['apple_url']} (Apple), {found['google_url']} (Google)"
        )
        self.console.print(f"  AWS          {found['aws_endpoint_url']}  (key test, secret test)")
        self.console.print(f"  Logs         {self.place.logs}")
        self.console.print("Ctrl-C stops it; what you made stays.\n")

    def _stay(self) -> None:
        while True:
            time.sleep(0.5)
            dead = self.servers.died()
            if dead:
                raise LocalError(f"{dead.name} has ended. Its log, {dead.log}:\n{dead.tail()}")


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise _Stopped
