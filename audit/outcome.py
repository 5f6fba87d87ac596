"""What became of each scan, and the table that says it."""

from collections.abc import Sequence
from dataclasses import dataclass

from audit import acknowledging
from audit.findings import Finding, NoSource, Place, Run, Tool, ToolBroken

_LONGEST = 300


@dataclass(frozen=True)
class Outcome:
    """One line of the table. `state` is ok, findings, stale, no source or broken."""

    tool: str
    state: str
    said: str
    details: Sequence[str] = ()

    @property
    def is_bad(self) -> bool:
        """Whether the audit fails by it. Without a source of advisories it goes on, and says so."""
        return self.state not in {"ok", "no source"}


def of(tool: Tool, place: Place, run: Run) -> Outcome:
    """Run one scanner and hold what it finds against what is acknowledged."""
    try:
        found = tool.scan(place, run)
        known = tool.known(place) if tool.known else acknowledging.read(tool.name)
    except NoSource as error:
        return Outcome(tool.name, "no source", f"not looked at: {_short(error)}")
    except (ToolBroken, ValueError, OSError, LookupError) as error:
        return Outcome(tool.name, "broken", _short(error))
    return compared(tool.name, found, known)


def compared(tool: str, found: Sequence[Finding], known: set[tuple[str, str]]) -> Outcome:
    """Return the outcome of findings, some of which are known."""
    fresh, gone = acknowledging.compare(found, known)
    if fresh:
        details = [f"{one.rule} {one.place}: {one.message}" for one in fresh]
        return Outcome(tool, "findings", f"{len(fresh)} that nobody has acknowledged", details)
    if gone:
        details = [f"{rule} {place}: gone, so strike it" for rule, place in sorted(gone)]
        return Outcome(tool, "stale", f"{len(gone)} acknowledged and not found", details)
    return Outcome(tool, "ok", f"{len(known)} acknowledged" if known else "nothing found")


def table(outcomes: Sequence[Outcome]) -> str:
    """Return details first, one line for each scan, and last what nobody could look at."""
    details = [f"{one.tool}: {detail}" for one in outcomes for detail in one.details]
    width = max(len(one.tool) for one in outcomes)
    lines = [f"{one.tool:<{width}}  {one.state:<9}  {one.said}" for one in outcomes]
    return "\n".join([*details, *([""] if details else []), *lines, *_unknown(outcomes)])


def _unknown(outcomes: Sequence[Outcome]) -> list[str]:
    """A pass that knows no advisory is no clean bill, so it says so where it is read last."""
    blind = [one.tool for one in outcomes if one.state == "no source"]
    if not blind:
        return []
    return [
        "",
        f"No source of advisories could be reached by {', '.join(blind)}:"
        " of known vulnerabilities nothing is known. Run this again where one can be.",
    ]


def _short(error: Exception) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= _LONGEST else f"... {text[-_LONGEST:]}"
