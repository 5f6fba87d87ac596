"""A subscription of Google's that begins again in the Play Store, where no app can bind it."""

from collections.abc import Callable

import pytest

from tests.unit.local_google.running import Play
from tests.unit.purchases.core.market import ANNA, BORIS, Market
from tests.unit.purchases.core.test_plan_changes import in_the_store, open_plans, owners, sent
from tests.unit.purchases.core.test_subscriptions import status

Later = Callable[..., None]
BUYER = {"account_id": ANNA}


def over(google: Market, play: Play, *, heard: bool = True) -> str:
    """The token of a week of Anna's that is over."""
    token = play.act("subscribe", product_id="vip", buyer=BUYER, lost=not heard)["purchase_token"]
    play.act("expire", purchase_token=token, lost=not heard)
    google.push()
    return str(token)


def again(play: Play, old: str, *, names: str | None = ANNA) -> str:
    """The token of the week that follows; Google may name the account that had the one before."""
    token = str(play.act("resubscribe", purchase_token=old)["purchase_token"])
    with in_the_store(play, token) as one:
        one.expired_account_id = names
    return token


@pytest.mark.parametrize("names", [ANNA, None, "somebody"])
def test_it_is_of_whoever_had_the_one_before_and_is_acknowledged(
    google: Market, play: Play, names: str | None
) -> None:
    again(play, over(google, play), names=names)
    google.push()
    assert status() == (True, "active")
    play.act("move-time", days=4)  # three days without that, and Google gives the money back
    google.push()
    assert status() == (True, "active")


def test_so_it_is_where_the_one_before_was_never_heard_of(google: Market, play: Play) -> None:
    again(play, over(google, play, heard=False))
    google.push()
    assert status() == (True, "active")


def test_what_was_restored_before_stays_with_whom_it_was_restored_to(
    google: Market, play: Play
) -> None:
    old = over(google, play)
    assert google.restore(sent(old), viewer=BORIS).status == 200
    again(play, old)
    google.push()
    assert (open_plans(), open_plans(BORIS)) == ([], ["vip-week"])


def test_it_is_of_nobody_else_who_claims_it(google: Market, play: Play) -> None:
    token = again(play, over(google, play))
    assert google.claim(sent(token), BORIS).status == 409
    assert google.claim(sent(token)).status == 200
    assert open_plans() == ["vip-week"]


def test_where_google_names_nobody_who_is_known_it_waits_for_a_claim(
    google: Market, play: Play, later: Later
) -> None:
    token = again(play, over(google, play, heard=False), names=None)
    google.push()
    assert owners() == {None}
    assert google.claim(sent(token), BORIS).status == 200
    assert open_plans(BORIS) == ["vip-week"]
