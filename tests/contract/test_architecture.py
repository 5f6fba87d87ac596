"""docs/architecture.md says what the code says: functions, their rights, items and imports."""

import ast
import re

import pytest

from local.layout import ROOT
from tests.contract.sources import CONTEXTS, PACKAGE, imported, modules, parsed
from tests.infra.test_least_privilege import RIGHTS

TEXT = (ROOT / "docs" / "architecture.md").read_text()


def section(title: str) -> str:
    """The text below a heading, up to the next."""
    found: str = re.split(rf"^## {title}$", TEXT, flags=re.MULTILINE)[1].split("\n## ")[0]
    return found


def rows(text: str) -> list[list[str]]:
    """The cells of each row of the tables in a text, without their heads."""
    lines = re.findall(r"^ *\|(.*)\|$", text, re.MULTILINE)
    found = [[cell.strip() for cell in line.split("|")] for line in lines]
    heads = {index - 1 for index, row in enumerate(found) if not "".join(row).strip("-")}
    return [row for index, row in enumerate(found) if not heads & {index, index - 1}]


def short(resource: str) -> str | None:
    """A resource of a role as the table calls it; jobs of MediaConvert have no name."""
    if resource.startswith("arn:aws:mediaconvert"):
        return None
    if secret := re.search(r":secret:cliffhanger/\w+/(\w+)-", resource):
        return f"secret/{secret[1]}"
    return resource.partition("/")[0]


def context_of(name: str) -> str | None:
    first, _, rest = name.partition(".")
    context = rest.partition(".")[0]
    return context if first == "cliffhanger" and context in CONTEXTS else None


FUNCTIONS = {row[0].strip("`"): row for row in rows(section("Functions, and what each may touch"))}


def test_every_function_is_named_and_no_other() -> None:
    assert set(FUNCTIONS) == set(RIGHTS)


@pytest.mark.parametrize("name", RIGHTS)
def test_what_a_function_may_touch_is_what_its_role_allows(name: str) -> None:
    told = set(re.findall(r"`([\w/]+)`", FUNCTIONS[name][2]))
    assert told == {short(one) for one in RIGHTS[name]} - {None}


def test_the_table_of_items_has_what_the_code_describes_and_no_other() -> None:
    told = {(row[1], row[2]) for row in rows(section("The tables' items"))}
    described = {
        tuple(row[-3:-1])
        for path in modules().values()
        for part in (ast.get_docstring(parsed(path)) or "").split("\n\n")
        if "| pk | sk |" in part
        for row in rows(part)
    }
    assert len(described) > 20
    prose = {("upl_...", "UPLOAD"), ("ast_...", "ASSET"), ("vwr_...", "VIEWER")}
    assert told == described | prose | {("idem_...", "IDEMPOTENCY")}


def test_the_arrows_between_contexts_are_the_imports_of_the_code() -> None:
    drawing = section("Contexts, and who imports whom").split("```mermaid")[2].split("```")[0]
    drawn = {
        (source, target)
        for source, targets in re.findall(r"^  (\w+) --> ([\w& ]+)$", drawing, re.MULTILINE)
        for target in targets.split(" & ")
    }
    assert drawn == {
        (source, target)
        for name, path in modules().items()
        for one in imported(name, path)
        if (source := context_of(name)) and (target := context_of(one)) and source != target
    }


def test_every_link_of_the_documents_leads_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\((?!https?://)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_file_that_the_guides_name_is_there() -> None:
    for page in ("CONTRIBUTING.md", "README.md", "docs/README.md", "docs/architecture.md"):
        named = re.findall(r"`((?:[\w.-]+/)+[\w.-]*)`", (ROOT / page).read_text())
        for path in named:
            found = [one for one in (ROOT, PACKAGE, ROOT / "docs") if (one / path).exists()]
            assert found or path.startswith((".build/", ".local/", "secret/")), (page, path)
