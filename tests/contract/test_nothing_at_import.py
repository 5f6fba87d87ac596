"""Importing a module does nothing: no client, no environment, no clock, no random.

Every module that runs in AWS is imported in a process that watches each call made meanwhile.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from local.layout import ROOT
from tests.contract.sources import LAYER, modules

WATCH = """
import importlib, os, sys, types

folders, names = sys.argv[1].split(os.pathsep), sys.argv[2:]
sys.path[:0] = folders
os.environ.clear()
OURS = tuple(folder + os.sep for folder in folders)
CLOCK = {"time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "localtime", "gmtime"}
NOW = {"now", "utcnow", "today"}
seen = []

def is_ours(frame):
    path = frame.f_code.co_filename if frame else ""
    return path.startswith(OURS) and "site-packages" not in path and f"{os.sep}.venv" not in path

def watch(frame, event, argument):
    if event == "c_call" and is_ours(frame):
        module, name = getattr(argument, "__module__", None), argument.__name__
        owner = getattr(argument, "__self__", None)
        if (module == "time" and name in CLOCK) or (isinstance(owner, type) and name in NOW):
            tell(frame, "the clock")
        elif name in {"urandom", "getrandbits"} or type(owner).__name__ == "SystemRandom":
            tell(frame, "random")
        elif name == "open":
            tell(frame, "a file")
    elif event == "call" and is_ours(frame.f_back):
        source = frame.f_globals.get("__name__", "")
        if frame.f_code is os.getenv.__code__ or frame.f_locals.get("self") is os.environ:
            tell(frame.f_back, "the environment")
        elif source in {"random", "secrets", "uuid"}:
            tell(frame.f_back, "random")

def tell(frame, what):
    seen.append(f"{frame.f_code.co_filename}:{frame.f_lineno}: {what}")

sys.setprofile(watch)
for name in names:
    importlib.import_module(name)
sys.setprofile(None)
for library in ("botocore", "boto3", "awscrt", "aws_lambda_powertools"):
    if library in sys.modules:
        seen.append(f"{library}: loaded before it is needed")
sys.exit("\\n".join(seen) or 0)
"""


def watched(folders: list[Path], *names: str) -> str:
    """Import modules in a process of their own and return what they did, a line each."""
    places = ":".join(str(folder) for folder in folders)
    ran = subprocess.run(
        [sys.executable, "-c", WATCH, places, *names], check=False, capture_output=True, text=True
    )
    assert ran.returncode == 0 or "Traceback" not in ran.stderr, ran.stderr
    return ran.stderr.strip()


def test_importing_everything_that_runs_in_aws_does_nothing() -> None:
    names = [name for name in modules() if name != "functions.api_document"]
    assert len(names) > 40
    assert watched([LAYER, ROOT], *names) == ""


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("import os\nREGION = os.environ.get('AWS_REGION')", "the environment"),
        ("import os\nREGION = os.getenv('AWS_REGION')", "the environment"),
        ("import os\nHERE = 'AWS_REGION' in os.environ", "the environment"),
        ("import time\nSTARTED = time.time()", "the clock"),
        ("from datetime import UTC, datetime\nSTARTED = datetime.now(UTC)", "the clock"),
        ("import random\nDICE = random.randint(1, 6)", "random"),
        ("import secrets\nKEY = secrets.token_bytes(32)", "random"),
        ("WORDS = open(__file__).read()", "a file"),
        ("import botocore.session", "botocore: loaded"),
        (
            "import functools\n@functools.cache\ndef f():\n    import time\n    return time.time()",
            "",
        ),
    ],
)
def test_what_a_module_does_at_import_is_seen(tmp_path: Path, line: str, what: str) -> None:
    (tmp_path / "eager.py").write_text(line)
    found = watched([tmp_path], "eager")
    assert what in found
    assert bool(found) is bool(what)
