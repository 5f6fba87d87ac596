"""The fake studio behind HTTP."""

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.unit.cli.fake_studio import FakeStudio, Json, Refused

Operation = Callable[..., tuple[int, Json]]

ROUTES: Mapping[str, Operation] = {
    r"POST /studio/dramas": FakeStudio.create_drama,
    r"GET /studio/dramas/(\w+)": FakeStudio.see_drama,
    r"PATCH /studio/dramas/(\w+)": FakeStudio.edit_drama,
    r"POST /studio/dramas/(\w+)/publish": FakeStudio.publish_drama,
    r"POST /studio/dramas/(\w+)/episodes": FakeStudio.create_episode,
    r"POST /studio/dramas/(\w+)/episodes/(\w+)/publish": FakeStudio.publish_episode,
    r"POST /studio/episodes/(\w+)/rollback": FakeStudio.roll_back,
    r"POST /studio/uploads": FakeStudio.start_upload,
    r"GET /studio/uploads/(\w+)": FakeStudio.see_upload,
    r"POST /studio/uploads/(\w+)/parts": FakeStudio.sign_parts,
    r"POST /studio/uploads/(\w+)/complete": FakeStudio.complete,
    r"DELETE /studio/uploads/(\w+)": FakeStudio.abort,
    r"GET /studio/assets/(\w+)": FakeStudio.see_asset,
    r"PUT /studio/assets/(\w+)/captions/([\w-]+)": FakeStudio.put_captions,
    r"GET /dramas/(\w+)": FakeStudio.see_shelf,
    r"GET /dramas/(\w+)/episodes": FakeStudio.see_episodes,
}


def route(request: str) -> tuple[Operation, tuple[str, ...]]:
    for pattern, operation in ROUTES.items():
        found = re.fullmatch(pattern, request)
        if found:
            return operation, found.groups()
    raise Refused(404, "route_not_found")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024
    studio: FakeStudio

    def log_message(self, *_: object) -> None:
        pass

    def serve(self) -> None:
        path = self.path.partition("?")[0]
        data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        studio = self.studio
        studio.on_request(f"{self.command} {path}")
        with studio.lock:
            studio.requests.append(f"{self.command} {path}")
            studio.keys += self.headers.get_all("Idempotency-Key", [])
            fault = studio.fault(self.command, path)
            if fault:
                self.answer(fault.status, fault.body, fault.headers)
            elif path.startswith("/storage/"):
                self.store(path, data)
            else:
                self.operate(path.removeprefix("/v1"), data)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = serve  # noqa: N815

    def store(self, path: str, data: bytes) -> None:
        _, _, upload_id, number = path.split("/")
        if len(data) < int(self.headers["Content-Length"]):
            self.close_connection = True
            return  # whoever sent it hung up; no storage keeps half a part
        upload = self.studio.uploads[upload_id]
        if not self.path.endswith(f"signature={self.studio.signature}"):
            self.answer(403, "<Error><Code>AccessDenied</Code></Error>")
            return
        self.studio.sent.append((upload_id, int(number)))
        upload["data"][int(number)] = data
        self.answer(200, None, {"ETag": f'"{number}"'})

    def operate(self, path: str, data: bytes) -> None:
        studio = self.studio
        body = json.loads(data) if data else {}
        try:
            if path == "/sessions/refresh":
                self.answer(200, self.refresh(body))
                return
            if self.headers.get("Authorization", "").removeprefix("Bearer ") not in studio.tokens:
                self.answer(401, {"message": "Unauthorized"})
                return
            operation, ids = route(f"{self.command} {path}")
            key = self.headers.get("Idempotency-Key", "")
            self.answer(*operation(studio, key, body, *ids))
        except Refused as refused:
            self.answer(refused.status, refused.document)

    def refresh(self, body: Json) -> Json:
        if body["refresh_token"] not in self.studio.refresh_tokens:
            raise Refused(401, "refresh_refused")
        token = f"fresh-token-{len(self.studio.tokens)}"
        self.studio.tokens.add(token)
        return {"access_token": token, "expires_in": 3600}

    def answer(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        sent = b"" if body is None or status == 204 else json.dumps(body).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)


@contextmanager
def serving() -> Iterator[FakeStudio]:
    """Serve a fresh one while the block lasts."""
    studio = FakeStudio()
    handler = type("Handler", (_Handler,), {"studio": studio})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    base = f"http://127.0.0.1:{server.server_port}"
    studio.url, studio.storage_url = f"{base}/v1", f"{base}/storage"
    try:
        yield studio
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
