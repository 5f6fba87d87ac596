"""What the studio finds again: every drama and episode, published or not."""

from typing import Any

from functions.studio.handler import handler
from tests.unit.gateway import Answer, studio
from tests.unit.pipeline import new_drama, new_episode, publish

DRAMAS = "/v1/studio/dramas"
DRAMA = f"{DRAMAS}/{{drama_id}}"


def listed(route: str, drama: Any = None, **query: str) -> Answer:
    path = {"drama_id": drama["id"]} if drama else None
    return studio(handler, f"GET {route}", path=path, query=query)


def test_all_dramas_are_listed_the_newest_first(stage: None) -> None:
    made = [new_drama(title={"en": f"Number {number}"})["id"] for number in range(5)]
    publish({"id": made[1]})
    assert [one["id"] for one in listed(DRAMAS).body["items"]] == made[::-1]
    first = listed(DRAMAS, limit="2").body
    rest = listed(DRAMAS, limit="10", cursor=first["next_cursor"]).body
    assert [one["id"] for one in first["items"] + rest["items"]] == made[::-1]
    assert rest["next_cursor"] is None


def test_there_may_be_no_drama_yet(stage: None) -> None:
    assert listed(DRAMAS).body == {"items": [], "next_cursor": None}


def test_a_cursor_of_another_list_is_refused(stage: None) -> None:
    answer = listed(DRAMAS, cursor="ImVwXzEi")
    assert (answer.status, answer.body["errors"][0]["pointer"]) == (422, "/cursor")


def test_a_draft_can_be_looked_at(stage: None) -> None:
    drama = new_drama()
    assert listed(DRAMA, drama).body == drama
    missing = {"id": "drm_01JD0000000000000000000000"}
    assert listed(DRAMA, missing).body["code"] == "drama_not_found"
    assert listed(f"{DRAMA}/episodes", missing).body["code"] == "drama_not_found"


def test_drafts_are_listed_among_the_episodes_by_number(stage: None) -> None:
    drama = new_drama()
    for number in (3, 1, 2):
        new_episode(drama, number)
    found = listed(f"{DRAMA}/episodes", drama).body["items"]
    assert [(one["number"], one["status"]) for one in found] == [
        (number, "draft") for number in (1, 2, 3)
    ]


def test_an_episodes_title_can_be_changed(stage: None) -> None:
    episode = new_episode()
    path = {"drama_id": episode["drama_id"], "episode_id": episode["id"]}
    route = f"PATCH {DRAMA}/episodes/{{episode_id}}"
    changed = studio(handler, route, {"title": {"en": "B", "es": "C"}}, path=path)
    assert (changed.status, changed.body["title"]) == (200, {"en": "B", "es": "C"})
    elsewhere = path | {"drama_id": new_drama()["id"]}
    assert studio(handler, route, {"title": {"en": "B"}}, path=elsewhere).status == 404
    assert studio(handler, route, {"number": 7}, path=path).status == 422
