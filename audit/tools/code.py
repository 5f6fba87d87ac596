"""The scanners of the code: bandit for what it does, detect-secrets for what it holds."""

from collections.abc import Callable
from pathlib import Path

from audit.findings import Finding, Place, Ran, Run, ToolBroken
from audit.tools.templates import parsed

CODE = (
    "functions",
    "layers/cliffhanger",
    "infra",
    "operations",
    "cli",
    "local",
    "audit",
    "bench",
)
# Hashes of libraries: thousands of them, and each is public.
_LOCKS = ("requirements/", "layers/dependencies/", "package-lock.json")
# The values of the claim `token_use`, which the tests of tokens are full of.
_NO_SECRETS = "^(access|id|refresh)$"


def bandit(place: Place, run: Run) -> list[Finding]:
    """Return what bandit says of all that runs, in AWS and here."""
    ran = run([str(place.bin / "bandit"), "--quiet", "--recursive", "--format", "json", *CODE])
    return read_bandit(ran, lambda file, line: _line(place.root / file, line))


def read_bandit(ran: Ran, line_of: Callable[[str, int], str]) -> list[Finding]:
    """Read its JSON. The place of a finding is its file and its line's own words.

    Raises:
        ToolBroken: it did not come to an end, or could not read a file.
    """
    if ran.code not in (0, 1):
        raise ToolBroken(ran.err or ran.out)
    told = parsed(ran)
    if told["errors"]:
        raise ToolBroken(f"bandit could not read {told['errors']}")
    return [
        Finding(
            one["test_id"],
            f"{one['filename'].removeprefix('./')}: {line_of(one['filename'], one['line_number'])}",
            one["issue_text"],
        )
        for one in told["results"]
    ]


def _line(file: Path, number: int) -> str:
    return file.read_text().splitlines()[number - 1].strip()


def secrets(place: Place, run: Run) -> list[Finding]:
    """Return what looks like a secret in any file that git knows."""
    listed = run(["git", "ls-files", "-z"])
    if listed.code:
        raise ToolBroken(listed.err)
    files = [one for one in listed.out.split("\0") if one and not one.startswith(_LOCKS)]
    scan = [str(place.bin / "detect-secrets"), "scan", "--exclude-secrets", _NO_SECRETS]
    return read_secrets(run([*scan, *files]))


def read_secrets(ran: Ran) -> list[Finding]:
    """Read its JSON. The place of a finding has the hash of the secret, not the secret.

    Raises:
        ToolBroken: it did not come to an end.
    """
    if ran.code:
        raise ToolBroken(ran.err or ran.out)
    return [
        Finding(one["type"], f"{file}#{one['hashed_secret'][:12]}", f"line {one['line_number']}")
        for file, found in parsed(ran)["results"].items()
        for one in found
    ]
