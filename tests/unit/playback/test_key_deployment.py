"""A deployment: CloudFormation asks for a key and gets an answer, whatever happens."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from cliffhanger import aws
from functions.playback_keys.handler import handler
from tests.unit.edge_store import Store
from tests.unit.playback.keys import at_the_edge, in_the_secret


@dataclass
class CloudFormation:
    """Takes the answer of a custom resource."""

    url: str
    answers: list[Any]

    def ask(self, request_type: str) -> dict[str, Any]:
        asked = {name: name for name in ("StackId", "RequestId", "LogicalResourceId")}
        told = handler(asked | {"RequestType": request_type, "ResponseURL": self.url}, Context())
        assert "secret" not in json.dumps(told)
        answer: dict[str, Any] = self.answers[-1]
        assert asked.items() <= answer.items()
        return answer


class Context:
    log_stream_name = "stream-1"


@pytest.fixture
def cloudformation() -> Iterator[CloudFormation]:
    answers: list[Any] = []

    class Taker(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            answers.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Taker)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield CloudFormation(f"http://127.0.0.1:{server.server_port}/", answers)
    server.shutdown()
    server.server_close()


def test_a_fresh_stage_has_a_key_before_its_first_viewer(
    store: Store, cloudformation: CloudFormation
) -> None:
    assert cloudformation.ask("Create")["Status"] == "SUCCESS"
    (made,) = at_the_edge(store)
    assert in_the_secret() == [made]
    store.entries.clear()
    assert cloudformation.ask("Update")["Status"] == "SUCCESS"
    assert at_the_edge(store) == in_the_secret() == [made], "an update brings back what was lost"


def test_a_deployment_that_cannot_make_its_key_is_told_why(
    store: Store, cloudformation: CloudFormation
) -> None:
    aws.secrets().delete_secret(SecretId="keys", ForceDeleteWithoutRecovery=True)
    answer = cloudformation.ask("Create")
    assert answer["Status"] == "FAILED"
    assert "stream-1" in answer["Reason"]


def test_deleting_a_stage_leaves_the_keys_alone(
    store: Store, cloudformation: CloudFormation
) -> None:
    cloudformation.ask("Create")
    kept = at_the_edge(store)
    assert cloudformation.ask("Delete")["Status"] == "SUCCESS"
    assert at_the_edge(store) == kept == in_the_secret()
