"""One warm function as deployed, against the bare calls that it makes: prints CPU seconds a call.

Run by a Python that finds the function and its layers alone: `warm_process.py RECORDING ROUNDS`.
"""

import gc
import importlib
import json
import os
import pickle
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_CALLS_OF_A_ROUND = 20


class Context:
    """What Lambda hands over beside the event."""

    aws_request_id = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"


def main() -> None:
    """Play both in turn."""
    kept: dict[str, Any] = pickle.loads(Path(sys.argv[1]).read_bytes())
    sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - the functions' log, for good
    handler = importlib.import_module(f"{kept['function']}.handler").handler
    if kept["function"] == "purchases":
        _trust_the_chain()
    first, again = kept["events"]
    for event in (first, again):
        answered = handler(event, Context)
        if answered["statusCode"] >= 300:
            sys.exit(f"refused: {answered}")
    calls = [_bare(*one) for one in kept["calls"]]

    def bare() -> None:
        for call in calls:
            call()

    def ours() -> None:
        if handler(again, Context)["statusCode"] >= 300:
            sys.exit("refused in the middle of it")

    rounds = [(_seconds(ours), _seconds(bare)) for _ in range(int(sys.argv[2]))]
    os.write(1, json.dumps(rounds).encode())
    os._exit(0)


def _trust_the_chain() -> None:
    """Let Apple have called the chain good: its library then remembers it for a while."""
    from appstoreserverlibrary import signed_data_verifier  # noqa: PLC0415

    signed_data_verifier._ChainVerifier.check_ocsp_status = lambda *_: None  # type: ignore[method-assign]


def _bare(service: str, operation: str, asked: dict[str, Any]) -> Callable[[], Any]:
    """Return a call as a script would make it, with botocore's client and nothing around it."""
    from botocore import xform_name  # noqa: PLC0415 - only the function's own layers are there

    from cliffhanger import aws  # noqa: PLC0415

    short = {"secretsmanager": "secrets"}.get(service, service)
    method = getattr(getattr(aws, short)(), xform_name(operation))
    return lambda: method(**asked)


def _seconds(work: Callable[[], None]) -> float:
    gc.collect()
    start = time.process_time()
    for _ in range(_CALLS_OF_A_ROUND):
        work()
    return (time.process_time() - start) / _CALLS_OF_A_ROUND


if __name__ == "__main__":
    main()
