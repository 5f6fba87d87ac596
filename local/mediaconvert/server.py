"""The HTTP side: MediaConvert's REST paths, its errors, and the stand-in's own two paths."""

import json
import re
import sys
import traceback
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from pydantic import ValidationError

from local.mediaconvert import validation, wire
from local.mediaconvert.errors import ApiError, BadRequest, NotFound, TooManyRequests
from local.mediaconvert.faults import FaultPlan, Faults
from local.mediaconvert.jobs import Job, JobStore
from local.mediaconvert.probe import probe
from local.mediaconvert.storage import Storage
from local.mediaconvert.workers import Workers

API = "/2017-08-29"
PAGE = 20
Answer = tuple[HTTPStatus, Any]


class DroppedAnswerError(Exception):
    """A fault: the call was carried out, and its caller is left without an answer."""


@dataclass(frozen=True)
class Api:
    """The six operations, and /_health and /_faults."""

    store: JobStore
    workers: Workers
    storage: Storage
    faults: Faults

    def answer(self, method: str, target: str, body: bytes) -> Answer:
        """Answer one request.

        Raises:
            ApiError: any answer other than success.
            DroppedAnswerError: the connection is to be closed without one.
        """
        url = urlsplit(target)
        if not url.path.startswith(API):
            return self._own(method, url.path, body)
        if self.faults.throttles():
            raise TooManyRequests("Too Many Requests")
        query = {name: values[-1] for name, values in parse_qs(url.query).items()}
        path = url.path.removeprefix(API)
        match method, path:
            case "POST", "/jobs":
                return self._create(_json(body))
            case "GET", "/jobs":
                return self._list("ListJobs", query)
            case "GET", "/search":
                return self._list("SearchJobs", query)
            case "POST", "/probe":
                answer = probe(wire.read("Probe", _json(body)), self.storage)
                return HTTPStatus.OK, wire.write("ProbeResponse", answer)
        return self._one_job(method, path)

    def _one_job(self, method: str, path: str) -> Answer:
        found = re.fullmatch("/jobs/([^/]+)", path)
        if found and method == "GET":
            return HTTPStatus.OK, {"job": self.store.get(unquote(found[1])).on_the_wire()}
        if found and method == "DELETE":
            self.workers.cancel(unquote(found[1]))
            return HTTPStatus.ACCEPTED, {}
        raise NotFound(f"The local stand-in has no {method} {path}")

    def _create(self, body: Any) -> Answer:
        request = wire.read("CreateJob", body)
        validation.check(request)
        job, is_new = self.store.create(request)
        if is_new:
            self.workers.submit(job)
        if self.faults.drops_answer():
            raise DroppedAnswerError
        return HTTPStatus.CREATED, {"job": job.on_the_wire()}

    def _list(self, operation: str, query: dict[str, str]) -> Answer:
        if not query.get("maxResults", "1").isdigit():
            raise BadRequest("/maxResults: should be integer")
        size = int(query.get("maxResults", PAGE))
        wire.read(operation, {**query, "maxResults": size})
        start = query.get("nextToken", "0")
        if not start.isdigit():
            raise BadRequest("/nextToken: is not valid")
        jobs: list[Job] = self.store.find(
            status=query.get("status"),
            queue=query.get("queue"),
            input_file=query.get("inputFile"),
            ascending=query.get("order") == "ASCENDING",
        )
        end = int(start) + size
        page: dict[str, Any] = {"jobs": [job.on_the_wire() for job in jobs[int(start) : end]]}
        return HTTPStatus.OK, {**page, **({"nextToken": str(end)} if end < len(jobs) else {})}

    def _own(self, method: str, path: str, body: bytes) -> Answer:
        match method, path:
            case "GET", "/_health":
                return HTTPStatus.OK, {"status": "ok"}
            case "POST", "/_faults":
                try:
                    self.faults.replace(FaultPlan.model_validate_json(body))
                except ValidationError as error:
                    raise BadRequest(str(error)) from error
            case "DELETE", "/_faults":
                self.faults.replace(FaultPlan())
            case "GET", "/_faults":
                pass
            case _:
                raise NotFound(f"The local stand-in has no {method} {path}")
        return HTTPStatus.OK, self.faults.shown()


def serve(api: Api, port: int) -> ThreadingHTTPServer:
    """A server on 127.0.0.1, bound and not yet running; port 0 takes a free one."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _handle(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            try:
                status, answer = api.answer(self.command, self.path, body)
                self._send(status, answer)
            except DroppedAnswerError:
                self.close_connection = True
            except ApiError as error:
                self._send(error.status, {"message": str(error)}, error.name)
            except Exception:  # noqa: BLE001 - told on stderr and to the caller
                traceback.print_exc(file=sys.stderr)
                self._send(ApiError.status, {"message": "internal error"}, ApiError.name)

        do_GET = do_POST = do_DELETE = _handle  # noqa: N815 - named by http.server

        def _send(self, status: HTTPStatus, answer: Any, error: str | None = None) -> None:
            payload = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            if error:
                self.send_header("x-amzn-ErrorType", error)
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, *_: Any) -> None:
            """Say nothing for each request."""

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body or b"{}")
    except ValueError as error:
        raise BadRequest(f"The body is not JSON: {error}") from error
