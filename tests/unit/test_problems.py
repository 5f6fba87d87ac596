"""Refusals: one shape for all of them, whatever was sent."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cliffhanger import aws
from functions.catalog.handler import handler as public
from functions.studio.handler import handler
from tests.unit.gateway import call, event, studio, viewer

CREATE = "POST /v1/studio/dramas"
DRAMA = {"title": {"en": "A"}, "original_language": "en", "free_episodes": 1, "episode_price": 60}
ASSET = {"asset_id": "ast_01JD0000000000000000000000"}

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def test_a_refusal_is_a_problem_document_that_no_cache_keeps(stage: None) -> None:
    answer = studio(handler, "GET /v1/studio/assets/{asset_id}", path=ASSET)
    assert answer.status == 404
    assert answer.headers == {
        "content-type": "application/problem+json",
        "cache-control": "no-store",
    }
    assert answer.body == {
        "type": "urn:cliffhanger:problem:asset_not_found",
        "title": "There is no such asset",
        "status": 404,
        "detail": "No asset has this id.",
        "code": "asset_not_found",
    }


@pytest.mark.parametrize("body", [None, "", "%", "é", "{}"], ids=repr)
def test_a_body_that_is_missing_or_no_base64_is_told_so(body: str | None) -> None:
    sent = event(CREATE, groups="[studio]", raw=b"") | {"body": body}
    answer = handler({name: value for name, value in sent.items() if value is not None}, None)
    assert json.loads(answer["body"])["code"] == "malformed_json"


@given(
    fields=st.dictionaries(
        st.sampled_from([*DRAMA, "synopsis"]) | st.text(st.characters(exclude_categories=[])),
        anything,
        min_size=1,
    )
)
@settings(max_examples=60, deadline=None)
def test_no_field_at_all_is_our_fault(fields: dict[str, Any]) -> None:
    answer = studio(handler, CREATE, fields)
    assert (answer.status, answer.body["code"]) == (422, "invalid_payload")
    assert all(fault["code"] and fault["detail"] for fault in answer.body["errors"])


@given(raw=st.binary(max_size=50))
@settings(max_examples=60, deadline=None)
def test_no_bytes_at_all_are_our_fault(raw: bytes) -> None:
    answer = studio(handler, CREATE, raw=raw)
    assert answer.body["code"] in {"malformed_json", "invalid_payload"}


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"free_episodes": None}, "/free_episodes"),
        ({"title": {"en": 1}}, "/title/en"),
        ({"title": {"en": "A", "English": "A"}}, "/title/English"),
        ({"a/b~c": 1}, "/a~1b~0c"),
        ({"original_language": "fr"}, ""),
    ],
    ids=lambda one: str(one)[:30],
)
def test_a_pointer_leads_to_the_fault_as_rfc_6901_has_it(
    changes: dict[str, Any], pointer: str
) -> None:
    answer = studio(handler, CREATE, DRAMA | changes)
    assert [fault["pointer"] for fault in answer.body["errors"]] == [pointer]


@pytest.mark.parametrize("raw", [b"null", b"[]", b"[1]", b"1e999", b'"{}"'])
def test_a_body_that_is_no_object_is_at_fault_as_a_whole(raw: bytes) -> None:
    answer = studio(handler, CREATE, raw=raw)
    assert answer.status == 422
    assert [fault["pointer"] for fault in answer.body["errors"]] == [""]


@pytest.mark.parametrize(
    "query",
    [{"limit": "0"}, {"limit": "101"}, {"limit": "x"}, {"page": "2"}, {"cursor": "x" * 2000}],
)
def test_a_query_that_means_nothing_is_refused(query: dict[str, str]) -> None:
    answer = call(public, "GET /v1/dramas", query=query)
    assert (answer.status, answer.body["code"]) == (422, "invalid_payload")
    assert [fault["pointer"] for fault in answer.body["errors"]] == [f"/{name}" for name in query]


@pytest.mark.parametrize("drama_id", ["x", "drm_1", "🎬", "drm_01JD00000000000000000000\0"])
def test_what_is_no_id_is_not_found(stage: None, drama_id: str) -> None:
    path = {"drama_id": drama_id}
    for answer in (
        call(public, "GET /v1/dramas/{drama_id}", path=path),
        call(public, "GET /v1/dramas/{drama_id}/episodes", path=path),
        studio(handler, "PATCH /v1/studio/dramas/{drama_id}", {}, path=path),
        studio(handler, "POST /v1/studio/dramas/{drama_id}/publish", path=path),
    ):
        assert (answer.status, answer.body["code"]) == (404, "drama_not_found")


def test_what_is_too_long_for_any_id_is_not_found() -> None:
    answer = call(public, "GET /v1/dramas/{drama_id}", path={"drama_id": "x" * 3000})
    assert (answer.status, answer.body["code"]) == (404, "route_not_found")


def test_a_viewer_is_told_that_the_studio_is_not_theirs() -> None:
    answer = viewer(handler, CREATE, DRAMA)
    assert (answer.status, answer.body["code"]) == (403, "forbidden")


def test_what_aws_says_in_anger_stays_inside(stage: None) -> None:
    aws.dynamodb().delete_table(TableName="content")
    answer = studio(handler, "GET /v1/studio/assets/{asset_id}", path=ASSET)
    assert (answer.status, answer.body["code"]) == (500, "internal_error")
    assert not {"dynamodb", "resource", "table", "aws"} & set(answer.text.lower().split())


def test_what_is_private_is_kept_by_no_cache(stage: None) -> None:
    assert studio(handler, CREATE, DRAMA).headers == {
        "content-type": "application/json",
        "cache-control": "no-store",
    }
