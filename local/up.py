"""Bring the local cloud up, step by step, and keep it up until Ctrl-C."""

import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from rich.console import Console

from local import seed
from local.aws import client
from local.deployment import Deployment, deploy
from local.layout import CREDENTIALS, HANDLER_ENVIRONMENT, ROOT, Place
from local.processes import LocalError, Server, Servers, fetch, require_free


class _Stopped(BaseException):
    """Ctrl-C or SIGTERM."""


@dataclass
class Cloud:
    """The local cloud of one checkout."""

    place: Place
    stage_file: Path
    console: Console
    servers: Servers = field(init=False)
    _edge: Server = field(init=False)

    def __post_init__(self) -> None:
        """Prepare to start servers."""
        self.servers = Servers(self.place.logs)

    def up(self, *, with_demo: bool) -> None:
        """Start everything, tell where it is, and stay until told to stop.

        Raises:
            LocalError: a step failed, or a server ended by itself. The message says what to do.
        """
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _stop)
        try:
            self._start(with_demo=with_demo)
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

    def _start(self, *, with_demo: bool) -> None:
        self.place.state.mkdir(exist_ok=True)
        self.place.endpoints.unlink(missing_ok=True)
        require_free(self.place.ports)
        with self._step("Emulated AWS"):
            self._start_aws()
        with self._step("MediaConvert on ffmpeg"):
            self._start_mediaconvert()
        with self._step("Stacks, by cdk deploy") as progress:
            self._start_edge()
            deployment = deploy(self.stage_file, self.place, progress, fresh=self._is_fresh)
        with self._step("Edge"):
            self._tell_edge(deployment)
        found = self._endpoints(deployment)
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

    def _start_aws(self) -> None:
        clean = {
            # The functions inherit all of this, so it is little.
            "PATH": os.environ["PATH"],
            "HOME": str(self.place.state),
            **CREDENTIALS,
            "AUTH": "true",
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.place.ports["aws"]),
            "IOT_MTLS_ENABLED": "0",
            "PERSIST_STATE": "1",
            "S3_PERSIST": "1",
            "STATE_DIR": str(self.place.state / "aws" / "state"),
            "S3_DATA_DIR": str(self.place.state / "aws" / "s3"),
            "TMPDIR": str(self.place.state / "aws" / "tmp"),
            "LOG_LEVEL": "INFO",
        }
        (self.place.state / "aws" / "tmp").mkdir(parents=True, exist_ok=True)
        self.servers.start(
            "aws",
            [str(HANDLER_ENVIRONMENT / "bin" / "ministack")],
            ready=f"{self.place.url('aws')}/_ministack/health",
            env=clean,
        )

    def _start_mediaconvert(self) -> None:
        self.servers.start(
            "mediaconvert",
            [
                sys.executable,
                "-m",
                "local.mediaconvert",
                f"--port={self.place.ports['mediaconvert']}",
                f"--aws-endpoint={self.place.url('aws')}",
                f"--state={self.place.state / 'mediaconvert'}",
            ],
            ready=f"{self.place.url('mediaconvert')}/_health",
            env=os.environ | CREDENTIALS,
        )

    def _start_edge(self) -> None:
        """Start the edge with what is known before the stacks are there: its door must be open."""
        node = shutil.which("node")
        if node is None:
            raise LocalError("Node.js is missing. Install version 20 or later and try again.")
        self._write_edge_config({})
        flags = ["--experimental-vm-modules", "--no-warnings"]
        script = str(ROOT / "local" / "edge" / "server.js")
        self._edge = self.servers.start(
            "edge",
            [node, *flags, script, "--config", str(self._edge_config)],
            ready=f"{self.place.url('edge')}/_edge/health",
            env=os.environ,
        )

    def _tell_edge(self, deployment: Deployment) -> None:
        """Give the edge what the stacks are called, and wait until it serves them."""
        self._write_edge_config(
            {
                "api_id": deployment["api", "ApiId"],
                "media_bucket": deployment["edge", "MediaBucket"],
                "kvs_arn": deployment["edge", "KeyStoreArn"],
                "demo_dir": str(ROOT / "local" / "demo"),
                "region": deployment.region,
                "access_key": CREDENTIALS["AWS_ACCESS_KEY_ID"],
                "secret_key": CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            }
        )
        self._edge.process.send_signal(signal.SIGHUP)
        self._edge.wait_until(
            lambda: b'"ready":true' in fetch(f"{self.place.url('edge')}/_edge/health")
        )

    @property
    def _edge_config(self) -> Path:
        return self.place.state / "edge.json"

    def _write_edge_config(self, known: dict[str, Any]) -> None:
        config = {
            "port": self.place.ports["edge"],
            "inner_port": self.place.ports["door"],
            "aws_endpoint": self.place.url("aws"),
        }
        self._edge_config.write_text(json.dumps(config | known, indent=2))

    def _is_fresh(self, region: str) -> bool:
        """Whether the emulated AWS has lost, or never had, our stacks."""
        formation = client("cloudformation", endpoint=self.place.url("aws"), region=region)
        stacks = formation.describe_stacks()["Stacks"]
        return not any(stack["StackName"].startswith("Cliffhanger-") for stack in stacks)

    def _endpoints(self, deployment: Deployment) -> dict[str, Any]:
        base = self.place.url("edge")
        return {
            "base_url": base,
            "api_url": f"{base}/v1",
            "media_url": f"{base}/media",
            "demo_url": f"{base}/",
            "apple_url": None,
            "google_url": None,
            "aws_endpoint_url": self.place.url("aws"),
            "mediaconvert_url": self.place.url("mediaconvert"),
            "region": deployment.region,
            "user_pool_id": deployment["data", "UserPoolId"],
            "user_pool_client_id": deployment["data", "UserPoolClientId"],
            "tables": {
                "content": deployment["data", "ContentTable"],
                "commerce": deployment["data", "CommerceTable"],
            },
            "buckets": {
                "sources": deployment["data", "SourceBucket"],
                "media": deployment["edge", "MediaBucket"],
            },
            "queues": {
                "uploads": deployment["media", "UploadsQueueUrl"],
                "uploads_dead": deployment["media", "UploadsDeadQueueUrl"],
                "jobs": deployment["media", "JobsQueueUrl"],
                "jobs_dead": deployment["media", "JobsDeadQueueUrl"],
                "edge_writes": deployment["edge", "EdgeWritesQueueUrl"],
                "edge_writes_dead": deployment["edge", "EdgeWritesDeadQueueUrl"],
            },
        }

    def _tell(self, found: dict[str, Any]) -> None:
        self.console.print("\n[bold]Cliffhanger is up.[/bold]")
        self.console.print(f"  Demo player  {found['demo_url']}")
        self.console.print(f"  API          {found['api_url']}")
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
