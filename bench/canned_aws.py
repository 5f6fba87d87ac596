"""A server that answers as AWS did when it was recorded: `python canned_aws.py RECORDING`.

It prints its port. A process of its own, so that its CPU is not counted with that of its caller.
"""

import pickle
import socket
import sys
from itertools import chain, cycle
from pathlib import Path
from threading import Thread
from typing import Any

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: %d\r\n\r\n"


def serve(recording: Path) -> None:
    """Answer until the end of the process. Each client keeps a connection of its own."""
    kept: dict[str, Any] = pickle.loads(recording.read_bytes())
    queues = {
        target: chain(first, cycle(again or first[-1:]))
        for target, (first, again) in kept["answers"].items()
    }
    with socket.create_server(("127.0.0.1", 0)) as server:
        print(server.getsockname()[1], flush=True)
        while True:
            connection, _ = server.accept()
            Thread(target=_answer, args=(connection, queues), daemon=True).start()


def _answer(connection: socket.socket, queues: dict[str, Any]) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    stream = connection.makefile("rb")
    while stream.readline():
        headers = {}
        while line := stream.readline().strip():
            name, _, value = line.partition(b":")
            headers[name.lower()] = value.strip()
        stream.read(int(headers.get(b"content-length", 0)))
        body = next(queues[headers[b"x-amz-target"].decode()])
        connection.sendall(_HEAD % len(body) + body)


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
