"""The functions as they stand in Lambda: layers below /opt, the function's folder below /var/task.

The layers are installed from their own lock files, for the Python that measures, and compiled and
trimmed as `infra/layers.py` does it. A second copy is left as sources, to see what that is worth.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from infra import botocore_data, bytecode
from local.layout import ROOT

PLACE = ROOT / ".bench"
USUAL_STACK = ROOT / "requirements" / "bench.txt"
LAYERS = ROOT / "layers" / "dependencies"
PYTHON = getattr(sys, "_base_executable", sys.executable)

CORE = ("core", "domain")
STORES = ("core", "stores", "domain")
LAYERS_OF = {
    "catalog": CORE,
    "entitlements": CORE,
    "identity": CORE,
    "playback_keys": ("core", "signing", "domain"),
    "purchase_events": STORES,
    "purchases": STORES,
    "retention": CORE,
    "store_notices": STORES,
    "studio": CORE,
    "transcoding": CORE,
    "viewing": CORE,
    "wallet": CORE,
}
"""Which layers each function carries. A test compares it with the stacks."""


def build() -> None:
    """Build what is missing or out of date."""
    for name in ("core", "signing", "stores"):
        _install(LAYERS / f"{name}.txt", PLACE / "opt" / name)
    _install(USUAL_STACK, PLACE / "opt" / "usual_stack", whole=True)
    _copy(ROOT / "layers" / "cliffhanger" / "python", PLACE / "opt" / "domain")
    _copy(ROOT / "functions", PLACE / "task")
    _copy(ROOT / "bench" / "usual_stack", PLACE / "usual_stack", inside="usual_stack")


def environment(
    layers: Sequence[str], task: str = "task", *, sources: bool = False, **more: str
) -> dict[str, str]:
    """Return the environment of a bare Python that finds one function and its layers alone."""
    kind = "sources" if sources else "compiled"
    folders = [PLACE / task / "sources", *(PLACE / "opt" / name / kind for name in layers)]
    return {
        "PYTHONPATH": os.pathsep.join(map(str, folders)),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PATH": os.environ["PATH"],
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "POWERTOOLS_SERVICE_NAME": "bench",
        **more,
    }


def _install(lock: Path, to: Path, *, whole: bool = False) -> None:
    mark = to / "done"
    facts = [lock.read_text(), sys.version, *([] if whole else botocore_data.facts())]
    digest = hashlib.sha256("\n".join(facts).encode()).hexdigest()
    if mark.exists() and mark.read_text() == digest:
        return
    shutil.rmtree(to, ignore_errors=True)
    uv = str(Path(sys.executable).parent / "uv")
    command = [uv, "pip", "install", "--quiet", "--no-compile-bytecode", "--require-hashes"]
    where = ["--python", sys.executable, "--target", str(to / "sources")]
    subprocess.run([*command, "--only-binary=:all:", *where, "-r", str(lock)], check=True)
    data = to / "sources" / "botocore" / "data"
    if data.exists() and not whole:
        botocore_data.keep(data, botocore_data.services())
    _copy(to / "sources", to)
    mark.write_text(digest)


def _copy(source: Path, to: Path, *, inside: str = "") -> None:
    """Copy sources once as they are, and once compiled."""
    for kind in ("sources", "compiled"):
        if source == to / kind:
            continue
        shutil.rmtree(to / kind, ignore_errors=True)
        shutil.copytree(source, to / kind / inside, ignore=shutil.ignore_patterns("__pycache__"))
    bytecode.compile_folder(to / "compiled", PYTHON)
