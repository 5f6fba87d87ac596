"""What is lost can be had again, what is protected stays, and what costs too much is told."""

from pathlib import Path
from typing import Any

import pytest

from functions.registry import HTTP_FUNCTIONS
from infra.stage import StageError, read_stage
from local.layout import ROOT
from tests.infra.alarms import alarms
from tests.infra.conftest import Templates, functions, resources, synthesize


def only(templates: Templates, kind: str) -> dict[str, Any]:
    (one,) = resources(templates, kind)
    return one


def test_both_tables_go_back_to_any_second_and_are_not_deleted_by_a_slip(prod: Templates) -> None:
    tables = resources(prod, "AWS::DynamoDB::GlobalTable")
    assert len(tables) == 2
    for table in tables:
        (replica,) = table["Properties"]["Replicas"]
        recovery = replica["PointInTimeRecoverySpecification"]
        assert recovery["PointInTimeRecoveryEnabled"] is True
        assert replica["DeletionProtectionEnabled"] is True
        assert table["DeletionPolicy"] == "Retain"


def test_both_tables_are_backed_up_daily_for_as_long_as_the_stage_file_says(
    prod: Templates,
) -> None:
    plan = only(prod, "AWS::Backup::BackupPlan")["Properties"]["BackupPlan"]
    (rule,) = plan["BackupPlanRule"]
    assert rule["Lifecycle"] == {"DeleteAfterDays": 35}
    assert rule["ScheduleExpression"] == "cron(0 3 * * ? *)"
    selection = only(prod, "AWS::Backup::BackupSelection")["Properties"]["BackupSelection"]
    assert len(selection["Resources"]) == 2
    assert only(prod, "AWS::Backup::BackupVault")["DeletionPolicy"] == "Retain"


def test_one_backup_that_is_not_made_is_told(prod: Templates) -> None:
    watched = alarms({"safeguards": prod["safeguards"]})
    assert set(watched) == {"BackupFailed", "BackupExpired"}
    (vault,) = [
        name
        for name, one in prod["safeguards"]["Resources"].items()
        if one["Type"] == "AWS::Backup::BackupVault"
    ]
    for alarm in watched.values():
        assert alarm.dimensions["BackupVaultName"] == {"Fn::GetAtt": [vault, "BackupVaultName"]}
        assert alarm.rings([1])
        assert not alarm.rings([0])


def test_a_budget_speaks_up_before_and_when_it_is_spent(prod: Templates) -> None:
    budget = only(prod, "AWS::Budgets::Budget")["Properties"]
    assert budget["Budget"]["BudgetLimit"] == {"Amount": 2000, "Unit": "USD"}
    assert budget["Budget"]["CostFilters"] == {"TagKeyValue": ["user:stage$prod"]}
    told = [one["Notification"] for one in budget["NotificationsWithSubscribers"]]
    assert [(one["NotificationType"], one["Threshold"]) for one in told] == [
        ("ACTUAL", 80),
        ("ACTUAL", 100),
        ("FORECASTED", 100),
    ]
    for one in budget["NotificationsWithSubscribers"]:
        assert one["Subscribers"][0]["Address"] == "oncall@cliffhanger.example"


def test_a_stage_that_asks_for_neither_has_no_such_stack(tmp_path: Path) -> None:
    assert "safeguards" not in synthesize(tmp_path, stage="dev")


def test_a_budget_that_tells_nobody_is_refused(tmp_path: Path) -> None:
    text = (ROOT / "stages" / "dev.toml").read_text() + "monthly_budget_usd = 5\n"
    path = tmp_path / "budget.toml"
    path.write_text(text)
    with pytest.raises(StageError, match=r"ops\.monthly_budget_usd: .*alarm_email"):
        read_stage(path)


def test_every_function_is_tagged_by_stage_name_and_context(prod: Templates) -> None:
    for name, one in functions(prod).items():
        tags = {tag["Key"]: tag["Value"] for tag in one["Tags"]}
        assert tags["stage"] == "prod"
        assert tags["function"] == name
        assert tags["context"]
    assert {one.name for one in HTTP_FUNCTIONS} <= set(functions(prod))
