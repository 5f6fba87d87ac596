"""Every route of the table, called by one viewer with all that is another's: nothing comes of it.

A route that is added to the table is called too. One with a body that is not written down here
fails, until its owner's own call is.
"""

import base64
import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cliffhanger.routing import Access, Route
from functions.registry import ROUTES
from tests.client import Client
from tests.cloud.belongings import POSITION, Belongings, every_item, furnish, leaves, report
from tests.cloud.money import Buyer, open_account, priced_drama, set_products
from tests.cloud.probes import probes

PRICE = 2


def google_push(of: Belongings) -> dict[str, Any]:
    told = {"oneTimeProductNotification": {"purchaseToken": of.secrets["google"]["purchase_token"]}}
    data = base64.b64encode(json.dumps(told).encode()).decode()
    return {"message": {"data": data, "messageId": "1"}, "subscription": "projects/p/x"}


def watching(of: Belongings) -> dict[str, Any]:
    """The report of a stranger, who has another position, in the owner's session."""
    sitting = of.owner.client.post(f"/episodes/{of.episode_ids[0]}/playback", {"unlock": "none"})
    theirs = report(sitting, of.episode_ids[1]) | {"session_id": of.session_id}
    return {"items": [theirs | {"position_seconds": 1.5, "watched_seconds": 9.0}]}


# What the owner would send, or with what is theirs in it, for each operation that takes a body.
BODIES: dict[str, Callable[[Belongings], list[Any]]] = {
    "refresh_session": lambda of: [{"refresh_token": of.secrets["access_token"]}],
    "edit_me": lambda _: [{"auto_unlock": True}],
    "merge_guest": lambda of: [{"guest_refresh_token": of.secrets["access_token"]}],
    "open_playback": lambda _: [{"unlock": "none"}, {"unlock": "coins"}],
    "report_progress": lambda of: [watching(of)],
    "claim_purchase": lambda of: [of.secrets["apple"], of.secrets["google"]],
    "restore_purchases": lambda of: [{"purchases": [of.secrets["apple"], of.secrets["google"]]}],
    "take_apple_notification": lambda of: [
        {"signedPayload": of.secrets["apple"]["signed_transaction"]}
    ],
    "take_google_notification": lambda of: [google_push(of)],
}


@pytest.fixture(scope="module")
def studio(cloud: dict[str, Any]) -> Client:
    return set_products(cloud)


@pytest.fixture(scope="module")
def owner(cloud: dict[str, Any], studio: Client) -> Iterator[Belongings]:
    drama = priced_drama(cloud, studio, episodes=3, price=PRICE)
    yield furnish(cloud, studio, drama)
    studio.post(f"/studio/dramas/{drama[0]}/unpublish")


@pytest.fixture
def stranger(cloud: dict[str, Any], studio: Client) -> Buyer:
    """Another viewer, with coins of their own."""
    found = open_account(cloud)
    gift = {"coins": 500, "kind": "bonus", "reason": "coins of their own"}
    assert studio.post(f"/studio/wallets/{found.id}/corrections", gift).status == 201
    return found


def bodies_of(route: Route, owner: Belongings) -> list[Any]:
    """The bodies to call a route with. The studio's are refused before they are read."""
    if route.body is None:
        return []
    if route.access is Access.STUDIO:
        return [{}]
    if route.operation not in BODIES:
        pytest.fail(f"{route.operation} takes a body: write it down in BODIES")
    return BODIES[route.operation](owner)


@pytest.mark.parametrize("route", ROUTES, ids=[one.operation for one in ROUTES])
def test_a_route_shows_and_changes_nothing_of_another_viewers(
    owner: Belongings, stranger: Buyer, route: Route
) -> None:
    right = {"drama_id": owner.drama_id, "episode_id": owner.episode_ids[1], "language": "en"}
    calls = list(probes(route, right, bodies_of(route, owner), owner.all_ids))
    before = owner.items()
    for number, probe in enumerate(calls):
        key = "unlock" if number == 0 else None  # the owner's own key, the first time
        answer = probe.send(stranger.client, key)
        told = answer.body if answer.content else None
        assert answer.status < 500, (probe, answer.content)
        assert owner.seen_in(answer.content.decode(), told) == set(), (probe, answer.content)
        if route.access is Access.STUDIO:
            assert (answer.status, answer.body["code"]) == (403, "forbidden"), probe
    after = every_item(owner.owner.cloud)
    assert {place: after.get(place) for place in before} == before
    named = {
        place
        for place, item in after.items()
        if any(owner.owner.id in one for one in leaves(item) if isinstance(one, str))
    }
    assert named <= set(before), "something of the owner's was made"


def test_the_owner_still_has_it_all(owner: Belongings, anyone: Client) -> None:
    """Calls that show and change nothing might also have found nothing there."""
    client = owner.owner.client
    assert client.get("/me").body["consent"]["analytics"]
    assert client.get("/entitlements").body["vip"]["active"]
    assert owner.seen_in("", client.get("/wallet/entries").body)
    assert owner.seen_in("", client.get("/history").body)
    known = client.get(f"/dramas/{owner.drama_id}/access")
    assert {one["access"] for one in known.body["items"]} == {"unlocked"}
    assert {one["position_seconds"] for one in known.body["items"]} == {None, POSITION}
    unlocked = {"drama_id": owner.drama_id, "episodes": "1-3"}
    assert client.get("/entitlements").body["unlocked"] == [unlocked]
    renewed = anyone.post("/sessions/refresh", {"refresh_token": owner.refresh_token})
    assert renewed.status == 200


def test_what_one_viewer_unlocked_and_watched_is_locked_and_new_to_another(
    owner: Belongings, stranger: Buyer
) -> None:
    known = stranger.client.get(f"/dramas/{owner.drama_id}/access").body["items"]
    assert {(one["access"], one["position_seconds"]) for one in known} == {("locked", None)}
    for episode_id in owner.episode_ids:
        refused = stranger.client.post(f"/episodes/{episode_id}/playback", {"unlock": "none"})
        assert (refused.status, refused.body["code"]) == (402, "episode_locked")
    assert stranger.client.get("/history").body["items"] == []
    assert stranger.wallet() == (0, 500, 0)


def test_what_one_viewer_bought_is_worth_nothing_to_another(
    owner: Belongings, stranger: Buyer
) -> None:
    for store in ("apple", "google"):
        bought = owner.secrets[store]
        claimed = stranger.client.post("/purchases", bought)
        assert (claimed.status, claimed.body["code"]) == (409, "purchase_of_another_viewer")
        restored = stranger.client.post("/purchases/restore", {"purchases": [bought]})
        (item,) = restored.body["items"]
        assert item["purchase"] is None
    assert stranger.wallet() == (0, 500, 0)


def test_an_access_token_does_not_merge_its_viewer_into_another(
    owner: Belongings, stranger: Buyer
) -> None:
    for word in (owner.secrets["access_token"], owner.owner.id, uuid.uuid4().hex):
        body = {"guest_refresh_token": word}
        refused = stranger.client.post("/me/merge", body)
        assert (refused.status, refused.body["code"]) == (409, "not_mergeable")
