"""Dramas: what an edit may not break, and what a reader gets to read."""

import base64
import json
from typing import Any

import pytest

from functions.catalog.handler import handler as public
from functions.studio.handler import handler
from tests.unit.gateway import Answer, call, studio
from tests.unit.pipeline import new_drama, publish

DRAMA = "/v1/studio/dramas/{drama_id}"
UNKNOWN = "drm_01JD0000000000000000000000"


def edit(drama: Any, **changes: Any) -> Answer:
    return studio(handler, f"PATCH {DRAMA}", changes, path={"drama_id": drama["id"]})


def seen(drama: Any, accept_language: str) -> Any:
    headers = {"accept-language": accept_language}
    path = {"drama_id": drama["id"]}
    return call(public, "GET /v1/dramas/{drama_id}", path=path, headers=headers).body


@pytest.mark.parametrize("action", ["", "/publish", "/unpublish"])
def test_a_drama_that_never_was_is_not_found(stage: None, action: str) -> None:
    method, body = ("POST", None) if action else ("PATCH", {"episode_price": 1})
    answer = studio(handler, f"{method} {DRAMA}{action}", body, path={"drama_id": UNKNOWN})
    assert (answer.status, answer.body["code"]) == (404, "drama_not_found")


def test_an_edit_cannot_take_the_original_title_away(stage: None) -> None:
    drama = new_drama(title={"en": "Home", "es": "Casa"})
    answer = edit(drama, title={"es": "Casa"})
    assert (answer.status, answer.body["code"]) == (422, "invalid_payload")
    assert [fault["pointer"] for fault in answer.body["errors"]] == ["/title"]
    assert edit(drama, title={"en": "Homes"}).body["title"] == {"en": "Homes"}


@pytest.mark.parametrize("field", ["id", "status", "version", "original_language", "shelf"])
def test_an_edit_names_only_what_may_change(stage: None, field: str) -> None:
    answer = edit(new_drama(), **{field: "en"})
    assert [fault["pointer"] for fault in answer.body["errors"]] == [f"/{field}"]


def test_what_an_edit_leaves_out_or_sets_to_null_stays(stage: None) -> None:
    drama = new_drama(synopsis={"en": "Long ago"})
    edited = edit(drama, title=None, free_episodes=3).body
    assert (edited["title"], edited["synopsis"]) == (drama["title"], drama["synopsis"])
    assert edit(drama, synopsis={}).body["synopsis"] == {}


def test_title_and_synopsis_are_each_in_the_best_language_there_is(stage: None) -> None:
    drama = new_drama(title={"en": "Home", "es": "Casa"}, synopsis={"en": "Long ago"})
    publish(drama)
    reader = seen(drama, "es-MX, en;q=0.1")
    assert (reader["title"], reader["language"], reader["synopsis"]) == ("Casa", "es", "Long ago")


def test_a_drama_without_a_synopsis_has_none(stage: None) -> None:
    drama = new_drama()
    publish(drama)
    assert seen(drama, "en")["synopsis"] is None


@pytest.mark.parametrize(
    ("titles", "original", "title"),
    [
        ({"en": "Home", "ko": "집"}, "ko", "Home"),
        ({"ko": "집", "ja": "家"}, "ko", "집"),
    ],
)
def test_a_reader_of_no_offered_language_gets_the_stages_then_the_original(
    stage: None, titles: dict[str, str], original: str, title: str
) -> None:
    drama = new_drama(title=titles, original_language=original)
    publish(drama)
    assert seen(drama, "fi")["title"] == title


@pytest.mark.parametrize("tag", ["EN", "english", "pt_BR", "pt-br", "zh-hant", "", "e"])
def test_a_language_is_a_tag_of_rfc_5646(stage: None, tag: str) -> None:
    answer = new_drama(title={"en": "A", tag: "B"})
    assert [fault["pointer"] for fault in answer["errors"]] == [f"/title/{tag}"]


@pytest.mark.parametrize("place", ["x", "", "2026-01-01T00:00:00.000Z#", f"#{UNKNOWN}"])
def test_a_cursor_that_leads_nowhere_on_the_shelf_is_refused(stage: None, place: str) -> None:
    cursor = base64.urlsafe_b64encode(json.dumps(place).encode()).decode()
    answer = call(public, "GET /v1/dramas", query={"cursor": cursor})
    assert (answer.status, answer.body["code"]) == (422, "invalid_payload")


def test_the_shelf_goes_on_after_a_drama_that_has_left_it(stage: None) -> None:
    first, second, third = (publish(new_drama()) for _ in range(3))
    page = call(public, "GET /v1/dramas", query={"limit": "2"}).body
    assert [one["id"] for one in page["items"]] == [third["id"], second["id"]]
    whole = call(public, "GET /v1/dramas", query={"limit": "3"}).body
    assert whole["next_cursor"] is None, "a full page may be the last"
    studio(handler, f"POST {DRAMA}/unpublish", path={"drama_id": second["id"]})
    rest = call(public, "GET /v1/dramas", query={"cursor": page["next_cursor"]}).body
    assert [one["id"] for one in rest["items"]] == [first["id"]]
