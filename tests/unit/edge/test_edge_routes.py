"""The rest of the public port: the API, the demo player, the log, and the inner door."""

import json
import os
import signal
import time
from pathlib import Path

import pytest

from cliffhanger.errors import RouteNotFound
from cliffhanger.http import render
from tests.unit.edge.conftest import Viewer
from tests.unit.edge.edge_process import Answer, Edge, running_edge
from tests.unit.edge.fake_aws import KVS_ARN, FakeAws


def test_the_api_gets_the_request_as_it_was(edge: Edge) -> None:
    body = b'{"unlock": "coins"}'
    answer = edge.ask(
        "/v1/episodes/ep_1/playback?a=%2F&a=2",
        "POST",
        body,
        authorization="Bearer x",
        idempotency_key="k",
    )
    seen = json.loads(answer.body)
    assert (answer.status, answer.headers["x-own"]) == (201, "yes")
    assert answer.headers["cache-control"] == "max-age=60"
    assert seen["method"] == "POST"
    assert seen["path"] == "/_aws/execute-api/abcd1234/$default/v1/episodes/ep_1/playback?a=%2F&a=2"
    assert seen["body"] == body.decode()
    assert seen["headers"]["authorization"] == "Bearer x"
    assert seen["headers"]["idempotency-key"] == "k"


def test_what_only_cloudfront_may_say_is_not_taken_from_the_client(edge: Edge) -> None:
    forged = {
        "CloudFront-Viewer-Country": "IN",
        "cloudfront-viewer-address": "9.9.9.9",
        "x-origin-verify": "guessed",
        "x-forwarded-for": "9.9.9.9",
        "connection": "close, x-hop",
        "x-hop": "one connection only",
        "te": "trailers",
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in forged.items())
    answer = edge.send(f"GET /v1/dramas HTTP/1.1\r\nhost: edge.test\r\n{lines}\r\n".encode())
    seen = json.loads(answer.body)["headers"]
    assert seen["cloudfront-viewer-country"] == "US"
    assert seen["x-origin-verify"] == "of-the-edge"
    assert seen["x-forwarded-for"] == "9.9.9.9, 127.0.0.1"
    assert seen.keys().isdisjoint({"cloudfront-viewer-address", "x-hop", "te"})


