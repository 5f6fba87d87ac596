"""A viewer with more packs than a wallet holds itself: every function finds the others."""

from typing import Any

from tests.client import Client
from tests.cloud.money import Buyer, eventually, open_account, priced_drama, set_products

PACKS = 12
PRICE = 180


def test_many_packs_are_spent_refunded_corrected_and_merged(
    cloud: dict[str, Any], agrees: Any
) -> None:
    studio = set_products(cloud)
    drama_id, episodes = priced_drama(cloud, studio, episodes=2, price=PRICE)
    session = Client(cloud["api_url"]).post("/guests").body
    signed_in = Client(cloud["api_url"], session["access_token"])
    guest = Buyer(cloud, session["viewer_id"], signed_in)
    packs = [guest.buy_from_apple() for _ in range(PACKS)]
    assert [guest.claim_apple(one).status for one in packs] == [200] * PACKS
    coins, bonus = 100 * PACKS, 10 * PACKS
    assert guest.wallet() == (coins, bonus, 0)

    assert guest.unlock(episodes[0]).body["charged"] == PRICE
    assert guest.wallet() == (coins + bonus - PRICE, 0, 0)

    guest.at_apple("refund", {"transaction_id": packs[-1]["transaction_id"]})
    eventually(guest.wallet, (coins + bonus - PRICE - 100, 0, 10))

    taken = {"coins": -300, "kind": "paid", "reason": "a test"}
    path = f"/studio/wallets/{guest.id}/corrections"
    corrected = studio.post(path, taken)
    spare = coins + bonus - PRICE - 100 - 300
    assert (corrected.status, corrected.body["wallet"]["paid"]) == (201, spare)

    more = [guest.buy_from_apple() for _ in range(PACKS)]
    assert [guest.claim_apple(one).status for one in more] == [200] * PACKS
    left = (spare + coins, bonus - 10, 0)  # the first new bonus paid what was owed
    assert guest.wallet() == left

    account = open_account(cloud)
    token = {"guest_refresh_token": session["refresh_token"]}
    assert account.client.post("/me/merge", token).status == 200
    assert account.wallet() == left
    assert agrees(account.id)
    assert agrees(guest.id)
    studio.post(f"/studio/dramas/{drama_id}/unpublish")
