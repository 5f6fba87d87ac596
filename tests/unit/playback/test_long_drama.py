"""A drama of a thousand episodes: one small answer opens it all."""

from typing import Any

from cliffhanger import aws, clock, dynamo, ids
from cliffhanger.catalog import repository
from cliffhanger.catalog.models import Episode
from tests.unit.entitlements.owning import own, subscribe
from tests.unit.pipeline import new_drama, publish
from tests.unit.playback.viewing import play

COUNT = 1000
AT_ONCE = 25
SMALL = 4096


def thousand(drama_id: str) -> list[Episode]:
    """Write the episodes as they stand in the table, since the studio would take minutes."""
    now = clock.now()
    shared: dict[str, Any] = {
        "drama_id": drama_id,
        "title": {"en": "A"},
        "status": "published",
        "generation": 12,
        "asset_id": ids.new("ast"),
        "duration_ms": 90_000,
        "master": "index.m3u8",
        "poster": "poster.0000001.jpg",
        "pinned": False,
        "created_at": now,
        "updated_at": now,
    }
    made = [
        Episode.model_validate(shared | {"id": ids.new("ep"), "number": number, "slot": number})
        for number in range(1, COUNT + 1)
    ]
    items = [repository.episode_item(one) for one in made]
    items += [repository.place_item(one) for one in made]
    for start in range(0, len(items), AT_ONCE):
        some = [
            {"PutRequest": {"Item": dynamo.put("content", one).parameters()["Item"]}}
            for one in items[start : start + AT_ONCE]
        ]
        aws.dynamodb().batch_write_item(RequestItems={"content": some})  # type: ignore[dict-item]
    return made


def test_the_answer_is_under_4_kb_however_much_is_open(key: str) -> None:
    drama = new_drama(free_episodes=10, episode_price=60)
    episodes = thousand(drama["id"])
    publish(drama)
    own(drama["id"], range(701, 1001, 4))  # here and there
    few = play({"id": episodes[700].id})
    assert few.body["open"].startswith("1-10,701,705,")
    assert [one["number"] for one in few.body["episodes"]] == list(range(701, 745, 4))
    own(drama["id"], range(11, 990))
    many = play({"id": episodes[500].id})
    assert many.body["open"].startswith("1-989,")
    subscribe()
    every = play({"id": episodes[500].id})
    assert every.body["open"] == "1-1000"
    assert all(len(answer.text.encode()) < SMALL for answer in (few, many, every))
