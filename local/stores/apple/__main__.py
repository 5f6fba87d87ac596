"""`python -m local.stores.apple`: runs Apple's stand-in until SIGTERM or Ctrl-C.

In `<state>/apple/` stand its records, its certificates, the root that a stage must trust
(`roots/`), and the key of its Server API (`api-key.json`, which is the text of the stage's
secret). All are made at the first start.
"""

import argparse
import signal
import sys
import threading
from http.server import ThreadingHTTPServer
from pathlib import Path
from types import FrameType

from local.stores.apple import api_key, chain_on_disk
from local.stores.apple.courier import Courier, poster
from local.stores.apple.server import Site, serve
from local.stores.apple.store import Store


def main() -> int:
    """Start, serve, and stop cleanly."""
    options = _options()
    folder = options.state / "apple"
    store = Store(
        folder,
        chain_on_disk.load_or_make(folder),
        bundle_id=options.bundle_id,
        app_apple_id=options.app_apple_id,
        environment=options.environment,
    )
    courier = Courier(store, poster(options.notify_url))
    server = serve(Site(store, courier, api_key.load_or_make(folder)), options.port)
    _stop_on_signals(server)
    carrying = threading.Thread(target=courier.run, daemon=True)
    carrying.start()
    print(f"apple: listening on http://127.0.0.1:{server.server_port}", flush=True)
    try:
        server.serve_forever(poll_interval=0.2)
    finally:
        server.server_close()
        courier.stop()
        carrying.join(timeout=5)
    return 0


def _stop_on_signals(server: ThreadingHTTPServer) -> None:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        # shutdown() waits for serve_forever, which runs in this very thread.
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.stores.apple", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state", type=Path, required=True, help="the local cloud's folder")
    parser.add_argument("--notify-url", help="where notifications go; nowhere when left out")
    parser.add_argument("--bundle-id", default="dev.cliffhanger.local")
    parser.add_argument("--app-apple-id", type=int, default=1000000001)
    parser.add_argument("--environment", choices=["Production", "Sandbox"], default="Sandbox")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
