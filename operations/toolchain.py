"""The tools that a deployment needs on this machine."""

import re
import subprocess

_NODE = 20


def node_fault(path: str | None) -> str | None:
    """Say what is wrong with the Node.js at a path, if anything is."""
    if path is None:
        return f"Node.js is missing. Install version {_NODE} or later."
    said = subprocess.run([path, "--version"], check=False, capture_output=True, text=True)
    found = re.match(r"v(\d+)\.", said.stdout)
    if found is None or int(found[1]) < _NODE:
        version = said.stdout.strip() or "does not start"
        return f"Node.js {version} is too old. Install version {_NODE} or later."
    return None
