"""The servers of the local cloud as child processes: started, waited for, watched and stopped."""

import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from local.layout import HOST, ROOT

_STOP_SECONDS = 30


class LocalError(Exception):
    """Something a person can mend. The message says how."""


@dataclass
class Server:
    """One running server and where its log stands."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def tail(self, lines: int = 15) -> str:
        """Return the end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def wait_until(self, ready: Callable[[], bool], seconds: float = 20) -> None:
        """Wait until it is ready.

        Raises:
            LocalError: it ended, or took too long.
        """
        deadline = time.monotonic() + seconds
        while not ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise LocalError(
                    f"{self.name} did not start. Its log, {self.log}, ends so:\n{self.tail()}"
                )
            time.sleep(0.05)


@dataclass
class Servers:
    """Every server, in the order in which it was started. Each writes a log into `logs`."""

    logs: Path
    running: list[Server] = field(default_factory=list)

    def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        ready: str,
        env: Mapping[str, str],
        seconds: float = 20,
    ) -> Server:
        """Start a server and wait until `ready`, an address of it, answers at all.

        Raises:
            LocalError: it died or did not answer in time.
        """
        self.logs.mkdir(parents=True, exist_ok=True)
        path = self.logs / f"{name}.log"
        with path.open("wb") as log:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C comes to us alone; we stop them in order
            )
        server = Server(name, process, path)
        self.running.append(server)
        server.wait_until(lambda: bool(fetch(ready)), seconds)
        return server

    def died(self) -> Server | None:
        """Return a server that has ended by itself, if any."""
        return next((one for one in self.running if one.process.poll() is not None), None)

    def stop(self) -> None:
        """Stop all, the last one first. SIGTERM lets the emulated AWS write its state."""
        for server in reversed(self.running):
            if server.process.poll() is None:
                server.process.terminate()
                try:
                    server.process.wait(_STOP_SECONDS)
                except subprocess.TimeoutExpired:
                    server.process.kill()
        self.running.clear()


def fetch(address: str) -> bytes:
    """Return what an address answers, whatever the status; nothing when nobody listens."""
    try:
        with urllib.request.urlopen(address, timeout=1) as answer:
            return bytes(answer.read()) or b"-"
    except urllib.error.HTTPError as error:
        return error.read() or b"-"
    except OSError:
        return b""


def require_free(ports: Mapping[str, int]) -> None:
    """Check that nobody listens on the ports that we are about to take.

    Raises:
        LocalError: somebody does.
    """
    for name, port in ports.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError as error:
                raise LocalError(
                    f"Port {port} ({name}) is taken. Stop what listens there (another"
                    f" `make run`?), or choose other ports with `make run PORT=9000`."
                ) from error
