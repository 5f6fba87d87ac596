"""What an audit makes of findings, of what is acknowledged, and of scanners that break."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from audit import acknowledging, outcome, sbom
from audit.findings import Finding, NoSource, Place, Ran, Tool, ToolBroken
from audit.outcome import Outcome

PLACE = Place(Path(), Path("bin"), Path("assembly"))
OPEN = Finding("R1", "a.py", "bad")
KNOWN = ("R1", "a.py")


def run(_: object) -> Ran:
    return Ran(0, "", "")


def fails(error: Exception) -> Outcome:
    def scan(*_: object) -> list[Finding]:
        raise error

    return outcome.of(Tool("scanner", scan), PLACE, run)


@pytest.mark.parametrize(
    ("found", "known", "state", "bad"),
    [
        ([], set(), "ok", False),
        ([OPEN], {KNOWN}, "ok", False),
        ([OPEN, OPEN], {KNOWN}, "ok", False),
        ([OPEN], set(), "findings", True),
        ([OPEN], {("R1", "b.py")}, "findings", True),
        ([], {KNOWN}, "stale", True),
    ],
)
def test_only_what_is_acknowledged_and_there_passes(
    found: list[Finding], known: set[tuple[str, str]], state: str, bad: bool
) -> None:
    made = outcome.compared("scanner", found, known)
    assert (made.state, made.is_bad) == (state, bad)


def test_no_source_goes_on_and_says_so_and_a_broken_scanner_fails() -> None:
    assert (fails(NoSource("no network")).state, fails(NoSource("x")).is_bad) == (
        "no source",
        False,
    )
    for error in (ToolBroken("crash"), KeyError("results"), OSError("gone"), ValueError("twice")):
        assert (fails(error).state, fails(error).is_bad) == ("broken", True)


def test_the_table_names_every_scan_and_every_finding() -> None:
    table = outcome.table([outcome.compared("bandit", [OPEN], set()), fails(NoSource("offline"))])
    assert "bandit: R1 a.py: bad" in table
    assert "\nscanner  no source  not looked at: offline\n" in table


def test_the_last_line_says_when_no_source_of_advisories_was_reached() -> None:
    blind = outcome.table([fails(NoSource("offline"))])
    assert "No source of advisories could be reached by scanner" in blind.splitlines()[-1]
    seen = outcome.table([outcome.compared("scanner", [], set())])
    assert "No source" not in seen


def write(folder: Path, text: str) -> Path:
    (folder / "scanner.toml").write_text(text)
    return folder


def entry(reason: str = "it cannot be reached from outside", places: str = '["a.py"]') -> str:
    return f'[[acknowledged]]\nrule = "R1"\nreason = "{reason}"\nplaces = {places}\n'


def test_an_acknowledgement_names_its_places_and_its_reason(tmp_path: Path) -> None:
    assert acknowledging.read("scanner", write(tmp_path, entry())) == {KNOWN}
    assert acknowledging.read("another", tmp_path) == set()
    for text in (entry(reason="meh"), entry(places="[]"), entry() + "whole_rule = true\n"):
        with pytest.raises(ValidationError):
            acknowledging.read("scanner", write(tmp_path, text))


def test_an_acknowledgement_that_stands_twice_is_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="twice"):
        acknowledging.read("scanner", write(tmp_path, entry() + entry()))


@pytest.mark.parametrize(
    "path", sorted(acknowledging.FOLDER.glob("*.toml")), ids=lambda one: one.stem
)
def test_what_is_acknowledged_can_be_read(path: Path) -> None:
    assert acknowledging.read(path.stem)


@pytest.mark.parametrize("text", ["", "{}", '{"bomFormat": "CycloneDX", "components": []}', "[]"])
def test_an_empty_bill_of_materials_is_none(text: str) -> None:
    with pytest.raises(ToolBroken):
        sbom.count(text)


def test_a_bill_is_written_for_every_lock_file(tmp_path: Path) -> None:
    bill = '{"bomFormat": "CycloneDX", "components": [{"name": "cbor2"}]}'
    counted = sbom.build(PLACE, lambda _: Ran(0, bill, ""), tmp_path / "sbom")
    assert set(counted) >= {"layer-core", "layer-signing", "layer-stores", "npm"}
    assert {one.name.partition(".")[0] for one in (tmp_path / "sbom").iterdir()} == set(counted)
    with pytest.raises(ToolBroken, match="crash"):
        sbom.build(PLACE, lambda _: Ran(1, "", "crash"), tmp_path / "sbom")
