"""Rollback: every HTTP function goes back to the version that was live before."""

from dataclasses import dataclass

from operations import releases
from operations.aliases import Released, point, released
from operations.errors import OperationError
from operations.target import Target


@dataclass(frozen=True)
class Step:
    """A function, and from which version to which it goes."""

    function: str
    before: int
    after: int


def plan(target: Target) -> list[Step]:
    """Return what a rollback would change.

    It goes to what was live before the last deployment that changed anything. A stage that was
    deployed without a note of it goes one published version back.

    Raises:
        OperationError: there is nothing to go back to.
    """
    functions = released(target)
    live = {one.name: one.live for one in functions}
    note = next(
        (one.live for one in reversed(releases.noted(target)) if _differs(one.live, live)), None
    )
    steps = [
        Step(one.name, one.live, version)
        for one in functions
        if (version := _goal(one, note)) is not None and version != one.live
    ]
    if not steps:
        raise OperationError(
            f"Nothing to go back to: no function of the stage {target.stage.name} has a version"
            " before the live one."
        )
    return steps


def roll_back(target: Target) -> list[Step]:
    """Move every alias back at once and return what was done. Data stays as it is.

    Raises:
        OperationError: there is nothing to go back to.
    """
    steps = plan(target)
    for step in steps:
        point(target, step.function, step.after)
    return steps


def _differs(note: dict[str, int], live: dict[str, int]) -> bool:
    return any(live[name] != version for name, version in note.items() if name in live)


def _goal(function: Released, note: dict[str, int] | None) -> int | None:
    if note is None:
        return function.previous
    version = note.get(function.name)
    if version is not None and version not in function.published:
        raise OperationError(
            f"Version {version} of {function.name} was pruned. Deploy the commit that you want to"
            " go back to."
        )
    return version
