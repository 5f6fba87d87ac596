"""Nothing that runs, and no lock file, is left out of the scans."""

import re
import tomllib

from audit.tools.advisories import LOCKS
from audit.tools.code import CODE
from audit.tools.nag import STAGES
from local.layout import ROOT


def test_every_room_that_is_type_checked_is_scanned_but_for_the_tests() -> None:
    checked = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]["files"]
    rooms = {one.removesuffix("/python/cliffhanger") for one in checked}
    assert rooms - {"tests"} == set(CODE)


def test_every_stage_that_is_deployed_to_aws_is_synthesized() -> None:
    files = {one.stem for one in (ROOT / "stages").glob("*.toml")}
    assert set(STAGES) == files - {"local"}


def test_every_lock_file_that_is_written_is_looked_up() -> None:
    written = re.findall(r"-o (\S+\.txt)", (ROOT / "Makefile").read_text())
    assert sorted(LOCKS) == sorted(written)
