"""A plan of Google's that begins when the one before it ends: nothing of it is paid until then."""

from collections.abc import Callable

import pytest

from cliffhanger import clock, dynamo
from cliffhanger.entitlements import vip
from cliffhanger.entitlements.vip import VipLine
from cliffhanger.identity import viewers
from tests.unit.local_google.running import Play
from tests.unit.purchases.core.conftest import sold
from tests.unit.purchases.core.market import ANNA, Market
from tests.unit.purchases.core.test_plan_changes import sent

Later = Callable[..., None]
BUYER = {"account_id": ANNA}
DRAMA = "drm_01JD0000000000000000000009"


@pytest.fixture(autouse=True)
def plans(google: Market) -> None:
    google.sell("vip-one", kind="vip", period="P1W", opens=[DRAMA], **sold("vip_one", None))
    google.sell("vip-all", kind="vip", period="P1Y", **sold("vip_all", None))


def to_come(google: Market, play: Play) -> str:
    """The token of a week of one drama, after which a year of everything is to be paid."""
    old = play.act("subscribe", product_id="vip_one", buyer=BUYER)["purchase_token"]
    more = {"product_id": "vip_all", "period": "P1Y", "deferred": True, "late_seconds": 0}
    new = play.act("change-plan", purchase_token=old, **more)["purchase_token"]
    google.push()
    return str(new)


def open_lines() -> list[VipLine]:
    item = dynamo.get(*viewers.place(ANNA), consistent=True)
    return [one for one in vip.lines(item) if one.is_active(clock.now())]


def the_week() -> VipLine:
    (line,) = open_lines()
    assert line.opens == (DRAMA,)
    assert line.expires_at is not None
    return line


@pytest.mark.parametrize("named", ["vip_all", "vip_one", "vip-all"])
def test_a_plan_that_begins_at_the_renewal_opens_nothing_until_then(
    google: Market, play: Play, named: str
) -> None:
    token = to_come(google, play)
    before = the_week()
    assert google.claim(sent(token, named)).status == 200
    assert the_week() == before


def test_it_opens_once_it_was_paid(google: Market, play: Play) -> None:
    token = to_come(google, play)
    google.claim(sent(token, "vip_all"))
    play.act("renew", purchase_token=token)
    google.push()
    assert [(one.product_id, one.opens) for one in open_lines()] == [("vip-all", None)]


def test_it_never_does_where_the_plan_before_was_canceled(
    google: Market, play: Play, later: Later
) -> None:
    token = to_come(google, play)
    play.act("cancel", purchase_token=token, lost=True)
    later(days=8)  # and Google has not said EXPIRED yet
    google.claim(sent(token, "vip_all"))
    assert open_lines() == []


def test_of_two_plans_in_one_purchase_the_same_opens_whichever_the_app_names(
    google: Market, play: Play
) -> None:
    bought = play.act("subscribe", product_id="vip_one", add_ons=["vip_all"], buyer=BUYER)
    google.push()
    assert [one.product_id for one in open_lines()] == ["vip-all"]
    for named in ("vip_one", "vip_all"):
        assert google.claim(sent(bought["purchase_token"], named)).status == 200
        assert [one.product_id for one in open_lines()] == ["vip-all"]


def test_an_app_that_names_an_add_on_takes_no_plan_away(google: Market, play: Play) -> None:
    bought = play.act("subscribe", product_id="vip_one", add_ons=["sports"], buyer=BUYER)
    google.push()
    answer = google.claim(sent(bought["purchase_token"], "sports"))
    assert (answer.status, answer.body["purchase"]["held"]) == (200, None)
    assert the_week().product_id == "vip-one"
