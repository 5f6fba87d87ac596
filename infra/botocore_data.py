"""What the layers keep of botocore's description of AWS: the services that our code calls.

It describes some four hundred services. Their folders are listed at each cold start, and are most
of the layer's bytes; the file of all their endpoints, more than a megabyte, is parsed at each. So
is the description of a service that is called, and most of that is documentation.
"""

import ast
import gzip
import json
import shutil
from pathlib import Path
from typing import Any

_CODE = [Path(__file__).parent.parent / name for name in ("layers/cliffhanger", "functions")]
_ALWAYS = {"sts"}  # how credentials of a role are got


def services() -> set[str]:
    """Return every service that code in Lambda makes a client of: `client("sqs")`."""
    found = set(_ALWAYS)
    for folder in _CODE:
        for path in folder.rglob("*.py"):
            found |= {_service(node) for node in ast.walk(ast.parse(path.read_text()))} - {""}
    return found


def facts() -> list[str]:
    """Return what decides what is kept, for the hash of a layer."""
    return [Path(__file__).read_text(), *sorted(services())]


def keep(data: Path, wanted: set[str]) -> None:
    """Delete the folders of all other services, their endpoints, and what nobody reads in Lambda.

    Where a service has an endpoint prefix of another name, its endpoints are deleted too: botocore
    then finds its host by the pattern of the region's partition. A test says that none has one.
    """
    for folder in data.iterdir():
        if folder.is_dir() and folder.name not in wanted:
            shutil.rmtree(folder)
    for file in data.rglob("service-2.json.gz"):
        described = _undocumented(json.loads(gzip.decompress(file.read_bytes())))
        file.write_bytes(gzip.compress(json.dumps(described).encode(), mtime=0))
    endpoints = data / "endpoints.json"
    told = json.loads(endpoints.read_text())
    for partition in told["partitions"]:
        known = partition["services"]
        partition["services"] = {name: known[name] for name in sorted(wanted & known.keys())}
    endpoints.write_text(json.dumps(told))


def _undocumented(described: Any) -> Any:
    """Return a description with empty texts: botocore asks for some of them."""
    if isinstance(described, dict):
        return {
            name: "" if name == "documentation" and isinstance(one, str) else _undocumented(one)
            for name, one in described.items()
        }
    return [_undocumented(one) for one in described] if isinstance(described, list) else described


def _service(node: ast.AST) -> str:
    """Return the name that a call of `client`, or of a method of that name, begins with."""
    if not isinstance(node, ast.Call) or not node.args:
        return ""
    called = node.func
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    first = node.args[0]
    known = name == "client" and isinstance(first, ast.Constant) and isinstance(first.value, str)
    return str(first.value) if known and isinstance(first, ast.Constant) else ""
