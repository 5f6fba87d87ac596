"""Viewers: guests, their settings, and how they leave."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cliffhanger import aws, clock, dynamo, settings
from cliffhanger.edge import revocations
from cliffhanger.identity.settings import IdentitySettings
from functions.identity.handler import handler
from tests.unit.gateway import VIEWER, Answer, call, viewer


@pytest.fixture
def pool(stage: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """A user pool, empty."""
    made = aws.cognito().create_user_pool(PoolName="viewers")["UserPool"]["Id"]
    client = aws.cognito().create_user_pool_client(
        UserPoolId=made,
        ClientName="app",
        ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    )["UserPoolClient"]["ClientId"]
    told = settings.variables(IdentitySettings(user_pool_id=made, user_pool_client_id=client))
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    settings._loaded.cache_clear()
    return made


def guest(country: str | None = None) -> dict[str, Any]:
    headers = {"cloudfront-viewer-country": country} if country else {}
    answer = call(handler, "POST /v1/guests", headers=headers)
    assert answer.status == 201
    made: dict[str, Any] = answer.body
    return made


def me(viewer_id: str, method: str = "GET", body: object = None) -> Answer:
    claims = {"token_use": "access", "username": viewer_id}
    return call(handler, f"{method} /v1/me", body, claims=claims)


def stored(viewer_id: str) -> Mapping[str, Any] | None:
    return dynamo.get("commerce", dynamo.key(viewer_id, "VIEWER"))


@pytest.mark.parametrize(
    ("country", "market"), [("BR", "BR"), ("FR", None), (None, None), ("us", None)]
)
def test_a_guest_belongs_to_the_market_of_the_country_where_it_is_one(
    pool: str, country: str | None, market: str | None
) -> None:
    made = guest(country)
    assert me(made["viewer_id"]).body["market"] == market


def test_nothing_is_agreed_to_until_the_viewer_says_so(pool: str) -> None:
    found = me(guest()["viewer_id"]).body
    assert found["consent"] == {
        "analytics": False,
        "personalized_ads": False,
        "refund_information": False,
    }
    assert found["auto_unlock"] is False


def test_a_patch_changes_what_it_names_and_nothing_else(pool: str) -> None:
    viewer_id = guest("US")["viewer_id"]
    before = me(viewer_id).body
    me(viewer_id, "PATCH", {"consent": {"personalized_ads": True, "refund_information": False}})
    me(viewer_id, "PATCH", {"auto_unlock": True, "consent": {"analytics": None}})
    assert me(viewer_id, "PATCH", {}).body == before | {
        "auto_unlock": True,
        "consent": {"analytics": False, "personalized_ads": True, "refund_information": False},
    }


def test_who_came_another_way_gets_an_account_at_the_first_look(pool: str) -> None:
    first = viewer(handler, "GET /v1/me", headers={"cloudfront-viewer-country": "US"})
    assert (first.status, first.body["id"], first.body["market"]) == (200, VIEWER, "US")
    later = viewer(handler, "GET /v1/me", headers={"cloudfront-viewer-country": "BR"})
    assert later.body == first.body


def test_a_deleted_viewer_leaves_a_tombstone_and_a_revocation(pool: str) -> None:
    viewer_id = guest("US")["viewer_id"]
    me(viewer_id, "PATCH", {"auto_unlock": True, "consent": {"analytics": True}})
    assert me(viewer_id, "DELETE").status == 204
    left = stored(viewer_id)
    assert left is not None
    assert set(left) == {"pk", "sk", "deleted_at"}
    assert viewer_id in revocations.standing([viewer_id], clock.now())
    assert aws.cognito().list_users(UserPoolId=pool)["Users"] == []
    for method, body in (("GET", None), ("PATCH", {"auto_unlock": False})):
        refused = me(viewer_id, method, body)
        assert (refused.status, refused.body["code"]) == (401, "viewer_deleted")


def test_the_edge_is_told_of_a_deleted_viewer(pool: str) -> None:
    viewer_id = guest()["viewer_id"]
    me(viewer_id, "DELETE")
    queue = aws.sqs().get_queue_url(QueueName="edge.fifo")["QueueUrl"]
    (message,) = aws.sqs().receive_message(QueueUrl=queue)["Messages"]
    assert json.loads(message["Body"])["subjects"] == [viewer_id]


def test_deleting_twice_is_deleting_once(pool: str) -> None:
    viewer_id = guest()["viewer_id"]
    assert me(viewer_id, "DELETE").status == 204
    first = stored(viewer_id)
    assert me(viewer_id, "DELETE").status == 204
    assert stored(viewer_id) == first


def test_a_deletion_that_failed_half_way_shuts_out_at_once_and_is_finished_by_a_retry(
    pool: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer_id = guest()["viewer_id"]

    def throttled(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "TooManyRequestsException"}}, "AdminDeleteUser")

    with monkeypatch.context() as patch:
        patch.setattr(aws.cognito(), "admin_delete_user", throttled)
        assert me(viewer_id, "DELETE").body["code"] == "busy"
    assert me(viewer_id).body["code"] == "viewer_deleted"
    assert len(aws.cognito().list_users(UserPoolId=pool)["Users"]) == 1
    assert me(viewer_id, "DELETE").status == 204
    assert aws.cognito().list_users(UserPoolId=pool)["Users"] == []


def test_a_refresh_token_of_a_deleted_viewer_is_refused(pool: str) -> None:
    made = guest()
    body = {"refresh_token": made["refresh_token"]}
    assert call(handler, "POST /v1/sessions/refresh", body).status == 200
    me(made["viewer_id"], "DELETE")
    refused = call(handler, "POST /v1/sessions/refresh", body)
    assert (refused.status, refused.body["code"]) == (401, "refresh_refused")
