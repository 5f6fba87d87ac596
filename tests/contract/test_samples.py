"""The Swift and Kotlin samples are whole, and name nothing that the API document does not have."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import tree_sitter
import tree_sitter_kotlin
import tree_sitter_swift

from functions.api_document import FILE
from local.layout import ROOT

SAMPLES = ROOT / "docs" / "samples"
GRAMMARS = {"swift": tree_sitter_swift, "kotlin": tree_sitter_kotlin}
FIELD = {"swift": r"let (\w+):", "kotlin": r"val (\w+):"}
EACH = pytest.mark.parametrize("language", GRAMMARS)
KOTLINS_OWN = {"Refused"}


@cache
def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text())
    return found


def files(language: str) -> list[Path]:
    return sorted(path for path in (SAMPLES / language).iterdir() if path.is_file())


def text(language: str) -> str:
    return "\n".join(path.read_text() for path in files(language))


def faults(node: tree_sitter.Node) -> Iterator[str]:
    if node.is_error or node.is_missing:
        yield f"line {node.start_point.row + 1}"
    for child in node.children:
        yield from faults(child)


def models(language: str) -> dict[str, set[str]]:
    """The fields of each model, in the API's spelling."""
    (source,) = [path.read_text() for path in files(language) if path.stem == "Models"]
    found = {}
    for name, body in re.findall(r"(?:struct|class) (\w+)(.*?)(?=\n\n|\Z)", source, re.DOTALL):
        fields = re.findall(FIELD[language], body)
        found[name] = {re.sub(r"(?<!^)([A-Z])", r"_\1", one).lower() for one in fields}
    return {name: fields for name, fields in found.items() if name not in KOTLINS_OWN}


@EACH
def test_every_file_parses(language: str) -> None:
    parser = tree_sitter.Parser(tree_sitter.Language(GRAMMARS[language].language()))
    assert len(files(language)) == 3
    for path in files(language):
        assert list(faults(parser.parse(path.read_bytes()).root_node)) == [], path.name


@EACH
def test_the_models_are_schemas_of_the_document_and_have_their_fields(language: str) -> None:
    schemas = document()["components"]["schemas"]
    found = models(language)
    assert {"Guest", "PublicDrama", "Playback", "PurchaseInput", "PurchaseAnswer"} <= set(found)
    for name, fields in found.items():
        known = set(schemas[name]["properties"])
        if name == "ProblemDocument":
            known |= {"price", "balance"}  # members of the 402
        assert fields, name
        assert fields <= known, name


@EACH
def test_what_the_samples_send_is_all_that_the_document_demands(language: str) -> None:
    schemas = document()["components"]["schemas"]
    sent = {name: fields for name, fields in models(language).items() if name.endswith("Input")}
    assert set(sent) == {"RefreshInput", "PlaybackInput", "PurchaseInput"}
    for name, fields in sent.items():
        assert set(schemas[name].get("required", ())) <= fields


@EACH
def test_every_call_stands_in_the_document(language: str) -> None:
    called = {
        (method.lower(), "/v1" + re.sub(r"\\\([^)]*\)|\$\{[^}]*\}|\$\w+", "{}", path))
        for method, path in re.findall(r'"(GET|POST)", "(/[^"]*)"', text(language))
    }
    known = {
        (method, re.sub(r"\{\w+\}", "{}", path))
        for path, methods in document()["paths"].items()
        for method in methods
    }
    assert len(called) == 6
    assert called <= known


@EACH
def test_every_code_that_the_samples_know_is_one_that_the_api_sends(language: str) -> None:
    known = set(re.findall(r'"code": \{"enum": (\[.*?\])', json.dumps(document())))
    codes = {code for listed in known for code in json.loads(listed)}
    compared = re.findall(r'code [!=]= "(\w+)"', text(language))
    named = re.findall(r"code `(\w+)`", text(language))
    assert {"refresh_refused", "purchase_of_another_viewer"} <= set(compared)
    assert {*compared, *named} <= codes
