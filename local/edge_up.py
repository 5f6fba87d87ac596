"""Starts the edge before the stacks are there, and tells it of them once they are."""

import json
import os
import shutil
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cliffhanger import origin
from local.aws import client
from local.deployment import Deployment
from local.layout import CREDENTIALS, ROOT, Place
from local.processes import LocalError, Server, Servers, fetch


@dataclass(frozen=True)
class Edge:
    """The running edge."""

    place: Place
    server: Server

    def serve(self, deployment: Deployment) -> None:
        """Give it what the stacks are called, and wait until it serves them."""
        _write_config(
            self.place,
            {
                "api_id": deployment["api", "ApiId"],
                "media_bucket": deployment["edge", "MediaBucket"],
                "kvs_arn": deployment["edge", "KeyStoreArn"],
                "demo_dir": str(ROOT / "local" / "demo"),
                "region": deployment.region,
                "access_key": CREDENTIALS["AWS_ACCESS_KEY_ID"],
                "secret_key": CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
                "api_headers": {origin.HEADER: self._origin_secret(deployment)},
            },
        )
        self.server.process.send_signal(signal.SIGHUP)
        health = f"{self.place.url('edge')}/_edge/health"
        self.server.wait_until(lambda: b'"ready":true' in fetch(health))

    def _origin_secret(self, deployment: Deployment) -> str:
        """Return what CloudFront would send: its template resolves the same secret."""
        secrets = client("secretsmanager", endpoint=self.place.url("aws"), region=deployment.region)
        told = secrets.get_secret_value(SecretId=deployment["data", "OriginSecret"])
        return str(json.loads(told["SecretString"])["sending"])


def start_edge(servers: Servers, place: Place) -> Edge:
    """Start it with what is known by then: its inner door is open while the stacks deploy.

    Raises:
        LocalError: Node.js is missing, or the edge did not start.
    """
    node = shutil.which("node")
    if node is None:
        raise LocalError("Node.js is missing. Install version 20 or later and try again.")
    _write_config(place, {})
    flags = ["--experimental-vm-modules", "--no-warnings"]
    script = str(ROOT / "local" / "edge" / "server.js")
    server = servers.start(
        "edge",
        [node, *flags, script, "--config", str(_config(place))],
        ready=f"{place.url('edge')}/_edge/health",
        env=os.environ,
    )
    return Edge(place, server)


def _config(place: Place) -> Path:
    return place.state / "edge.json"


def _write_config(place: Place, known: dict[str, Any]) -> None:
    config = {
        "port": place.ports["edge"],
        "inner_port": place.ports["door"],
        "aws_endpoint": place.url("aws"),
        "stores": {"apple": place.url("apple"), "google": place.url("google")},
    }
    _config(place).touch(mode=0o600)
    _config(place).write_text(json.dumps(config | known, indent=2))
