"""What the scanners say is read as it is meant, and one that broke is never a clean bill."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from audit.findings import Finding, NoSource, Place, Ran, ToolBroken
from audit.tools import advisories, code, nag, templates

PLACE = Place(Path(), Path("bin"), Path("assembly"))
BANDIT = {
    "errors": [],
    "results": [
        {
            "test_id": "B602",
            "filename": "./cli/main.py",
            "line_number": 7,
            "issue_text": "shell=True",
        }
    ],
}
CHECKOV = {
    "summary": {"parsing_errors": 0},
    "results": {
        "failed_checks": [
            {
                "check_id": "CKV_AWS_18",
                "check_name": "Logs",
                "file_path": "/Cliffhanger-prod-data.template.json",
                "resource": "AWS::S3::Bucket.Sources1",
            }
        ]
    },
}
LINT = [
    {
        "Rule": {"Id": "E3002"},
        "Filename": "x/Cliffhanger-prod-api.template.json",
        "Location": {"Path": ["Resources", "Wallet1", "Properties"]},
        "Message": "no such property",
    }
]
SECRETS = {
    "results": {
        "a.py": [{"type": "AWS Access Key", "hashed_secret": "0123456789abcdef", "line_number": 3}]
    }
}


def ran(told: Any, code: int = 0, err: str = "") -> Ran:
    return Ran(code, told if isinstance(told, str) else json.dumps(told), err)


def bandit(of: Ran) -> list[Finding]:
    return code.read_bandit(of, lambda file, line: f"line {line} of {file}")


@pytest.mark.parametrize(
    ("read", "told", "found"),
    [
        (bandit, ran(BANDIT, 1), ("B602", "cli/main.py: line 7 of ./cli/main.py")),
        (templates.read_checkov, ran(CHECKOV, 1), ("CKV_AWS_18", "data/Sources1")),
        (templates.read_checkov, ran([CHECKOV], 1), ("CKV_AWS_18", "data/Sources1")),
        (templates.read_cfn_lint, ran(LINT, 2), ("E3002", "api/Wallet1")),
        (code.read_secrets, ran(SECRETS), ("AWS Access Key", "a.py#0123456789ab")),
    ],
)
def test_a_finding_has_a_rule_and_a_place_that_stays(
    read: Callable[[Ran], list[Finding]], told: Ran, found: tuple[str, str]
) -> None:
    (one,) = read(told)
    assert (one.rule, one.place) == found


@pytest.mark.parametrize(
    "broken",
    [
        ran("Traceback (most recent call last): ...", 3),
        ran("", 0),
        ran("", 1, "Traceback"),
        ran("Segmentation fault", -11),
        ran("{", 0),
    ],
    ids=lambda one: f"{one.code} {one.out[:5]}",
)
@pytest.mark.parametrize(
    "read",
    [
        bandit,
        templates.read_checkov,
        templates.read_cfn_lint,
        code.read_secrets,
        advisories.read_pip_audit,
        advisories.read_npm_audit,
    ],
)
def test_a_scanner_that_broke_is_not_one_that_found_nothing(
    read: Callable[[Ran], list[Finding]], broken: Ran
) -> None:
    with pytest.raises(ToolBroken):
        read(broken)


@pytest.mark.parametrize(
    ("read", "told"),
    [
        (bandit, BANDIT | {"errors": [{"filename": "x", "reason": "syntax error"}]}),
        (templates.read_checkov, {"passed": 0, "failed": 0, "resource_count": 0}),
        (templates.read_checkov, []),
        (templates.read_checkov, CHECKOV | {"summary": {"parsing_errors": 1}}),
        (advisories.read_pip_audit, {"dependencies": []}),
    ],
)
def test_a_scanner_that_looked_at_nothing_or_not_at_all_of_it_is_broken(
    read: Callable[[Ran], list[Finding]], told: Any
) -> None:
    with pytest.raises(ToolBroken):
        read(ran(told))


def test_without_templates_nothing_passes(tmp_path: Path) -> None:
    with pytest.raises(ToolBroken, match="no template"):
        templates.cfn_lint(Place(tmp_path, tmp_path, tmp_path), lambda _: ran([]))
    with pytest.raises(ToolBroken, match="no network today"):
        nag.nag(Place(tmp_path, tmp_path, tmp_path), lambda _: Ran(1, "", "no network today"))


def test_cdk_nag_must_be_among_those_who_report() -> None:
    other = {"pluginReports": [{"pluginName": "CloudFormation Validate", "violations": []}]}
    with pytest.raises(ToolBroken, match="cdk-nag"):
        nag.read_nag(other)


def test_cdk_nag_tells_what_is_open_and_what_the_code_acknowledges(tmp_path: Path) -> None:
    open_ = {
        "ruleName": "AwsSolutions-S1",
        "description": "no logs",
        "violatingConstructs": [{"constructPath": "data/Bucket/Resource"}],
    }
    known = {"acknowledgedId": "X::S2", "acknowledgedAt": "data/Other", "description": "public"}
    plugin = {"pluginName": "AwsSolutions", "violations": [open_], "suppressedViolations": [known]}
    found = nag.read_nag({"pluginReports": [plugin]})
    assert [(one.rule, one.place) for one in found] == [
        ("AwsSolutions-S1", "data/Bucket/Resource"),
        ("X::S2", "data/Other"),
    ]
    told = {
        "/data/Other": [
            {"type": "aws:cdk:acknowledged-rules", "data": {"X::S2": "why"}},
            {"type": "aws:cdk:logicalId", "data": "Other1"},
        ]
    }
    (tmp_path / "prod").mkdir()
    (tmp_path / "prod" / "data.metadata.json").write_text(json.dumps(told))
    assert nag.acknowledged(Place(tmp_path, tmp_path, tmp_path)) == {("X::S2", "data/Other")}


def library(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "version": "1.0", "vulns": []} | more


SKIPPED = {"name": "cbor2", "skip_reason": "Dependency not found on PyPI"}
FAULT = {"id": "PYSEC-1", "description": "it leaks"}


def test_a_library_with_a_known_fault_is_found() -> None:
    told = {"dependencies": [library("requests", vulns=[FAULT]), library("cbor2")]}
    (one,) = advisories.read_pip_audit(ran(told, 1))
    assert (one.rule, one.place) == ("PYSEC-1", "requests==1.0")


def test_libraries_that_the_source_does_not_know_were_not_looked_at() -> None:
    with pytest.raises(NoSource):
        advisories.read_pip_audit(ran({"dependencies": [SKIPPED]}))
    (one,) = advisories.read_pip_audit(ran({"dependencies": [library("requests"), SKIPPED]}))
    assert (one.rule, one.place) == ("not audited", "cbor2")


@pytest.mark.parametrize("err", ["ConnectionError: HTTPSConnectionPool", "Max retries exceeded"])
def test_a_source_of_advisories_that_does_not_answer_is_told_apart(err: str) -> None:
    with pytest.raises(NoSource):
        advisories.read_pip_audit(ran("", 1, err))


def test_a_fault_in_one_lock_file_counts_though_another_was_not_looked_at() -> None:
    def run(command: Sequence[str]) -> Ran:
        known = command[-1] == advisories.LOCKS[0]
        found = library("requests", vulns=[FAULT]) if known else SKIPPED
        return ran({"dependencies": [found]}, int(known))

    assert [one.rule for one in advisories.pip_audit(PLACE, run)] == ["PYSEC-1"]
    with pytest.raises(NoSource):
        advisories.pip_audit(PLACE, lambda _: ran({"dependencies": [SKIPPED]}))


def test_npm_tells_faults_of_packages_and_not_the_chains_to_them() -> None:
    fault = {"source": 1, "title": "prototype pollution", "range": "<2"}
    told = {
        "auditReportVersion": 2,
        "vulnerabilities": {
            "hls.js": {"via": [fault], "range": "<2"},
            "player": {"via": ["hls.js"], "range": "*"},
        },
    }
    (one,) = advisories.read_npm_audit(ran(told, 1))
    assert (one.rule, one.place) == ("1", "hls.js <2")
    clean = {"auditReportVersion": 2, "vulnerabilities": {}}
    assert advisories.read_npm_audit(ran(clean)) == []


@pytest.mark.parametrize(
    "told",
    [
        {"message": "405", "uri": "https://registry.example/-/npm/v1/security/advisories/bulk"},
        {"error": {"code": "ENOTFOUND", "summary": "getaddrinfo ENOTFOUND registry.example"}},
    ],
)
def test_a_registry_without_advisories_is_no_source(told: dict[str, Any]) -> None:
    with pytest.raises(NoSource):
        advisories.read_npm_audit(ran(told, 1))


def test_an_npm_that_fails_otherwise_is_broken() -> None:
    told = {"error": {"code": "ENOLOCK", "summary": "This command requires an existing lockfile."}}
    with pytest.raises(ToolBroken, match="ENOLOCK"):
        advisories.read_npm_audit(ran(told, 1))
