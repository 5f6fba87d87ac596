"""Imports run one way: functions, then a context, then the kernel. Nothing happens at import."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from local.layout import ROOT

PACKAGE = ROOT / "layers" / "cliffhanger" / "python" / "cliffhanger"
CONTEXTS = {one.name for one in PACKAGE.iterdir() if (one / "__init__.py").exists()}
FOREIGN = {"boto3", "aws_cdk", "infra", "local", "functions", "moto", "typer"}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield from (f"{node.module}.{name.name}" for name in node.names)


def modules(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def test_the_kernel_knows_no_context() -> None:
    for path in sorted(PACKAGE.glob("*.py")):
        for name in imports(path):
            parts = name.split(".")
            assert parts[0] != "cliffhanger" or parts[1] not in CONTEXTS, (path.name, name)


def test_a_context_leaves_anothers_repository_alone() -> None:
    for context in CONTEXTS:
        for path in modules(PACKAGE / context):
            for name in imports(path):
                parts = name.split(".")
                if parts[0] == "cliffhanger" and parts[1] in CONTEXTS - {context}:
                    assert "repository" not in parts, (path, name)


def test_the_domain_knows_neither_functions_nor_tools() -> None:
    for path in modules(PACKAGE):
        assert not {name.split(".")[0] for name in imports(path)} & FOREIGN, path


def test_functions_reach_no_repository() -> None:
    for path in modules(ROOT / "functions"):
        assert not [name for name in imports(path) if "repository" in name.split(".")], path


def test_importing_every_handler_needs_no_environment_and_makes_no_client() -> None:
    code = f"""
import os, sys
os.environ.clear()
sys.path[:0] = [{str(ROOT)!r}, {str(PACKAGE.parent)!r}]
import importlib, pathlib
for path in sorted(pathlib.Path({str(ROOT)!r}, "functions").glob("*/handler.py")):
    importlib.import_module(f"functions.{{path.parent.name}}.handler")
heavy = {{"botocore", "boto3", "awscrt", "aws_lambda_powertools"}} & set(sys.modules)
assert not heavy, heavy
"""
    ran = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
