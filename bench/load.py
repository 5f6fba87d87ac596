"""HTTP load on the local cloud, as a share of what a hello function beside ours can bear."""

import io
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from bench import cloud as clouds
from bench.results import path_of
from bench.row import Line, Progress, Row
from local.aws import client

CLIENTS, SECONDS, ROUNDS = (1, 8, 32), 4, 2
_MORE_SECONDS = 30
_HELLO = "def handler(event, context):\n    print('hello')\n    return {'statusCode': 200}\n"
_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
_FAULTS = re.compile(r"Non-2xx.*|Socket errors:.*")
Target = tuple[str, Mapping[str, str], str]
"""A path below the API, the headers, and the body of a POST, or ""."""
Round = tuple[float, list[str]]
"""Calls a second, and what went wrong in words."""


def measure(progress: Progress) -> Sequence[Line]:
    """Load each route and the hello function in turn, with more and more clients.

    Raises:
        RuntimeError: wrk is missing.
    """
    if not shutil.which("wrk"):
        raise RuntimeError("wrk is missing: apt-get install wrk")
    cloud = clouds.running(progress)
    lines = []
    with _hello(cloud) as path:
        targets: dict[str, Target] = {"hello": (path, {}, "")} | _targets(cloud)
        for clients in CLIENTS:
            progress(f"{clients} clients")
            found = {name: _rounds(cloud, target, clients) for name, target in targets.items()}
            hello = found.pop("hello")
            lines += [_line(name, clients, rounds, hello) for name, rounds in found.items()]
    return lines


def _rounds(cloud: Mapping[str, Any], target: Target, clients: int) -> list[Round]:
    """Load one route. The first round starts the processes of as many clients, and is left out."""
    return [_load(cloud, target, clients) for _ in range(1 + ROUNDS)][1:]


def _targets(cloud: Mapping[str, Any]) -> dict[str, Target]:
    viewer = clouds.guest(dict(cloud))
    drama = viewer.get("/dramas").body["items"][0]["id"]
    episode = viewer.get(f"/dramas/{drama}/episodes").body["items"][0]["id"]
    headers = {"authorization": f"Bearer {viewer.token}", "content-type": "application/json"}
    return {
        "playback": (f"/episodes/{episode}/playback", headers, "{}"),
        "wallet": ("/wallet", headers, ""),
        "drama": (f"/dramas/{drama}", {}, ""),
    }


def _load(cloud: Mapping[str, Any], target: Target, clients: int, seconds: int = SECONDS) -> Round:
    """Load a route for some seconds. A busy machine gets more time."""
    path, headers, body = target
    script = path_of("load") / "call.lua"
    lines = [
        f"wrk.headers[{json.dumps(name)}] = {json.dumps(one)}" for name, one in headers.items()
    ]
    if body:
        lines += ['wrk.method = "POST"', f"wrk.body = {json.dumps(body)}"]
    script.write_text("\n".join(lines))
    command = ["wrk", f"-c{clients}", f"-t{min(clients, 2)}", f"-d{seconds}s", "--timeout=30s"]
    ran = subprocess.run(
        [*command, "-s", str(script), cloud["api_url"] + path],
        capture_output=True,
        text=True,
        check=True,
        timeout=seconds + 60,
    )
    rate = _RATE.search(ran.stdout)
    found = float(rate[1]) if rate else 0.0
    if not found and seconds == SECONDS:
        return _load(cloud, target, clients, seconds=_MORE_SECONDS)
    return found, _FAULTS.findall(ran.stdout)


def _line(name: str, clients: int, rounds: list[Round], hello: list[Round]) -> Line:
    rates = [rate for rate, _ in rounds]
    most = max(rate for rate, _ in hello)
    faults = [fault for _, some in rounds for fault in some]
    return Line(
        what=f"{name}, {clients} client{'s' if clients > 1 else ''}",
        measured=f"{max(rates):.0f} a second, {'; '.join(faults) or 'no error'}",
        baseline=f"{most:.0f} a second",
        ratio=f"{max(rates) / most:.2f}" if most else "",
        goal="no error",
        met=not faults and min(rates) > 0,
    )


@contextmanager
def _hello(cloud: Mapping[str, Any]) -> Iterator[str]:
    """Deploy a hello function at our gateway, and take it away again."""
    where = {"endpoint": cloud["aws_endpoint_url"], "region": cloud["region"]}
    functions, gateway = client("lambda", **where), client("apigatewayv2", **where)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("hello.py", _HELLO)
    ours = functions.list_functions()["Functions"]
    (role,) = {one["Role"] for one in ours if "-api-Wallet" in one["FunctionName"]}
    made = functions.create_function(
        FunctionName="bench-hello",
        Runtime="python3.13",
        Role=role,
        Handler="hello.handler",
        Code={"ZipFile": archive.getvalue()},
        MemorySize=512,
    )
    (api,) = gateway.get_apis()["Items"]
    integration = gateway.create_integration(
        ApiId=api["ApiId"],
        IntegrationType="AWS_PROXY",
        IntegrationUri=made["FunctionArn"],
        PayloadFormatVersion="2.0",
    )["IntegrationId"]
    route = gateway.create_route(
        ApiId=api["ApiId"], RouteKey="GET /v1/bench-hello", Target=f"integrations/{integration}"
    )["RouteId"]
    functions.add_permission(
        FunctionName="bench-hello",
        StatementId="gateway",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
    )
    try:
        yield "/bench-hello"
    finally:
        gateway.delete_route(ApiId=api["ApiId"], RouteId=route)
        gateway.delete_integration(ApiId=api["ApiId"], IntegrationId=integration)
        functions.delete_function(FunctionName="bench-hello")


ROW = Row(
    name="load",
    title="HTTP load on the local cloud",
    measure=measure,
    reading=(
        "wrk calls through the local edge and the emulated gateway. Its figures say nothing of AWS:"
        " one process emulates all of it, each function runs in processes of this machine, and"
        " DynamoDB is one more load on the same cores. What counts is that no call fails, and what"
        " a route can bear as a share of a function that does nothing but write one line."
    ),
)
