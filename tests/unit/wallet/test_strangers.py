"""Nobody sees another viewer's coins: the token alone says whose they are."""

from typing import Any

import pytest

from functions.wallet.handler import handler
from tests.unit.gateway import VIEWER, Answer, call, viewer
from tests.unit.wallet.wallet_steps import buy

BORIS = "vwr_01JD0000000000000000000007"


def of_boris(route: str, **query: str) -> Answer:
    claims = {"token_use": "access", "username": BORIS}
    return call(handler, route, claims=claims, query=query)


def entries(**query: str) -> Any:
    return viewer(handler, "GET /v1/wallet/entries", query=query).body


@pytest.mark.parametrize("route", ["GET /v1/wallet", "GET /v1/wallet/entries"])
@pytest.mark.parametrize("name", ["viewer_id", "viewer", "id", "pk", "username"])
def test_naming_another_viewer_is_refused(stage: None, route: str, name: str) -> None:
    buy(100)
    answer = of_boris(route, **{name: VIEWER})
    assert (answer.status, answer.body["code"]) == (422, "invalid_payload")
    assert [one["pointer"] for one in answer.body["errors"]] == [f"/{name}"]


def test_anothers_cursor_leads_to_ones_own_entries_alone(stage: None) -> None:
    for coins in (1, 2, 3):
        buy(coins)
    foreign = entries(limit="1")["next_cursor"]
    assert foreign
    for coins in (40, 50):
        buy(coins, viewer_id=BORIS)
    stolen = of_boris("GET /v1/wallet/entries", cursor=foreign)
    assert stolen.status == 200
    assert {one["paid"] for one in stolen.body["items"]} <= {40, 50}
    assert [one["paid"] for one in entries(cursor=foreign)["items"]] == [2, 1]


def test_who_has_nothing_sees_nothing_by_anothers_cursor(stage: None) -> None:
    for coins in (1, 2, 3):
        buy(coins)
    foreign = entries(limit="1")["next_cursor"]
    stolen = of_boris("GET /v1/wallet/entries", cursor=foreign).body
    assert stolen == {"items": [], "next_cursor": None}
