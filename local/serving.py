"""Serving: one of the stand-ins' HTTP servers, in the main thread, until it is told to stop."""

import signal
import threading
from http.server import ThreadingHTTPServer
from types import FrameType


def serve_until_stopped(server: ThreadingHTTPServer, *, name: str) -> None:
    """Say where the server listens, serve until SIGTERM or Ctrl-C, and close it."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        # shutdown() waits for serve_forever, which runs in this very thread.
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print(f"{name}: listening on http://127.0.0.1:{server.server_port}", flush=True)
    try:
        server.serve_forever(poll_interval=0.2)
    finally:
        server.server_close()
