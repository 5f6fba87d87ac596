"""The catalogue: what the studio makes of it, and what the public sees."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cliffhanger.catalog.languages import choose
from functions.catalog.handler import handler as public
from functions.studio.handler import handler
from tests.unit.gateway import Answer, call, studio

# Any text, and what looks like the header: `es-MX;q=0.5, *`.
headers = st.text(max_size=60) | st.text("enspt-BRMX;q=01.9,* ", max_size=60)

TITLES = {"en": "Home", "es": "Casa", "pt-BR": "Lar"}


def create(**changes: Any) -> Any:
    body = {"title": TITLES, "original_language": "en", "free_episodes": 1, "episode_price": 60}
    return studio(handler, "POST /v1/studio/dramas", body | changes).body


def act(drama: Any, action: str) -> Answer:
    route = f"POST /v1/studio/dramas/{{drama_id}}/{action}"
    return studio(handler, route, path={"drama_id": drama["id"]})


def shelf(**query: str) -> Any:
    return call(public, "GET /v1/dramas", query=query).body


def test_a_draft_is_seen_by_nobody_and_a_published_drama_by_all(stage: None) -> None:
    drama = create()
    assert shelf()["items"] == []
    act(drama, "publish")
    assert [one["id"] for one in shelf()["items"]] == [drama["id"]]
    act(drama, "unpublish")
    assert shelf()["items"] == []
    path = {"drama_id": drama["id"]}
    assert call(public, "GET /v1/dramas/{drama_id}", path=path).body["code"] == "drama_not_found"


def test_publishing_again_does_not_move_a_drama_to_the_front(stage: None) -> None:
    first, second = create(), create()
    for drama in (first, second, first):
        act(drama, "publish")
    assert [one["id"] for one in shelf()["items"]] == [second["id"], first["id"]]


def test_the_shelf_comes_in_pages(stage: None) -> None:
    made = [create()["id"] for _ in range(5)]
    for drama_id in made:
        act({"id": drama_id}, "publish")
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = shelf(limit="2", **cursor)
        seen += [one["id"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == made[::-1]


@pytest.mark.parametrize("cursor", ["x", "e30", "MTI", "bnVsbA", "%%%"])
def test_a_cursor_that_is_not_ours_is_refused(stage: None, cursor: str) -> None:
    assert shelf(cursor=cursor)["code"] == "invalid_payload"


@pytest.mark.parametrize(
    ("header", "title"),
    [
        ("es-MX,es;q=0.9", "Casa"),
        ("fr, pt-PT;q=0.5, es;q=0.4", "Lar"),
        ("es;q=0, fr", "Home"),
        ("", "Home"),
        ("PT-br", "Lar"),
    ],
)
def test_titles_come_in_the_readers_language(stage: None, header: str, title: str) -> None:
    drama = create()
    act(drama, "publish")
    answer = call(
        public,
        "GET /v1/dramas/{drama_id}",
        path={"drama_id": drama["id"]},
        headers={"accept-language": header},
    )
    assert answer.body["title"] == title
    assert answer.headers["vary"] == "accept-language"
    assert answer.headers["cache-control"].startswith("public, max-age=")


@given(header=headers, offered=st.sets(st.sampled_from([*TITLES]), min_size=1))
def test_any_header_at_all_gets_an_offered_language(header: str, offered: set[str]) -> None:
    assert choose(header, offered, ["en", "xx"]) in offered


def test_the_original_language_must_have_a_title(stage: None) -> None:
    assert create(original_language="fr")["code"] == "invalid_payload"


def test_a_patch_changes_what_it_names_and_the_version_grows(stage: None) -> None:
    drama = create()
    patched = studio(
        handler,
        "PATCH /v1/studio/dramas/{drama_id}",
        {"episode_price": 80},
        path={"drama_id": drama["id"]},
    ).body
    assert patched == drama | {
        "episode_price": 80,
        "version": drama["version"] + 1,
        "updated_at": patched["updated_at"],
    }


def test_a_retry_finds_what_the_first_try_made(stage: None) -> None:
    route = "POST /v1/studio/dramas"
    body = {"title": TITLES, "original_language": "en", "free_episodes": 1, "episode_price": 60}
    key = {"idempotency-key": "once"}
    first = studio(handler, route, body, headers=key)
    again = studio(handler, route, body, headers=key)
    assert (again.status, again.body) == (201, first.body)
    other = studio(handler, route, body | {"free_episodes": 2}, headers=key)
    assert other.body["code"] == "idempotency_key_reused"
    claims = {"token_use": "access", "username": "vwr_2", "cognito:groups": "[studio]"}
    someone = call(handler, route, body, headers=key, claims=claims)
    assert someone.body["id"] != first.body["id"]
