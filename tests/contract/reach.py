"""What a function's code may come to, followed by name from its handler on.

A call of `load(UploadSettings)` that the handler can reach is a setting that the function needs.
"""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from tests.contract.sources import modules, parsed, source_of

Place = tuple[str, str]
"""A module, and what stands at its top level under a name."""


def settings_of(start: str) -> set[str]:
    """The names of the settings models that the code of a module may load."""
    found: set[str] = set()
    seen: set[Place] = set()
    left = [(start, name) for name in _definitions(start)]
    while left:
        place = left.pop()
        if place in seen:
            continue
        seen.add(place)
        module, name = place
        for node in _definitions(module).get(name, ()):
            found.update(_loaded(node))
            left += _named(module, node)
    return found


def _loaded(node: ast.AST) -> Iterator[str]:
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
            if call.func.id != "load":
                continue
            (asked,) = call.args
            assert isinstance(asked, ast.Name), "load() takes a settings model by its name"
            yield asked.id


def _named(module: str, node: ast.AST) -> Iterator[Place]:
    """Every place of ours that a definition names: `sign`, or `token.sign` of a module."""
    imports = _imports(module)
    for one in ast.walk(node):
        if isinstance(one, ast.Name):
            yield (module, one.id)
            if one.id in imports:
                source, _, name = imports[one.id].rpartition(".")
                yield (source, name)
        elif isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name):
            yield (imports.get(one.value.id, ""), one.attr)


@cache
def _definitions(module: str) -> Mapping[str, tuple[ast.stmt, ...]]:
    """What stands at the top level of a module of ours, by name."""
    path = modules().get(module)
    found: dict[str, tuple[ast.stmt, ...]] = {}
    for node in parsed(path).body if path else ():
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names = [node.name]
        elif isinstance(node, ast.Assign):
            names = [one.id for one in node.targets if isinstance(one, ast.Name)]
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names = [node.target.id]
        else:
            continue
        for name in names:
            found[name] = (*found.get(name, ()), node)
    return found


@cache
def _imports(module: str) -> Mapping[str, str]:
    """What each imported name of a module stands for, in full."""
    path: Path = modules()[module]
    found: dict[str, str] = {}
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.ImportFrom):
            source = source_of(node, module, path)
            found |= {one.asname or one.name: f"{source}.{one.name}" for one in node.names}
    return found
