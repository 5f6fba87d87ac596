"""In AWS, SQS itself moves dead letters back: asked for, followed, and told how it ended."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from infra.stage import read_stage
from local.layout import ROOT
from operations import redrive
from operations.errors import OperationError
from operations.queues import Queue
from operations.target import Target

QUEUE = Queue("uploads", "https://sqs/1/uploads", "https://sqs/1/dead")
STAGE = ROOT / "stages" / "dev.toml"


class Stubbed(Target):
    """A target whose only client is a stubbed SQS."""

    sqs: Any

    def client(self, service: Any, region: str | None = None) -> Any:
        assert service == "sqs"
        return self.sqs


@pytest.fixture
def sqs() -> Iterator[tuple[Stubbed, Stubber]]:
    session = boto3.Session("key", "secret", region_name="us-east-1")
    target = Stubbed(read_stage(STAGE), Path(STAGE), session)
    client = session.client("sqs")
    object.__setattr__(target, "sqs", client)
    with Stubber(client) as stubber:
        count = {"Attributes": {"ApproximateNumberOfMessages": "3"}}
        stubber.add_response("get_queue_attributes", count)
        for name in ("dead", "uploads"):
            arn = {"Attributes": {"QueueArn": f"arn:aws:sqs:us-east-1:1:{name}"}}
            stubber.add_response("get_queue_attributes", arn)
        yield target, stubber
        stubber.assert_no_pending_responses()


def moving(status: str, **more: Any) -> dict[str, Any]:
    return {"Results": [{"Status": status, **more}]}


def test_the_task_is_followed_to_its_end(
    sqs: tuple[Stubbed, Stubber], monkeypatch: pytest.MonkeyPatch
) -> None:
    target, stubber = sqs
    monkeypatch.setattr("time.sleep", lambda _: None)
    stubber.add_response(
        "start_message_move_task",
        {"TaskHandle": "t"},
        {
            "SourceArn": "arn:aws:sqs:us-east-1:1:dead",
            "DestinationArn": "arn:aws:sqs:us-east-1:1:uploads",
        },
    )
    stubber.add_response("list_message_move_tasks", moving("RUNNING"))
    done = moving("COMPLETED", ApproximateNumberOfMessagesMoved=3)
    stubber.add_response("list_message_move_tasks", done)
    assert redrive.redrive(target, QUEUE) == 3


def test_a_task_that_failed_is_told_with_its_reason(sqs: tuple[Stubbed, Stubber]) -> None:
    target, stubber = sqs
    stubber.add_response("start_message_move_task", {"TaskHandle": "t"})
    stubber.add_response("list_message_move_tasks", moving("FAILED", FailureReason="no access"))
    with pytest.raises(OperationError, match="FAILED: no access"):
        redrive.redrive(target, QUEUE)


def test_in_aws_nothing_is_moved_by_hand(sqs: tuple[Stubbed, Stubber]) -> None:
    target, stubber = sqs
    stubber.add_client_error("start_message_move_task", "InvalidAction")
    with pytest.raises(OperationError, match="does not redrive uploads"):
        redrive.redrive(target, QUEUE)
