"""`python -m local.stores.google`: runs the stand-in until SIGTERM or Ctrl-C."""

import argparse
import sys
from pathlib import Path

from local.serving import serve_until_stopped
from local.stores.google.book import Book
from local.stores.google.keys import Keys
from local.stores.google.pushes import Sender, Subscription
from local.stores.google.server import Api, serve


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
    sender.start()
    try:
        serve_until_stopped(server, name="google")
    finally:
        sender.stop()
    return 0


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
