"""The log: one logger, one line, and nothing in it that opens anything."""

import ast
import json

import pytest
from pydantic import BaseModel, ValidationError

from cliffhanger import correlation
from cliffhanger.log import hidden, logger
from tests.contract.sources import imported, modules, parsed
from tests.unit.written import Written, told

JWT = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ2d3JfMSJ9.c2lnbmF0dXJl"
GOOGLE = "minodojglppganfbiedlabed.AO-J1OyNtpooSraUdtKlZ_9gYs0o20ZF_0ryTNACmvaaaG5EwPX0hPruUdGbE3"
SIGNED = (
    "https://sources.s3.amazonaws.com/sources/ast_1?X-Amz-Algorithm=AWS4-HMAC-SHA256"
    "&X-Amz-Credential=ASIA1234%2F20261125%2Fus-east-1%2Fs3%2Faws4_request"
    "&X-Amz-Signature=2f0ab8b2e3f7c6d5e4a39281706f5e4d3c2b1a0998877665544332211ffeeddc"
)


class Sent(BaseModel):
    receipt: int


def quoted(secret: str) -> str:
    """What pydantic says of an input that it does not take."""
    with pytest.raises(ValidationError) as refused:
        Sent.model_validate({"receipt": secret})
    return str(refused.value)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"Authorization: Bearer {JWT}", JWT),
        (f"refused: {JWT}", "c2lnbmF0dXJl"),
        (f"url: /v3/applications/dev.app/purchases/tokens/{GOOGLE}:consume (refused)", GOOGLE),
        ("url: /v3/purchases/tokens/short-token/acknowledge", "short-token"),
        (f"the token {GOOGLE} is gone", GOOGLE),
        (f"PUT {SIGNED}", "2f0ab8b2e3f7c6d5"),
        (f"PUT {SIGNED}", "ASIA1234"),
        (quoted("a secret of any kind at all"), "a secret"),
        (quoted(JWT), "eyJ"),
    ],
)
def test_what_opens_something_is_cut_out_of_a_line(text: str, secret: str) -> None:
    assert secret in text
    assert secret not in hidden(text)


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:dynamodb:us-east-1:000000000000:table/Cliffhanger-prod-data-CommerceTable8E0D1F2A",
        'File "/opt/python/cliffhanger/purchases/google/notification.py", line 42, in kind',
        "BUY#google#production#" + "0f" * 32,
        "ast_01JD0000000000000000000000",
    ],
)
def test_what_helps_to_find_a_fault_stays(text: str) -> None:
    assert hidden(text) == text


def test_an_exception_is_told_with_its_place_and_without_its_secret(written: Written) -> None:
    def sign_in() -> None:
        error = RuntimeError(f"no session for {JWT}")
        error.add_note(f"while it was sent {GOOGLE}")
        raise error

    try:
        sign_in()
    except RuntimeError:
        logger().exception("failed")
    (line,) = told(written())
    assert line["exception_name"] == "RuntimeError"
    assert "test_log.py" in line["exception"]
    assert line["exception_notes"] == ["while it was sent ***"]
    for secret in (JWT, GOOGLE):
        assert secret not in json.dumps(line)


def test_every_line_of_some_work_has_the_id_of_its_request(written: Written) -> None:
    with correlation.of("app-request-1"):
        logger().info("within")
    logger().info("after")
    within, after = told(written())
    assert within["correlation_id"] == "app-request-1"
    assert "correlation_id" not in after


def test_there_is_one_logger_and_one_way_to_write_a_metric() -> None:
    for name, path in modules().items():
        taken = imported(name, path)
        if name not in {"cliffhanger.log", "cliffhanger.metrics"}:
            assert not [one for one in taken if one.startswith("aws_lambda_powertools")], name
        assert "logging" not in taken, name


def test_nothing_that_runs_in_aws_prints() -> None:
    for name, path in modules().items():
        if name == "functions.api_document":
            continue
        calls = [node for node in ast.walk(parsed(path)) if isinstance(node, ast.Call)]
        assert not [
            one for one in calls if isinstance(one.func, ast.Name) and one.func.id == "print"
        ], name
