"""On a cloud that lets go what refunded coins have opened, the unlock closes and nothing is owed.

The policy is a variable of two functions. It is changed here as a deployment changes it, and back
again: a cloud of its own would start for a minute and run the same code. No other test meets it:
all that share a cloud are run by one worker, one after the other.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from operations.aliases import point, released
from operations.shell import target_of
from tests.cloud.money import Buyer, eventually, open_account, priced_drama, set_products
from tests.cloud.test_money import entries

POLICY = "CLIFFHANGER_REFUNDED_UNLOCKS"
PRICE = 60


@pytest.fixture(scope="module", autouse=True)
def going(cloud: dict[str, Any]) -> Iterator[None]:
    """Every function that reads the policy is told that unlocks go, until the last test here."""
    target = target_of(None, None, Path(cloud["state"]))
    client = target.client("lambda")
    told = {}
    for name in target.resources("AWS::Lambda::Function"):
        variables = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        if POLICY in variables:
            told[name] = {"FunctionName": name, "Environment": {"Variables": variables}}
            go = {"Variables": variables | {POLICY: '"go"'}}
            client.update_function_configuration(FunctionName=name, Environment=go)
    assert len(told) == 2, "the app's claims, and what the stores tell"
    behind_alias = [one for one in released(target) if one.name in told]
    versions = {
        one.name: client.publish_version(FunctionName=one.name)["Version"] for one in behind_alias
    }
    for name, version in versions.items():
        point(target, name, int(version))
    yield
    for before in told.values():
        client.update_function_configuration(**before)
    for one in behind_alias:
        point(target, one.name, one.live)
        client.delete_function(FunctionName=one.name, Qualifier=versions[one.name])


@pytest.fixture(scope="module")
def episode(cloud: dict[str, Any]) -> Iterator[str]:
    studio = set_products(cloud)
    drama_id, (made,) = priced_drama(cloud, studio, episodes=1, price=PRICE)
    yield made
    studio.post(f"/studio/dramas/{drama_id}/unpublish")


@pytest.fixture
def buyer(cloud: dict[str, Any], episode: str) -> Buyer:
    return open_account(cloud)


def unlocked(buyer: Buyer, episode: str) -> None:
    """The only pack there is pays for the episode."""
    assert buyer.unlock(episode).body["charged"] == PRICE
    assert (buyer.wallet(), plays(buyer, episode)) == ((50, 0, 0), 200)


def plays(buyer: Buyer, episode: str) -> int:
    """How the API answers who wants to watch and spend nothing."""
    return buyer.client.post(f"/episodes/{episode}/playback", {"unlock": "none"}).status


def kinds(buyer: Buyer) -> list[str]:
    return [str(one["kind"]) for one in reversed(entries(buyer))]


def test_a_refund_that_is_heard_closes_what_it_paid_and_its_reversal_opens_it(
    buyer: Buyer, episode: str
) -> None:
    bought = buyer.buy_from_apple()
    assert buyer.claim_apple(bought).status == 200
    unlocked(buyer, episode)
    sent = {"transaction_id": bought["transaction_id"]}

    buyer.at_apple("refund", sent)
    eventually(buyer.wallet, (0, 0, 0))
    assert plays(buyer, episode) == 402
    assert kinds(buyer) == ["purchase", "unlock", "unlock_undone", "refund"]

    buyer.at_apple("reverse", sent)
    eventually(lambda: plays(buyer, episode), 200)
    assert buyer.wallet() == (50, 0, 0)
    assert kinds(buyer)[4:] == ["refund_reversed", "unlock"]


def test_a_refund_that_a_claim_finds_closes_what_it_paid_too(buyer: Buyer, episode: str) -> None:
    bought = buyer.buy_from_google(lost=True)
    assert buyer.claim_google(bought).status == 200
    unlocked(buyer, episode)
    buyer.at_google("refund", {"purchase_token": bought["purchase_token"], "lost": True})
    assert plays(buyer, episode) == 200, "nobody knows of it yet"

    again = buyer.claim_google(bought)
    assert again.body["purchase"]["state"] == "refunded", again.content
    assert (buyer.wallet(), plays(buyer, episode)) == ((0, 0, 0), 402)
    assert kinds(buyer) == ["purchase", "unlock", "unlock_undone", "refund"]
