"""DynamoDB as the local cloud emulates it, alone: it starts in a second, and has no functions."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.aws_up import start_aws
from local.layout import Place
from local.processes import Servers
from tests.dynamo.local_jar import free_port


@contextmanager
def running(state: Path) -> Iterator[str]:
    """Run it for this machine alone, as a local cloud starts it; yield its address."""
    place = Place(state, free_port() - 1)  # a place's emulated AWS is at the port after its own
    servers = Servers(place.logs)
    try:
        start_aws(servers, place)
        yield place.url("aws")
    finally:
        servers.stop()
