"""A refund that a store counts by pieces takes exactly these, and gives exactly these again."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cliffhanger import clock
from cliffhanger.purchases.store import MOST_AT_ONCE, WHOLE
from cliffhanger.wallet import grants, refunds, wallets
from cliffhanger.wallet.changes import Change
from cliffhanger.wallet.grants import Bought
from cliffhanger.wallet.refunds import Taken
from cliffhanger.wallet.wallets import Wallet

EMPTY = Wallet(
    viewer_id="vwr_01JD0000000000000000000001",
    environment="production",
    coins={"promotional": 0, "bonus": 0, "paid": 0},
)


def packs(quantity: int, coins: int, bonus: int = 0) -> Bought:
    return Bought(
        purchase_id="pur_01JD0000000000000000000001",
        coins=coins * quantity,
        bonus_coins=bonus * quantity,
        pieces=quantity,
    )


def after(change: Change) -> Wallet:
    """The wallet as a change writes it."""
    (item,) = [one.item for one in change.writes if one.item and one.item["sk"] == "WALLET"]
    return wallets.of_item(EMPTY.viewer_id, EMPTY.environment, item)


def share(gone: int, quantity: int) -> int:
    return gone * WHOLE // quantity


def test_of_every_quantity_every_number_of_pieces_is_worth_exactly_its_coins() -> None:
    for quantity in range(1, MOST_AT_ONCE + 1):
        for coins in (1, 1_000_000):
            bought = packs(quantity, coins)
            worth = [
                refunds.missing(EMPTY, bought, Taken(), share(gone, quantity))
                for gone in range(quantity + 1)
            ]
            assert worth == [gone * coins for gone in range(quantity + 1)]


@settings(deadline=None)
@given(
    st.integers(1, MOST_AT_ONCE),
    st.integers(1, 10**6),
    st.integers(0, 10**4),
    st.integers(0, WHOLE),
)
def test_a_greater_share_is_never_worth_less(
    quantity: int, coins: int, bonus: int, told: int
) -> None:
    bought = packs(quantity, coins, bonus)
    more = [refunds.missing(EMPTY, bought, Taken(), one) for one in (told, min(told + 1, WHOLE))]
    assert more == sorted(more)
    exact = quantity * (coins + bonus) * told
    assert exact // WHOLE <= more[0] <= -(-exact // WHOLE) + quantity * (coins + bonus) // WHOLE


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    told=st.integers(1, MOST_AT_ONCE).flatmap(
        lambda quantity: st.tuples(
            st.just(quantity), st.lists(st.integers(0, quantity), min_size=1, max_size=8)
        )
    ),
    coins=st.integers(1, 10**6),
    bonus=st.integers(0, 10**4),
)
def test_pieces_that_go_and_come_again_leave_exactly_the_coins_of_those_that_stay(
    stage: None, told: tuple[int, list[int]], coins: int, bonus: int
) -> None:
    quantity, goings = told
    bought, now = packs(quantity, coins, bonus), clock.now()
    wallet, taken = after(grants.grant(EMPTY, bought, key="any", now=now)), Taken()
    for gone in [*goings, 0]:
        part = share(gone, quantity)
        move = refunds.take_back if part > taken.share else refunds.give_back
        moved = move(wallet, bought, taken, part, key="any", now=now)
        if moved is not None:
            wallet, taken = after(moved[0]), moved[1]
        left = quantity - gone
        assert (taken.paid, taken.bonus, taken.debt) == (gone * coins, gone * bonus, 0)
        assert (wallet.coins["paid"], wallet.coins["bonus"]) == (left * coins, left * bonus)
