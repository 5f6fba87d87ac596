"""Our own modules, and what each of them imports."""

import ast
from functools import cache
from pathlib import Path

from local.layout import ROOT

LAYER = ROOT / "layers" / "cliffhanger" / "python"
PACKAGE = LAYER / "cliffhanger"
CONTEXTS = {one.parent.name for one in PACKAGE.glob("*/__init__.py")}


def modules() -> dict[str, Path]:
    """Every module that runs in AWS, by its full name."""
    found = {}
    for root, folder in ((LAYER, PACKAGE), (ROOT, ROOT / "functions")):
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imported(name: str, path: Path) -> set[str]:
    """What a module imports anywhere in it: modules, and `module.name` for what it takes of one.

    Relative imports are written out in full.
    """
    found: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found.update(one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = source_of(node, name, path)
            found.add(source)
            found.update(f"{source}.{one.name}" for one in node.names)
    return found


def source_of(node: ast.ImportFrom, name: str, path: Path) -> str:
    """The full name of the module that `from ... import` takes from."""
    package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    base = package[: len(package) - node.level + 1] if node.level else []
    return ".".join([*base, *([node.module] if node.module else [])])


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))
