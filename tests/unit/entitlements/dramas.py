"""A published drama that costs coins after its first episodes."""

from cliffhanger import clock, ids
from cliffhanger.catalog.manifest import Manifest
from cliffhanger.catalog.models import Drama, Episode

EPISODES, FREE, PRICE, DISCOUNT = 9, 2, 5, 30


def drama(count: int = EPISODES) -> Manifest:
    now = clock.now()
    drama_id = ids.new("drm")
    stamps = {"created_at": now, "updated_at": now, "title": {"en": "A"}, "status": "published"}
    made = {"synopsis": {}, "original_language": "en", "version": 1}
    prices = {"free_episodes": FREE, "episode_price": PRICE, "bundle_discount": DISCOUNT}
    files = {"asset_id": None, "duration_ms": None, "master": None, "poster": None}
    episodes = tuple(
        Episode.model_validate(
            stamps
            | files
            | {"id": ids.new("ep"), "drama_id": drama_id, "number": slot, "slot": slot}
            | {"generation": 1, "pinned": False}
        )
        for slot in range(1, count + 1)
    )
    return Manifest(Drama.model_validate(stamps | made | prices | {"id": drama_id}), episodes)
