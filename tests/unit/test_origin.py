"""The door behind the edge: who goes around CloudFront is refused, before anything else is done."""

import json
import math
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from cliffhanger import aws, origin
from cliffhanger.origin import HEADER
from functions.catalog.handler import handler as catalog
from functions.identity.handler import handler as identity
from functions.store_notices.handler import handler as notices
from functions.studio.handler import handler as studio
from tests.unit.gateway import Answer, call

NOW, NEXT, OLD = "A" * 48, "B" * 48, "C" * 48
GET = "GET /v1/dramas"


@pytest.fixture
def keep(stage: None, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Puts values into the secret. The functions start cold."""
    monkeypatch.setattr(origin, "_cache", {})
    aws.secrets().create_secret(Name="origin", SecretString="{}")

    def put(sending: str, also: str = "") -> None:
        told = json.dumps({"sending": sending, "also": also})
        aws.secrets().put_secret_value(SecretId="origin", SecretString=told)

    put(NOW)
    return put


@pytest.fixture
def pass_time(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Moves the clock of the functions."""
    moment = [time.monotonic()]
    monkeypatch.setattr("cliffhanger.origin.time.monotonic", lambda: moment[0])

    def move(seconds: float) -> None:
        moment[0] += seconds

    return move


@pytest.fixture
def reads(stage: None) -> Iterator[list[str]]:
    """The calls of Secrets Manager, as they are made."""
    made: list[str] = []

    def note(model: Any, **_: Any) -> None:
        if model.name == "GetSecretValue":
            made.append(model.name)

    events = aws.secrets().meta.events
    events.register("before-call.secrets-manager", note)
    yield made
    events.unregister("before-call.secrets-manager", note)


def ask(value: str | None) -> Answer:
    """A call of the public catalogue with this value in the edge's header."""
    return call(catalog, GET, headers={HEADER: "" if value is None else value})


def test_a_call_through_the_edge_is_answered(keep: Callable[..., None]) -> None:
    assert ask(NOW).status == 200


@pytest.mark.parametrize(
    "value", [None, "guessed", NOW[:-1], NOW + "A", NOW.lower(), "é", "\ud800"]
)
def test_a_call_around_the_edge_is_refused(keep: Callable[..., None], value: str | None) -> None:
    answer = ask(value)
    assert (answer.status, answer.body["code"]) == (403, "not_from_the_edge")
    assert answer.headers == {
        "content-type": "application/problem+json",
        "cache-control": "no-store",
    }


@pytest.mark.parametrize(
    ("handler", "route"),
    [
        (identity, "POST /v1/guests"),
        (notices, "POST /v1/stores/apple/notifications"),
        (studio, "POST /v1/studio/dramas"),
        (catalog, "GET /v1/nothing"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_it_is_refused_before_token_body_and_route_are_looked_at(
    keep: Callable[..., None], handler: Any, route: str
) -> None:
    answer = call(handler, route, raw=b"{", headers={HEADER: "guessed"})
    assert (answer.status, answer.body["code"]) == (403, "not_from_the_edge")


def test_an_empty_second_value_opens_nothing(keep: Callable[..., None]) -> None:
    keep(NOW, also="")
    assert ask("").status == 403


def test_both_values_are_good_while_the_edge_goes_from_one_to_the_other(
    keep: Callable[..., None], pass_time: Callable[[float], None]
) -> None:
    assert ask(NOW).status == 200
    keep(NOW, also=NEXT)
    pass_time(6)
    assert [ask(NOW).status, ask(NEXT).status] == [200, 200]
    keep(NEXT, also=NOW)
    pass_time(6)
    assert [ask(NEXT).status, ask(NOW).status] == [200, 200]


def test_a_value_that_was_dropped_is_refused_when_five_minutes_have_passed(
    keep: Callable[..., None], pass_time: Callable[[float], None]
) -> None:
    keep(NOW, also=OLD)
    assert ask(OLD).status == 200
    keep(NOW)
    pass_time(301)
    assert ask(OLD).status == 403


def test_a_warm_function_reads_the_secret_once_in_five_minutes(
    keep: Callable[..., None], pass_time: Callable[[float], None], reads: list[str]
) -> None:
    for _ in range(20):
        assert ask(NOW).status == 200
        pass_time(10)
    assert len(reads) == 1
    pass_time(150)
    assert ask(NOW).status == 200
    assert len(reads) == 2


def test_those_who_guess_do_not_make_us_read_it_again_and_again(
    keep: Callable[..., None], pass_time: Callable[[float], None], reads: list[str]
) -> None:
    for number in range(50):
        assert ask(f"guess {number}").status == 403
    assert len(reads) == 1
    pass_time(6)
    assert ask("guess").status == 403
    assert len(reads) == 2


def test_a_warm_function_goes_on_while_secrets_manager_is_away(
    keep: Callable[..., None],
    pass_time: Callable[[float], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert ask(NOW).status == 200

    def away() -> None:
        raise EndpointConnectionError(endpoint_url="https://secretsmanager")

    monkeypatch.setattr(aws, "secrets", away)
    pass_time(math.ceil(origin._FRESH_SECONDS) + 1)
    assert ask(NOW).status == 200
    assert ask("guessed").status == 403
