"""The stacks tell a function exactly what its code asks for, under the names it asks by."""

import importlib
from collections.abc import Iterator
from typing import Any

import pytest

from cliffhanger.settings import PREFIX, Settings
from tests.contract.reach import settings_of
from tests.contract.sources import modules
from tests.infra.conftest import Templates, functions, local, local_folder, prod, prod_folder

__all__ = ["local", "local_folder", "prod", "prod_folder"]  # fixtures

NAMES = sorted(name.split(".")[1] for name in modules() if name.endswith(".handler"))
POWERTOOLS = "POWERTOOLS_SERVICE_NAME"


def models() -> dict[str, type[Settings]]:
    """Every settings model of the package, by name."""
    for name in modules():
        if name.startswith("cliffhanger."):
            importlib.import_module(name)
    found = list(below(Settings))
    named = {one.__name__: one for one in found}
    assert len(named) == len(found), "two settings models have the same name"
    return named


def below(model: type[Settings]) -> Iterator[type[Settings]]:
    for one in model.__subclasses__():
        yield one
        yield from below(one)


def asked_for(name: str) -> set[str]:
    """The variables that a function's code may read."""
    known = models()
    return {
        PREFIX + field.upper()
        for model in settings_of(f"functions.{name}.handler")
        for field in known[model].model_fields
    }


def told(function: dict[str, Any]) -> dict[str, Any]:
    variables: dict[str, Any] = function["Environment"]["Variables"]
    return variables


@pytest.mark.parametrize("name", NAMES)
def test_a_function_is_told_what_its_code_asks_for_and_nothing_else(
    prod: Templates, name: str
) -> None:
    assert asked_for(name)
    assert set(told(functions(prod)[name])) == asked_for(name) | {POWERTOOLS}


@pytest.mark.parametrize("name", NAMES)
def test_a_function_is_named_in_its_log_by_its_folder(prod: Templates, name: str) -> None:
    assert told(functions(prod)[name])[POWERTOOLS] == name


@pytest.mark.parametrize("name", NAMES)
def test_the_local_cloud_tells_it_the_same_and_where_its_stand_ins_listen(
    prod: Templates, local: Templates, name: str
) -> None:
    here, there = told(functions(local)[name]), told(functions(prod)[name])
    assert set(there) <= set(here)
    for extra in set(here) - set(there):
        assert extra.startswith("AWS_ENDPOINT_URL_") or extra in {"HTTP_PROXY", "NO_PROXY"}
