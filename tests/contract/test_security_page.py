"""docs/security.md names files and tests that exist."""

import ast
import re

import pytest

from local.layout import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text()
TESTS = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))
FILES = sorted(set(re.findall(r"`((?:[\w.-]+/)+[\w.-]*|[\w-]+\.json)(?:::\w+)?`", PAGE)))


@pytest.mark.parametrize(("file", "test"), TESTS, ids=[test for _, test in TESTS])
def test_a_test_that_the_page_names_exists(file: str, test: str) -> None:
    tree = ast.parse((ROOT / file).read_text())
    assert test in {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}


@pytest.mark.parametrize("file", FILES)
def test_a_file_that_the_page_names_exists(file: str) -> None:
    assert (ROOT / file).exists()


def test_every_risk_of_the_list_is_answered_by_a_test() -> None:
    rows = re.findall(r"^\| (API\d+) .*$", PAGE, re.MULTILINE)
    assert rows == [f"API{number}" for number in range(1, 11)]
    for line in PAGE.splitlines():
        if line.startswith("| API"):
            assert "::test_" in line.rpartition(" | ")[2], line


def test_every_attack_names_a_test() -> None:
    attacks = PAGE.partition("## Attacks on this product")[2].partition("## Secrets")[0]
    told = [one for one in attacks.split("\n\n") if one.startswith("**")]
    assert len(told) >= 7
    for one in told:
        assert "::test_" in one, one[:60]
