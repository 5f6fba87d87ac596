"""The two AWS services behind the edge, as small as the edge needs them, and counted."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import unquote

BUCKET = "media-bucket"
KVS_ARN = "arn:aws:cloudfront::000000000000:key-value-store/0a1b2c3d"
API_ID = "abcd1234"


class FakeAws:
    """S3 for one bucket, the KeyValueStore's data plane, and an API that tells what reached it."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.objects: dict[str, bytes] = {}
        self.keys: dict[str, str] = {}
        self.origin_requests: Counter[str] = Counter()
        self.unsigned: list[str] = []
        self.kvs_down = False


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    aws: FakeAws

    def do_GET(self) -> None:
        if "_aws/execute-api" in self.path:
            return self._echo()
        if not self.headers.get("authorization", "").startswith("AWS4-HMAC-SHA256 "):
            self.aws.unsigned.append(self.path)
        if self.path.startswith("/key-value-stores/"):
            return self._key()
        return self._object()

    do_POST = do_GET  # noqa: N815 - the name that http.server calls

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: the edge's own log is under test."""

    def _key(self) -> None:
        _, arn, key = re.split(r"/key-value-stores/|/keys/", self.path)
        value = self.aws.keys.get(unquote(key)) if unquote(arn) == KVS_ARN else None
        if self.aws.kvs_down:
            return self._answer(500, b"{}")
        if value is None:
            return self._answer(404, b"{}")
        return self._answer(200, json.dumps({"Key": unquote(key), "Value": value}).encode())

    def _object(self) -> None:
        key = self.path.removeprefix(f"/{BUCKET}/")
        self.aws.origin_requests[key] += 1
        body = self.aws.objects.get(key)
        if body is None:
            return self._answer(404, b"<Error/>")
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("range", ""))
        headers = {"content-type": "binary/octet-stream", "etag": f'"{hash(body)}"'}
        if asked:
            first, last = int(asked[1]), int(asked[2])
            headers["content-range"] = f"bytes {first}-{last}/{len(body)}"
            return self._answer(206, body[first : last + 1], headers)
        return self._answer(200, body, headers)

    def _echo(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.headers.get("transfer-encoding") == "chunked":
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        seen = {
            "method": self.command,
            "path": self.path,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "body": body.decode(),
        }
        self._answer(
            201, json.dumps(seen).encode(), {"cache-control": "max-age=60", "x-own": "yes"}
        )

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {**(headers or {}), "content-length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the edge may hang up on a large object


@contextmanager
def fake_aws() -> Iterator[FakeAws]:
    """Serve on a free port of this machine until the block ends."""

    class Handler(_Handler):
        pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Handler.aws = FakeAws(server.server_port)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Handler.aws
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