def test_a_chunked_body_reaches_the_api_whole(edge: Edge) -> None:
    head = b"POST /v1/progress HTTP/1.1\r\nhost: edge.test\r\ntransfer-encoding: chunked\r\n\r\n"
    answer = edge.send(head + b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")
    assert json.loads(answer.body)["body"] == "hello world"


@pytest.mark.parametrize(
    "target",
    [
        "/v1/../_ministack/reset",
        "/v1/%2e%2e/x",
        "/v1//x",
        "/v1/..\\x",
        "/v1/..%5Cx",
        "/v1/a%2Fb",
        "/v1/dramas/%00",
    ],
)
def test_a_path_that_climbs_does_not_reach_the_api_and_is_answered_as_the_api_would(
    edge: Edge, target: str
) -> None:
    answer = edge.ask(target, "POST")
    assert answer.status == 404
    assert answer.headers["content-type"] == "application/problem+json"
    told = json.loads(answer.body)
    expected = render(RouteNotFound(told["detail"]))
    assert told == json.loads(expected["body"])
    assert expected["headers"].items() <= answer.headers.items()


def test_an_odd_id_reaches_the_api_and_no_file(edge: Edge) -> None:
    assert json.loads(edge.ask("/v1/dramas/a%5Cb").body)["path"].endswith("/v1/dramas/a%5Cb")
    assert edge.ask("/a%5Cb").status == 403


def test_an_api_that_is_down_is_a_502(tmp_path: Path) -> None:
    with running_edge("http://127.0.0.1:9", tmp_path) as edge:
        assert edge.ask("/v1/dramas").status == 502
        viewer = Viewer()
        assert edge.ask(viewer.path(viewer.token())).status == 403


def test_the_door_is_open_before_the_deployment_and_the_edge_after_it(
    aws: FakeAws, tmp_path: Path
) -> None:
    store = f"http://kvs.internal/key-value-stores/{KVS_ARN}/keys/none"
    with running_edge(aws.url, tmp_path, api_id=None, kvs_arn=None, media_bucket=None) as edge:
        assert edge.ask("/v1/dramas").status == 503
        assert edge.ask("/media/x").status == 503
        assert json.loads(edge.ask("/_edge/health").body) == {"ready": False}
        assert through(edge, store).status == 404

        config = json.loads((tmp_path / "edge.json").read_text())
        deployed = {"api_id": "abcd1234", "kvs_arn": KVS_ARN, "media_bucket": "media-bucket"}
        (tmp_path / "edge.json").write_text(json.dumps(config | deployed))
        os.kill(edge.pid, signal.SIGHUP)
        deadline = time.monotonic() + 5
        while edge.ask("/v1/dramas").status == 503 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert edge.ask("/v1/dramas").status == 201
        assert json.loads(edge.ask("/_edge/health").body) == {"ready": True}


def test_the_demo_player_and_the_api_reference_are_served_with_their_libraries(edge: Edge) -> None:
    for target, content_type, part in [
        ("/", "text/html", b"<title>demo"),
        ("/demo/", "text/html", b"<title>demo"),
        ("/demo/player.js?v=1", "text/javascript", b"play()"),
        ("/vendor/hls.min.mjs", "text/javascript", b"Hls"),
        ("/docs/", "text/html", b"<title>Cliffhanger API"),
        ("/docs/reference.js", "text/javascript", b"SwaggerUIBundle"),
        ("/docs/openapi.json", "application/json", b'"openapi": "3.1.0"'),
        ("/vendor/swagger-ui.css", "text/css", b".swagger-ui"),
        ("/vendor/swagger-ui-bundle.js", "text/javascript", b"SwaggerUIBundle"),
    ]:
        answer = edge.ask(target)
        assert answer.status == 200
        assert part in answer.body
        assert answer.headers["content-type"].startswith(content_type)


@pytest.mark.parametrize(
    "target",
    [
        "/demo/../secret.txt",
        "/demo/%2e%2e/secret.txt",
        "/demo/..%2fsecret.txt",
        "/demo/..\\secret.txt",
        "/demo//etc/passwd",
        "/demo/link.txt",
        "/demo/.hidden",
        "/secret.txt",
        "/player.js",
        "/vendor/../package.json",
        "/vendor/hls.js",
        "/vendor/toString",
        "/docs",
        "/docs/pipeline.md",
        "/docs/../openapi.json",
        "/demo",
    ],
)
def test_nothing_else_is_served(edge: Edge, target: str) -> None:
    demo = edge.log.parent / "demo"
    (demo / ".hidden").write_text("hidden")
    if not (demo / "link.txt").is_symlink():
        (demo / "link.txt").symlink_to(edge.log.parent / "secret.txt")
    assert edge.ask(target).status in {403, 404}


def test_the_log_has_a_line_a_request_and_no_token(edge: Edge, viewer: Viewer) -> None:
    token = viewer.token()
    edge.ask(viewer.path(token) + f"?token={token}")
    for spelling in ("/MEDIA/", "//media/", "/x/%2e/media/"):
        edge.ask(viewer.path(token).replace("/media/", spelling, 1))
    edge.ask(f"/v1/{token}?token={token}", authorization=f"Bearer {token}")
    edge.ask("/_edge/health")
    log = edge.log.read_text()
    assert (
        f'"path":"/media/k2026a.***/{viewer.drama_id}/1/3/segment_1.m4s","status":200,"cache":"Miss"'
        in log
    )
    assert token[12:52] not in log
    assert token[-40:] not in log


def through(edge: Edge, target: str, method: str = "GET") -> Answer:
    lines = [f"{method} {target} HTTP/1.1", "host: 000000000000.kvs.internal"]
    lines += ["authorization: AWS4-HMAC-SHA256 x", "", ""]
    return edge.send("\r\n".join(lines).encode(), port=edge.inner_port)


def test_the_inner_door_leads_to_the_key_value_store(edge: Edge, aws: FakeAws) -> None:
    aws.keys["revoked:x"] = "1"
    answer = through(
        edge, f"http://000000000000.kvs.internal/key-value-stores/{KVS_ARN}/keys/revoked%3Ax"
    )
    assert json.loads(answer.body) == {"Key": "revoked:x", "Value": "1"}


@pytest.mark.parametrize(
    "target",
    [
        "/key-value-stores/x/keys",
        "http://kvs.internal/",
        "http://kvs.internal/_ministack/reset",
        "http://kvs.internal.example.com/key-value-stores/x",
        "http://examplekvs.internal/key-value-stores/x",
        "http://kvs.internal@127.0.0.1/key-value-stores/x",
        "http://127.0.0.1/key-value-stores/x",
        "http://kvs.internal:8080/key-value-stores/x",
        "https://kvs.internal/key-value-stores/x",
    ],
)
def test_the_inner_door_leads_nowhere_else(edge: Edge, target: str) -> None:
    assert through(edge, target).status == 403


def test_the_inner_door_opens_no_tunnel(edge: Edge) -> None:
    with pytest.raises((ConnectionError, OSError)):
        through(edge, "kvs.internal:443", "CONNECT")
