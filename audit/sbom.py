"""The bill of materials: what stands in the layers and beside the local cloud, as CycloneDX."""

import json
from collections.abc import Iterator
from pathlib import Path

from audit.findings import Place, Ran, Run, ToolBroken

_PYTHON = {
    "layer-core": "layers/dependencies/core.txt",
    "layer-signing": "layers/dependencies/signing.txt",
    "layer-stores": "layers/dependencies/stores.txt",
    "tools": "requirements/run.txt",
    "ministack": "requirements/ministack.txt",
}


def build(place: Place, run: Run, folder: Path) -> dict[str, int]:
    """Write one bill for each lock file, and return how many libraries each has.

    Raises:
        ToolBroken: a bill could not be written, or is empty.
    """
    folder.mkdir(parents=True, exist_ok=True)
    counted = {}
    for name, text in _bills(place, run):
        counted[name] = count(text)
        (folder / f"{name}.cdx.json").write_text(text)
    return counted


def _bills(place: Place, run: Run) -> Iterator[tuple[str, str]]:
    how = ["requirements", "--output-reproducible", "--output-format", "JSON"]
    for name, lock in _PYTHON.items():
        yield name, _written(run([str(place.bin / "cyclonedx-py"), *how, lock]))
    npm = ["npm", "sbom", "--sbom-format", "cyclonedx", "--package-lock-only"]
    yield "npm", _written(run(npm))


def _written(ran: Ran) -> str:
    if ran.code:
        raise ToolBroken(ran.err or ran.out)
    return ran.out


def count(text: str) -> int:
    """Return how many libraries a bill has.

    Raises:
        ToolBroken: it is no bill, or has none.
    """
    try:
        bill = json.loads(text)
        found = len(bill["components"]) if bill["bomFormat"] == "CycloneDX" else 0
    except (ValueError, KeyError, TypeError) as error:
        raise ToolBroken(f"no bill of materials, but: {text[:200]}") from error
    if not found:
        raise ToolBroken("a bill of materials has no library")
    return found
