"""The demo's shop, as a local cloud is given it."""

import json
from pathlib import Path
from typing import Any

import pytest

from local import seed
from local.demo_products import PRODUCTS


class Studio:
    """Takes what is called, and answers nothing."""

    def __init__(self, _endpoints: Any) -> None:
        self.called: list[tuple[str, str]] = []
        made.append(self)

    def call(self, method: str, path: str, _body: object = None) -> dict[str, Any]:
        self.called.append((method, path))
        return {}


made: list[Studio] = []


@pytest.fixture(autouse=True)
def _nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    made.clear()
    monkeypatch.setattr(seed, "_Studio", Studio)


def told(mark: Path) -> list[tuple[str, str]]:
    """What is asked of the API when the demo drama is there already."""
    seed.seed({"user_pool_id": "pool"}, mark, lambda _: None)
    return made.pop().called if made else []


def test_the_smallest_pack_gives_what_it_says_also_the_first_time() -> None:
    packs = [one for one in PRODUCTS.values() if one["kind"] == "coins"]
    smallest, *larger = sorted(packs, key=lambda one: one["coins"])
    assert smallest["first_purchase_bonus"] == 0
    assert any(one["first_purchase_bonus"] for one in larger)


def test_a_shop_that_has_changed_since_is_set_again_and_the_drama_is_kept(tmp_path: Path) -> None:
    mark = tmp_path / "demo.json"
    before = {"user_pool_id": "pool", "drama_id": "drm_1", "products": ["coins-100"]}
    mark.write_text(json.dumps(before))
    assert told(mark) == [("PUT", f"/studio/products/{slug}") for slug in PRODUCTS]
    assert json.loads(mark.read_text())["drama_id"] == "drm_1"
    assert told(mark) == []
