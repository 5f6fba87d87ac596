"""The local edge as a process, and a client that sends it bytes as they are."""

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

from tests.unit.edge.fake_aws import API_ID, BUCKET, KVS_ARN

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Answer:
    """What came back: header names are lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def code(self) -> str:
        """The stable code of a refusal."""
        return str(json.loads(self.body)["code"])


@dataclass(frozen=True)
class Edge:
    """A running edge."""

    port: int
    inner_port: int
    log: Path
    pid: int

    def send(self, data: bytes, *, port: int | None = None, method: str = "GET") -> Answer:
        """Send raw bytes, with no client library between that could tidy them up."""
        with socket.create_connection(("127.0.0.1", port or self.port), timeout=10) as connection:
            connection.sendall(data)
            response = HTTPResponse(connection, method=method)
            response.begin()
            body = response.read()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, headers, body)

    def ask(
        self, target: str | bytes, method: str = "GET", body: bytes = b"", **headers: str
    ) -> Answer:
        """Send one request for a raw target; `if_none_match` becomes `if-none-match`."""
        target = target.encode() if isinstance(target, str) else target
        lines = {"host": "edge.test", "connection": "close", **headers}
        if body:
            lines["content-length"] = str(len(body))
        head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items())
        request = method.encode() + b" " + target + b" HTTP/1.1\r\n" + head.encode() + b"\r\n"
        return self.send(request + body, method=method)


@contextmanager
def running_edge(aws_url: str, folder: Path, **config: Any) -> Iterator[Edge]:
    """Start the edge on free ports over `aws_url`, with its files in `folder`, until the end.

    `config` replaces settings; None leaves one out.
    """
    port, inner_port = _free_port(), _free_port()
    demo = folder / "demo"
    demo.mkdir(exist_ok=True)
    (demo / "index.html").write_text("<title>demo</title>")
    (demo / "player.js").write_text("play()")
    (folder / "secret.txt").write_text("outside of the demo")
    settings = {
        "port": port,
        "inner_port": inner_port,
        "aws_endpoint": aws_url,
        "api_id": API_ID,
        "media_bucket": BUCKET,
        "kvs_arn": KVS_ARN,
        "demo_dir": str(demo),
        "region": "us-east-1",
        "access_key": "test",
        "secret_key": "test",
        **config,
    }
    given = {name: value for name, value in settings.items() if value is not None}
    (folder / "edge.json").write_text(json.dumps(given))
    log = folder / "edge.log"
    command = ["node", "--no-warnings", "--experimental-vm-modules", "local/edge/server.js"]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, "--config", str(folder / "edge.json")], cwd=ROOT, stdout=out, stderr=out
        )
    try:
        edge = Edge(port, inner_port, log, process.pid)
        _wait(edge, process)
        yield edge
    finally:
        process.terminate()
        assert process.wait(timeout=5) == 0, log.read_text()


def _wait(edge: Edge, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if edge.ask("/_edge/health").status == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(edge.log.read_text())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
