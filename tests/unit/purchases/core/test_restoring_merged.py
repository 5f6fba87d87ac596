"""A guest joins an account while their subscription is restored by another: one of them has it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cliffhanger import aws, clock, dynamo
from cliffhanger.entitlements import merging, vip, vip_status
from cliffhanger.identity import joins, viewers
from cliffhanger.purchases import lines, products, subscriptions
from cliffhanger.purchases.product_models import ProductInput
from cliffhanger.purchases.store import Subscription
from tests.dynamo.clients import Fast, store
from tests.unit.purchases.core.taking_turns import every_order, in_turn

GUEST, ACCOUNT, OTHER = (f"vwr_01JD000000000000000000000{n}" for n in range(3))
NOW = datetime(2026, 1, 1, tzinfo=UTC)
BOUGHT = Subscription(
    store="apple",
    environment="production",
    product_id="vip.weekly",
    viewer_id=GUEST,
    purchased_at=NOW,
    told_at=NOW,
    line_id="1",
    period_id="1",
    state="active",
    expires_at=NOW + timedelta(days=7),
    auto_renews=True,
)


@pytest.fixture
def begin(stage: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """A guest has VIP, and an account and another viewer have nothing."""
    monkeypatch.setattr(clock, "now", lambda: NOW)

    def empty() -> None:
        tables = Fast(store())
        monkeypatch.setattr(aws, "dynamodb", lambda: tables)
        sold: dict[str, Any] = {"apple_product_id": "vip.weekly", "period": "P1W"}
        products.put("vip-week", ProductInput.model_validate({"kind": "vip", **sold}))
        for one in (GUEST, ACCOUNT, OTHER):
            viewers.find(one, "US")
        subscriptions.apply(BOUGHT)

    return empty


def join() -> None:
    """What a merge does to VIP, as often as it is sent."""
    dynamo.transact(joins.point(GUEST, ACCOUNT), joins.stay_account(ACCOUNT, GUEST))
    merging.merge(GUEST, ACCOUNT)


def restore(viewer: str = OTHER) -> None:
    subscriptions.apply(BOUGHT, claimant=viewer, how="restore")


def refund() -> None:
    later = NOW + timedelta(hours=1)
    subscriptions.apply(BOUGHT.model_copy(update={"state": "revoked", "told_at": later}))


def open_to() -> list[str]:
    """Whom the subscription opens anything to."""
    found = []
    for one in (GUEST, ACCOUNT, OTHER):
        item = dynamo.get(*viewers.place(one), consistent=True)
        found += [one] if vip_status.best(vip.lines(item), NOW).active else []
    return found


def test_what_a_merged_guest_had_bought_goes_from_the_account_and_its_refund_ends_it(
    begin: Callable[[], None],
) -> None:
    begin()
    join()
    assert open_to() == [ACCOUNT]
    restore()
    assert open_to() == [OTHER]
    refund()
    assert open_to() == []


def test_the_record_of_a_transfer_names_the_account_that_the_guest_had_joined(
    begin: Callable[[], None],
) -> None:
    begin()
    join()
    restore()
    line = lines.find("apple", "production", "1")
    assert line is not None
    assert [one.from_viewer_id for one in line.transfers] == [ACCOUNT]


@pytest.mark.parametrize("calls", range(4))
def test_a_merge_that_died_and_goes_on_after_the_restore_brings_nothing_back(
    begin: Callable[[], None], monkeypatch: pytest.MonkeyPatch, calls: int
) -> None:
    begin()
    dying = _dying(aws.dynamodb(), calls)
    with monkeypatch.context() as patch:
        patch.setattr(aws, "dynamodb", lambda: dying)
        with pytest.raises(TimeoutError):
            join()
    restore()
    join()
    assert open_to() == [OTHER]


def test_in_whatever_turn_a_merge_and_a_restore_are_made_one_viewer_has_it(
    begin: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    for order in every_order(4, 10):
        begin()
        in_turn(monkeypatch, [1, 1, *order], join, restore)  # the restore has read the line
        assert open_to() == [OTHER], order
        refund()
        assert open_to() == [], order


def test_in_whatever_turn_a_merge_and_a_refund_come_nobody_keeps_it(
    begin: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    for order in every_order(4, 8):
        begin()
        in_turn(monkeypatch, [1, 1, *order], join, refund)
        assert open_to() == [], order


def _dying(tables: Any, calls: int) -> Any:
    left = iter(range(calls))

    class Dying:
        def __getattr__(self, name: str) -> Any:
            if next(left, None) is None:
                raise TimeoutError
            return getattr(tables, name)

    return Dying()
