"""`python -m local.stores.google`: runs the stand-in until SIGTERM or Ctrl-C."""

import argparse
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from local.stores.google.book import Book
from local.stores.google.keys import Keys
from local.stores.google.pushes import Sender, Subscription
from local.stores.google.server import Api, StoreServer, serve


def main() -> int:
    """Start, serve, and stop cleanly: what was not taken is pushed after the next start."""
    options = _options()
    server = serve(options.port)
    folder = options.state / "google"
    book, keys = Book(folder / "store.json"), Keys(folder, server.address)
    server.api = Api(book, keys, options.package_name)
    to = Subscription(
        url=options.push_url,
        audience=options.push_audience or options.push_url,
        service_account=options.push_service_account,
        name=options.push_subscription,
        package_name=options.package_name,
    )
    sender = Sender(book, keys, to, server.api.tick)
    _stop_on_signals(server)
    sender.start()
    print(f"google: listening on {server.address}", flush=True)
    try:
        server.serve_forever(poll_interval=0.2)
    finally:
        server.server_close()
        sender.stop()
    return 0


def _stop_on_signals(server: StoreServer) -> None:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        # shutdown() waits for serve_forever, which runs in this very thread.
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.stores.google", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state", type=Path, required=True, help="it keeps its things in google/")
    parser.add_argument("--package-name", required=True)
    parser.add_argument("--push-url", default="", help="where notifications go; nowhere if empty")
    parser.add_argument("--push-audience", default="", help="of their tokens; else the push URL")
    parser.add_argument("--push-service-account", default="push@cliffhanger-local.example")
    parser.add_argument(
        "--push-subscription", default="projects/cliffhanger-local/subscriptions/play"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
