"""Known vulnerabilities of the locked libraries: pip-audit and npm audit.

Both ask a source on the network. Without an answer nothing is known, which is not the same as
nothing found.
"""

import re

from audit.findings import Finding, NoSource, Place, Ran, Run, ToolBroken
from audit.tools.templates import parsed

LOCKS = (
    "layers/dependencies/core.txt",
    "layers/dependencies/signing.txt",
    "layers/dependencies/stores.txt",
    "requirements/run.txt",
    "requirements/dev.txt",
    "requirements/bench.txt",
    "requirements/ministack.txt",
    "requirements/audit.txt",
)
_NO_NETWORK = re.compile(
    r"ConnectionError|ConnectTimeout|ReadTimeout|NewConnectionError|Max retries exceeded"
    r"|ServiceError|HTTPError|ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN"
)


def pip_audit(place: Place, run: Run) -> list[Finding]:
    """Return the vulnerabilities of every locked Python library, ours and the tools'.

    Raises:
        NoSource: of a lock file nothing is known, and in the others nothing was found.
        ToolBroken: it did not come to an end.
    """
    how = ["--require-hashes", "--disable-pip", "--format", "json", "--timeout", "15"]
    command = [str(place.bin / "pip-audit"), *how, "--requirement"]
    found: list[Finding] = []
    unknown: NoSource | None = None
    for lock in LOCKS:
        try:
            found += read_pip_audit(run([*command, lock]))
        except NoSource as error:
            unknown = error
    if unknown and not found:
        raise unknown
    return found


def read_pip_audit(ran: Ran) -> list[Finding]:
    """Read its JSON. A library that its source does not know has not been looked at.

    Raises:
        NoSource: the source did not answer, or knows none of the libraries.
        ToolBroken: it did not come to an end for another reason.
    """
    if ran.code not in (0, 1) or not ran.out.strip():
        raise NoSource(ran.err) if _NO_NETWORK.search(ran.err) else ToolBroken(ran.err or ran.out)
    libraries = parsed(ran)["dependencies"]
    if not libraries:
        raise ToolBroken("pip-audit has looked at no library")
    skipped = [one for one in libraries if "skip_reason" in one]
    if len(skipped) == len(libraries):
        raise NoSource(skipped[0]["skip_reason"])
    unknown = [Finding("not audited", one["name"], one["skip_reason"]) for one in skipped]
    return unknown + [
        Finding(fault["id"], f"{one['name']}=={one['version']}", fault.get("description", ""))
        for one in libraries
        for fault in one.get("vulns", [])
    ]


def npm_audit(_: Place, run: Run) -> list[Finding]:
    """Return the vulnerabilities of every locked Node package."""
    return read_npm_audit(run(["npm", "audit", "--package-lock-only", "--json"]))


def read_npm_audit(ran: Ran) -> list[Finding]:
    """Read its JSON.

    Raises:
        NoSource: the registry has no advisories, or did not answer.
        ToolBroken: it did not come to an end for another reason.
    """
    told = parsed(ran)
    if "auditReportVersion" not in told:
        words = f"{told.get('message', '')} {told.get('error', '')}"
        answered = told.get("uri", "").endswith(("/advisories/bulk", "/audits/quick"))
        reached = not (answered or _NO_NETWORK.search(words) or _NO_NETWORK.search(ran.err))
        raise ToolBroken(words or ran.err) if reached else NoSource(words)
    return [
        Finding(str(fault["source"]), f"{name} {fault['range']}", fault["title"])
        for name, one in told["vulnerabilities"].items()
        for fault in one["via"]
        if isinstance(fault, dict)
    ]
