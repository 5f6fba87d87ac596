"""`python -m local.stores.apple`: runs Apple's stand-in until SIGTERM or Ctrl-C.

In `<state>/apple/` stand its records, its certificates, the root that a stage must trust
(`roots/`), and the key of its Server API (`api-key.json`, which is the text of the stage's
secret). All are made at the first start.
"""

import argparse
import sys
import threading
from pathlib import Path

from local.serving import serve_until_stopped
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
    carrying = threading.Thread(target=courier.run, daemon=True)
    carrying.start()
    try:
        serve_until_stopped(server, name="apple")
    finally:
        courier.stop()
        carrying.join(timeout=5)
    return 0


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
