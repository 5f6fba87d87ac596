"""Warm CPU of one call, with AWS answered at the socket, against its bare calls of botocore."""

import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench import canned_aws, deployed, recording, warm_process
from bench.clockwork import Times
from bench.deployed import LAYERS_OF, PYTHON
from bench.recording import Recording
from bench.results import path_of
from bench.row import Line, Progress, Row, against

ROUNDS, GOAL = 30, 1.5


def measure(progress: Progress) -> Sequence[Line]:
    """Record each operation once, and play it back to the function as it is deployed."""
    progress("installing the layers")
    deployed.build()
    progress("recording")
    lines = []
    for name, recorded in recording.record().items():
        progress(name)
        ours, bare = played(recorded, path_of("warm") / f"{name}.pickle")
        judged = against(ours.least, bare.least, GOAL)
        count = len(recorded.calls)
        what = f"{name} ({count} call{'s' if count > 1 else ''} of AWS)"
        lines.append(Line(what=what, measured=ours.text(), baseline=bare.text(), **judged))
    return lines


def played(recorded: Recording, path: Path) -> tuple[Times, Times]:
    """Return the CPU of one call of the function, and of the bare calls that it makes."""
    recording.save(recorded, path)
    with _server(path) as port:
        environment = {
            **recorded.environment,
            **deployed.environment(LAYERS_OF[recorded.function]),
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        }
        command = [PYTHON, "-S", str(warm_process.__file__), str(path), str(ROUNDS)]
        ran = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=120
        )
    if ran.returncode:
        raise RuntimeError(ran.stderr[-2000:])
    ours, bare = zip(*json.loads(ran.stdout), strict=True)
    return Times(tuple(ours)), Times(tuple(bare))


@contextmanager
def _server(path: Path) -> Iterator[int]:
    command = [PYTHON, str(canned_aws.__file__), str(path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()


ROW = Row(
    name="warm",
    title="Warm CPU of one call, AWS answered at the socket",
    measure=measure,
    reading=(
        "The function as deployed, in a process of its own, answers one event again and again; AWS"
        " is a socket that gives recorded answers, in another process, so what is measured is our"
        " code and botocore. The baseline is the same calls with the same parameters on the same"
        " client, in the same process, round by round. A playback check makes a single call, so"
        " nothing hides what comes on top of it: the signed token, one log line and the answer are"
        " most of that. A purchase is Apple's signature on top of its calls. The first of a quarter"
        " of an hour is verified offline, to turn away what is forged before anyone is asked, and"
        " then online; while Apple's word on the chain is remembered, online alone, with the chain"
        " not walked again. That first one is not measured here: see the row of Apple's"
        " verification."
    ),
)
