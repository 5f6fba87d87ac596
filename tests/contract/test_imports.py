"""Imports run one way: functions, then a context, then the kernel."""

from pathlib import Path

import pytest

from tests.contract.sources import CONTEXTS, PACKAGE, imported, modules

MODULES = modules()
KERNEL = {name for name, path in MODULES.items() if path.parent == PACKAGE}
TOOLS = {
    "aws_cdk",
    "boto3",
    "cli",
    "functions",
    "infra",
    "local",
    "moto",
    "operations",
    "pytest",
    "typer",
}
FUNCTIONS = {name.split(".")[1] for name in MODULES if name.startswith("functions.")}


def context_of(name: str) -> str | None:
    """The context that a module belongs to, if it is of one."""
    parts = name.split(".")
    return parts[1] if parts[0] == "cliffhanger" and parts[1:2] and parts[1] in CONTEXTS else None


def test_there_are_modules_of_every_kind_to_look_at() -> None:
    assert {"cliffhanger.errors", "cliffhanger.dynamo"} <= KERNEL
    assert {"catalog", "media", "playback"} <= CONTEXTS
    assert {"catalog", "studio", "viewing"} <= FUNCTIONS


@pytest.mark.parametrize("name", sorted(KERNEL))
def test_the_kernel_knows_no_context(name: str) -> None:
    assert not [one for one in imported(name, MODULES[name]) if context_of(one)]


@pytest.mark.parametrize("context", sorted(CONTEXTS))
def test_a_context_calls_anothers_service_and_never_its_repository(context: str) -> None:
    for name, path in MODULES.items():
        if context_of(name) == context:
            for one in imported(name, path):
                foreign = context_of(one) not in {None, context}
                assert not (foreign and "repository" in one.split(".")), (name, one)


def test_the_domain_knows_neither_functions_nor_tools() -> None:
    for name, path in MODULES.items():
        if name.startswith("cliffhanger"):
            assert not {one.split(".")[0] for one in imported(name, path)} & TOOLS, name


def test_a_function_knows_contexts_and_no_repository_tool_or_other_function() -> None:
    for name, path in MODULES.items():
        parts = name.split(".")
        if parts[0] != "functions" or len(parts) < 3:
            continue
        found = imported(name, path)
        assert not [one for one in found if "repository" in one.split(".")], name
        assert not {one.split(".")[0] for one in found} & (TOOLS - {"functions"}), name
        others = {one.split(".")[1] for one in found if one.startswith("functions.")}
        assert others <= {parts[1]}, name


def test_a_relative_import_is_seen_for_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "sitting.py"
    path.write_text("from ..catalog import repository\nfrom . import token\n")
    assert imported("cliffhanger.playback.sitting", path) >= {
        "cliffhanger.catalog.repository",
        "cliffhanger.playback.token",
    }
