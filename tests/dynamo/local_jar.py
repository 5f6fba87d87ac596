"""DynamoDB Local, where its jar is given: `DYNAMODB_LOCAL_JAR=/path/to/DynamoDBLocal.jar`.

It needs Java 17. Its licence is between Amazon and whoever downloads it, so it does not come with
this repository, and what wants it is skipped where the variable is not set.
"""

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VARIABLE = "DYNAMODB_LOCAL_JAR"
_START_SECONDS = 30


@contextmanager
def running(jar: Path) -> Iterator[str]:
    """Run it in memory, for this machine alone; yield its address."""
    port = free_port()
    command = ["java", f"-Djava.library.path={jar.parent / 'DynamoDBLocal_lib'}", "-jar", str(jar)]
    command += ["-inMemory", "-sharedDb", "-disableTelemetry", "-port", str(port)]
    process = subprocess.Popen(
        command, cwd=jar.parent, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(process, url)
        yield url
    finally:
        process.terminate()
        process.wait(10)


def jar() -> Path | None:
    """Where the jar is, if this machine has one."""
    told = os.environ.get(VARIABLE)
    return Path(told).resolve() if told else None


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _wait(process: subprocess.Popen[bytes], url: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=1)
        except urllib.error.HTTPError:
            return  # it wants a signature, so it is there
        except OSError:
            time.sleep(0.1)
    if process.poll() is None:
        raise TimeoutError(f"DynamoDB Local did not answer within {_START_SECONDS} s")
    _, said = process.communicate()
    raise RuntimeError(f"DynamoDB Local ended: {said.decode()[-2000:]}")
