"""Guests and their sessions, on a user pool."""

import base64
import json
from typing import Any

import pytest

from cliffhanger import aws
from functions.identity.handler import handler
from tests.unit.gateway import Answer, call
from tests.unit.pipeline import refused


def guest() -> Answer:
    return call(handler, "POST /v1/guests", headers={"idempotency-key": ""})


def refresh(token: object) -> Answer:
    return call(handler, "POST /v1/sessions/refresh", {"refresh_token": token})


def claims(token: str) -> Any:
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def test_a_guest_is_signed_in_as_a_viewer_of_no_group(pool: str) -> None:
    answer = guest()
    assert answer.status == 201
    assert answer.headers["cache-control"] == "no-store"
    told = claims(answer.body["access_token"])
    assert (told["username"], told["token_use"]) == (answer.body["viewer_id"], "access")
    assert "cognito:groups" not in told
    assert answer.body["expires_in"] > 0


def test_every_guest_is_another_viewer(pool: str) -> None:
    assert guest().body["viewer_id"] != guest().body["viewer_id"]


def test_a_session_goes_on_as_the_same_viewer(pool: str) -> None:
    made = guest().body
    answer = refresh(made["refresh_token"])
    assert (answer.status, set(answer.body)) == (200, {"access_token", "expires_in"})
    assert claims(answer.body["access_token"])["username"] == made["viewer_id"]


@pytest.mark.parametrize("token", ["x", "a.b.c", "x" * 8192])
def test_a_made_up_refresh_token_is_refused(pool: str, token: str) -> None:
    answer = refresh(token)
    assert (answer.status, answer.body["code"]) == (401, "refresh_refused")


@pytest.mark.parametrize("token", ["", "x" * 8193, None, 1])
def test_what_cannot_be_a_refresh_token_asks_nobody(token: object) -> None:
    assert refresh(token).body["errors"][0]["pointer"] == "/refresh_token"


def test_guests_beyond_the_pools_rate_are_asked_to_wait(
    pool: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def throttle(**_: Any) -> None:
        raise refused("TooManyRequestsException", "AdminCreateUser")

    monkeypatch.setattr(aws.cognito(), "admin_create_user", throttle)
    answer = guest()
    assert (answer.status, answer.body["code"]) == (429, "too_many_guests")


def test_a_pool_that_is_out_of_reach_is_our_fault_and_not_the_tokens(
    pool: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: Any) -> None:
        raise refused("InternalErrorException", "InitiateAuth")

    monkeypatch.setattr(aws.cognito(), "initiate_auth", fail)
    answer = refresh("x")
    assert (answer.status, answer.body["code"]) == (500, "internal_error")
