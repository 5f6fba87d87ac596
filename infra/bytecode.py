"""Bytecode beside the sources of what is deployed.

A layer is read-only, so Python can keep nothing there that it compiled: without bytecode in the
asset, each cold start compiles every module it imports, which more than doubles its CPU time. The
asset's zip rounds times to two seconds, so bytecode that is checked by its source's time would
silently be ignored: these files are not checked at all, which is right for files that never change.
"""

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

RUNTIME = "3.13"
"""The version of Python that runs the functions."""


def compile_folder(folder: Path, python: str) -> None:
    """Compile every module of a layer's folder. Tracebacks name it by where layers stand.

    A file that does not compile keeps its source alone: libraries carry templates and examples.
    """
    options = ["-q", "--invalidation-mode", "unchecked-hash", "-s", str(folder), "-p", "/opt"]
    command = [python, "-I", "-m", "compileall", *options, str(folder)]
    subprocess.run(command, check=False, capture_output=True)


@cache
def interpreter(version: str) -> str | None:
    """Return an interpreter of just this version, such as "3.13", or None where there is none.

    Bytecode is the same on every machine and for every patch of a version, but good for no other
    version: the version that runs it makes it, or nobody does.
    """
    candidates = [sys.executable, shutil.which(f"python{version}")]
    return next((one for one in candidates if one and version_of(one) == version), None)


def version_of(python: str) -> str:
    """Return the version of an interpreter, such as "3.13"; "" when it does not run."""
    asked = "import sys; print(*sys.version_info[:2], sep='.')"
    said = subprocess.run([python, "-I", "-c", asked], check=False, capture_output=True, text=True)
    return said.stdout.strip()
