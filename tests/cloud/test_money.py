"""Money under fire: whatever races, repeats and overtakes, nothing is granted or charged twice."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from cliffhanger import clock, dynamo
from cliffhanger.identity import joins
from tests.client import Client, fetch
from tests.cloud.money import (
    Buyer,
    eventually,
    open_account,
    priced_drama,
    run,
    set_products,
)

EPISODES = 50
RACERS = 16
PRICE = 2


@pytest.fixture(scope="module")
def studio(cloud: dict[str, Any]) -> Client:
    return set_products(cloud)


@pytest.fixture(scope="module")
def drama(cloud: dict[str, Any], studio: Client) -> Iterator[list[str]]:
    drama_id, episodes = priced_drama(cloud, studio, episodes=EPISODES, price=PRICE)
    yield episodes
    studio.post(f"/studio/dramas/{drama_id}/unpublish")


@pytest.fixture
def buyer(cloud: dict[str, Any], studio: Client) -> Buyer:
    return open_account(cloud)


def test_fifty_episodes_and_sixteen_racers_charge_once_each(
    buyer: Buyer, drama: list[str], agrees: Any
) -> None:
    assert buyer.claim_apple(buyer.buy_from_apple()).status == 200
    assert buyer.claim_google(buyer.buy_from_google()).status == 200
    before = sum(buyer.wallet()[:2])
    with ThreadPoolExecutor(RACERS) as pool:
        tries = [episode for episode in drama for _ in range(RACERS)]
        answers = list(pool.map(buyer.unlock, tries))
    assert Counter(answer.status for answer in answers) == {200: EPISODES * RACERS}
    charged = Counter(
        episode
        for episode, answer in zip(tries, answers, strict=True)
        if answer.body["charged"] == PRICE
    )
    assert charged == dict.fromkeys(drama, 1)
    assert sum(buyer.wallet()[:2]) == before - EPISODES * PRICE
    kinds = Counter(entry["kind"] for entry in entries(buyer))
    assert kinds["unlock"] == EPISODES
    assert agrees(buyer.id)


def test_a_notification_alone_grants(buyer: Buyer, agrees: Any) -> None:
    buyer.buy_from_google()
    eventually(buyer.wallet, (100, 10, 0))
    buyer.buy_from_apple()
    eventually(buyer.wallet, (200, 20, 0))
    assert agrees(buyer.id)


def test_spending_and_a_refund_at_once_lose_no_coin(
    buyer: Buyer, drama: list[str], agrees: Any
) -> None:
    bought = buyer.buy_from_apple()
    assert buyer.claim_apple(bought).status == 200
    with ThreadPoolExecutor(RACERS) as pool:
        spending = [pool.submit(buyer.unlock, episode) for episode in drama]
        refund = {"transaction_id": bought["transaction_id"]}
        pool.submit(buyer.at_apple, "refund", refund).result()
        answers = [one.result() for one in spending]
    spent = sum(answer.body["charged"] for answer in answers if answer.status == 200)
    eventually(lambda: [one["kind"] for one in entries(buyer)].count("refund"), 1)
    paid, bonus, debt = buyer.wallet()
    assert paid + bonus - debt == -spent, "all coins went back, and what was spent is owed"
    assert agrees(buyer.id)

    buyer.at_apple("reverse", refund)
    eventually(lambda: buyer.wallet()[2], 0)
    assert sum(buyer.wallet()[:2]) == 110 - spent
    assert agrees(buyer.id)


def test_vip_opens_what_is_locked_until_it_is_revoked(buyer: Buyer, drama: list[str]) -> None:
    path = f"/episodes/{drama[0]}/playback"
    assert buyer.client.post(path, {"unlock": "none"}).status == 402
    bought = buyer.buy_from_apple("test.vip.week")
    claimed = buyer.claim_apple(bought)
    assert claimed.body["entitlements"]["vip"]["active"], claimed.content
    opened = buyer.client.post(path, {"unlock": "coins"})
    assert (opened.status, opened.body["charged"]) == (200, 0)
    assert opened.body["open"] == f"1-{EPISODES}"
    buyer.at_apple("refund", {"transaction_id": bought["transaction_id"]})
    eventually(lambda: buyer.client.post(path, {"unlock": "none"}).status, 402)


def test_another_viewer_gets_nothing_of_it(cloud: dict[str, Any], buyer: Buyer) -> None:
    bought = buyer.buy_from_apple()
    thief = open_account(cloud)
    stolen = thief.claim_apple(bought)
    assert (stolen.status, stolen.body["code"]) == (409, "purchase_of_another_viewer")
    assert thief.wallet() == (0, 0, 0)


def test_a_guest_joins_an_account_with_all_they_have(
    cloud: dict[str, Any], drama: list[str], agrees: Any
) -> None:
    guest_session = Client(cloud["api_url"]).post("/guests").body
    guest = Buyer(
        cloud,
        guest_session["viewer_id"],
        Client(cloud["api_url"], guest_session["access_token"]),
    )
    assert guest.claim_google(guest.buy_from_google()).status == 200
    assert guest.claim_google(guest.buy_from_google("test_vip_week")).status == 200
    account = open_account(cloud)
    assert guest.unlock(drama[3]).body["charged"] == 0, "VIP opens it"
    body = {"guest_refresh_token": guest_session["refresh_token"]}
    for _ in range(2):
        joined = account.client.post("/me/merge", body, key="join")
        assert (joined.status, joined.body["id"]) == (200, account.id)
    assert account.wallet() == guest.wallet() == (100, 10, 0)
    assert account.client.get("/entitlements").body["vip"]["active"]
    late = guest.buy_from_google()  # the store still knows the guest
    eventually(account.wallet, (200, 20, 0))
    assert account.claim_google(late).status == 200
    assert account.wallet() == (200, 20, 0)
    assert agrees(account.id)


def test_what_a_merge_that_died_has_left_is_paid_for_and_moved_by_the_sweep(
    cloud: dict[str, Any], drama: list[str], agrees: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest_session = Client(cloud["api_url"]).post("/guests").body
    token = Client(cloud["api_url"], guest_session["access_token"])
    guest, account = Buyer(cloud, guest_session["viewer_id"], token), open_account(cloud)
    bought = guest.buy_from_google()
    assert guest.claim_google(bought).status == 200
    assert guest.unlock(drama[3]).body["charged"] == PRICE
    ago = clock.now() - timedelta(minutes=10)
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: ago)
        joining = joins.joining(guest.id, account.id)
        assert joining
        dynamo.transact(*joining)  # all that the call had done
    for one in (guest, account):
        assert one.unlock(drama[3]).body["charged"] == 0, "the guest has paid for it"
    assert run(cloud, "settle")["not_moved"] == 0
    assert sum(account.wallet()) == 110 - PRICE
    refresh = {"refresh_token": guest_session["refresh_token"]}
    ended = Client(cloud["api_url"]).post("/sessions/refresh", refresh)
    assert ended.status == 401, "the guest is nobody any more"
    guest.at_google("refund", {"purchase_token": bought["purchase_token"], "revoke": True})
    eventually(account.wallet, (0, 0, PRICE))
    assert agrees(account.id)


@pytest.mark.parametrize("store", ["apple", "google"])
def test_a_forged_notification_is_refused_and_does_nothing(
    cloud: dict[str, Any], store: str
) -> None:
    body = b'{"signedPayload": "e30.e30.e30"}' if store == "apple" else b'{"message": {}}'
    headers = {"content-type": "application/json", "authorization": "Bearer e30.e30.e30"}
    url = f"{cloud['api_url']}/stores/{store}/notifications"
    answer = fetch(url, method="POST", data=body, headers=headers)
    assert answer.status in {401, 422}
    assert answer.body["code"] in {"purchase_not_verified", "push_not_verified"}


def entries(buyer: Buyer) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = buyer.client.get(f"/wallet/entries?limit=100{cursor}").body
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"
