"""Whatever happens to wallets, in any order, repeated and in each other's way: the books agree."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from cliffhanger import aws, dynamo, ids
from cliffhanger.dynamo import Write
from cliffhanger.wallet import changes, corrections, grants, ledger, refunds, spending, wallets
from cliffhanger.wallet.audit import audit
from cliffhanger.wallet.changes import Change
from cliffhanger.wallet.correction_models import CorrectionInput
from cliffhanger.wallet.entries import Cause, Entry, Order
from cliffhanger.wallet.errors import InsufficientCoins
from cliffhanger.wallet.grants import Bought
from cliffhanger.wallet.lots import Kind, Value
from cliffhanger.wallet.merging import merge_writes
from cliffhanger.wallet.refunds import Taken
from tests.unit.wallet.coins import Coin, Pack, Purse
from tests.unit.wallet.memory_table import MemoryTable

CAMPAIGN = Cause("campaign", "welcome")
EPISODE = Cause("unlock", "drm_1/12")
ORDER = Order(operator_id="vwr_operator", reason="a complaint")
KINDS: tuple[Kind, ...] = ("paid", "bonus", "promotional")
SHARES = st.sampled_from([0, 100_000]) | st.integers(0, 100_000)
COINS = st.integers(1, 30)
RIVAL = st.booleans()
WHO = st.integers(0, 1)


@dataclass(eq=False)
class Purchase:
    """What a purchase's record would hold."""

    viewer_id: str
    bought: Bought
    pack: Pack
    taken: Taken = field(default_factory=Taken)


class Wallets(RuleBasedStateMachine):
    """Two viewers, either of whom may be merged into the other's place."""

    @initialize()
    def begin(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.ids = [ids.new("vwr"), ids.new("vwr")]
        self.purses = {one: Purse() for one in self.ids}
        self.purchases: list[Purchase] = []
        self.merged: dict[str, str] = {}

    @property
    def seconds(self) -> int:
        return int(self.now.timestamp())

    def purse(self, viewer_id: str) -> Purse:
        found = self.purses[self.merged.get(viewer_id, viewer_id)]
        found.expire(self.seconds)
        return found

    def do(
        self, viewer_id: str, make: Callable[[wallets.Wallet], Change], *, rival: bool
    ) -> Change:
        """Commit a change once, send it again in vain, and let a rival be faster if wanted."""
        once = dynamo.create("commerce", dynamo.key(ids.new("once"), "GUARD"))
        left = [rival]

        def prepare() -> tuple[Change, Sequence[Write]]:
            change = make(wallets.read(viewer_id))
            if left.pop() if left else False:
                self.promoted(viewer_id, 1, None)
            return change, [once]

        change = changes.commit(prepare)
        with pytest.raises(dynamo.ConditionFailed):
            dynamo.transact(*change.writes)
        with pytest.raises((dynamo.ConditionFailed, InsufficientCoins)):
            changes.commit(prepare)
        return change

    def promoted(
        self, viewer_id: str, coins: int, days: int | None, *, rival: bool = False
    ) -> None:
        ends = None if days is None else self.now + timedelta(days=days)

        def make(wallet: wallets.Wallet) -> Change:
            return grants.promote(
                wallet, coins, expires_at=ends, cause=CAMPAIGN, key="once", now=self.now
            )

        if rival:
            change = self.do(viewer_id, make, rival=True)
        else:
            change = changes.commit(lambda: (make(wallets.read(viewer_id)), []))
        lot = change.entry.moves[0].id
        seconds = None if ends is None else int(ends.timestamp())
        came = [Coin(lot, "promotional", seconds) for _ in range(coins)]
        self.purse(viewer_id).give(came)

    @rule(who=WHO, coins=st.integers(0, 40), bonus=st.integers(0, 9), priced=RIVAL, rival=RIVAL)
    def buy(self, who: int, coins: int, bonus: int, priced: bool, rival: bool) -> None:
        viewer_id = self.ids[who]
        value = Value(
            gross_micros=4_990_001,
            net_micros=3_493_000,
            currency="USD",
            storefront="US",
            shares_version=1,
        )
        bought = Bought(
            purchase_id=ids.new("pur"),
            coins=coins,
            bonus_coins=bonus + (not coins),
            value=value if priced else None,
        )
        self.do(
            viewer_id,
            lambda wallet: grants.grant(wallet, bought, key="once", now=self.now),
            rival=rival,
        )
        pack = Pack(bought.purchase_id, coins, bought.bonus_coins)
        came = [Coin(pack.id, "paid") for _ in range(coins)]
        came += [Coin(pack.id, "bonus") for _ in range(pack.bonus)]
        self.purse(viewer_id).give(came)
        self.purchases.append(Purchase(viewer_id, bought, pack))

    @rule(who=WHO, packs=st.integers(4, 9), coins=st.integers(0, 3), bonus=st.integers(0, 2))
    def hoard(self, who: int, packs: int, coins: int, bonus: int) -> None:
        """Rare by chance: more lots than a wallet holds itself."""
        for _ in range(packs):
            self.buy(who, coins, bonus, True, False)

    @rule(who=WHO, coins=COINS, days=st.one_of(st.none(), st.integers(1, 9)), rival=RIVAL)
    def promote(self, who: int, coins: int, days: int | None, rival: bool) -> None:
        self.promoted(self.ids[who], coins, days, rival=rival)

    @rule(days=st.integers(1, 4))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule(who=WHO, price=COINS, rival=RIVAL)
    def spend(self, who: int, price: int, rival: bool) -> None:
        viewer_id = self.ids[who]
        purse = self.purse(viewer_id)
        if len(purse.coins) < price:
            with pytest.raises(InsufficientCoins) as refused:
                spending.spend(
                    wallets.read(viewer_id), price, cause=EPISODE, key="once", now=self.now
                )
            assert refused.value.members == {"price": price, "balance": len(purse.coins)}
            return
        change = self.do(
            viewer_id,
            lambda wallet: spending.spend(wallet, price, cause=EPISODE, key="once", now=self.now),
            rival=rival,
        )
        gone = Counter((one.lot, one.kind) for one in purse.take(price, *KINDS))
        assert {(one.id, one.kind): -one.coins for one in change.entry.moves} == gone
        assert change.entry.postings["spent"] == price

    @rule(who=WHO, rival=RIVAL)
    def spend_all(self, who: int, rival: bool) -> None:
        if coins := len(self.purse(self.ids[who]).coins):
            self.spend(who, coins, rival)

    @precondition(lambda self: self.purchases)
    @rule(which=st.integers(-3, -1) | st.integers(0, 9), share=SHARES, rival=RIVAL)
    def tell_of_a_refund(self, which: int, share: int, rival: bool) -> None:
        one = self.purchases[which % len(self.purchases)]
        turn = refunds.take_back if share > one.taken.share else refunds.give_back
        if (
            turn(
                wallets.read(one.viewer_id), one.bought, one.taken, share, key="once", now=self.now
            )
            is None
        ):
            return
        outcome: list[Taken] = []

        def make(wallet: wallets.Wallet) -> Change:
            made = turn(wallet, one.bought, one.taken, share, key="once", now=self.now)
            assert made
            outcome.append(made[1])
            return made[0]

        before = one.taken
        self.do(one.viewer_id, make, rival=rival)
        one.taken = outcome[1 if rival else 0]
        again = turn(
            wallets.read(one.viewer_id), one.bought, one.taken, share, key="once", now=self.now
        )
        assert again is None
        purse = self.purse(one.viewer_id)
        if share > before.share:
            purse.refund(one.pack, share)
        else:
            purse.reverse(one.pack, share, self.seconds)
        taken = one.taken
        assert (taken.paid + taken.bonus, taken.debt) == (len(one.pack.taken), one.pack.owed)

    @precondition(lambda self: self.purchases)
    @rule(which=st.integers(-3, -1), coins=COINS, days=st.integers(1, 9), later=st.integers(0, 9))
    def fall_into_debt_and_pay(self, which: int, coins: int, days: int, later: int) -> None:
        """Rare by chance: spent, refunded, and the debt paid with coins that may expire."""
        one = self.purchases[which % len(self.purchases)]
        viewer_id = self.merged.get(one.viewer_id, one.viewer_id)
        if there := len(self.purse(viewer_id).coins):
            self.spend(self.ids.index(viewer_id), there, False)
        self.tell_of_a_refund(which, 100_000, False)
        self.promoted(viewer_id, coins, days)
        self.now += timedelta(days=later)

    @rule(
        who=WHO,
        coins=st.integers(-30, 30).filter(bool),
        kind=st.sampled_from(KINDS),
        into_debt=RIVAL,
        rival=RIVAL,
    )
    def correct(self, who: int, coins: int, kind: Kind, into_debt: bool, rival: bool) -> None:
        viewer_id = self.ids[who]
        wanted = CorrectionInput(
            coins=coins, kind=kind, reason="x", into_debt=into_debt and coins < 0
        )

        def make(wallet: wallets.Wallet) -> Change:
            return corrections.correct(wallet, wanted, order=ORDER, key="once", now=self.now)

        purse = self.purse(viewer_id)
        if not wanted.into_debt and -coins > purse.count(kind):
            with pytest.raises(InsufficientCoins):
                make(wallets.read(viewer_id))
            return
        change = self.do(viewer_id, make, rival=rival)
        if coins > 0:
            purse.give(Coin(change.entry.moves[0].id, kind) for _ in range(coins))
        else:
            purse.debt += -coins - len(purse.take(-coins, kind))

    @precondition(lambda self: len(self.merged) < 7)  # a longer chain is taken for a circle
    @rule(guest=WHO)
    def merge(self, guest: int) -> None:
        old, account = self.ids[guest], self.ids[1 - guest]
        self.purse(account).merge(self.purse(old))
        for _ in range(2):
            changes.commit(lambda: (merge_writes(old, account, now=self.now), []))
        self.merged |= {one: account for one, to in self.merged.items() if to == old}
        self.merged[old] = account
        del self.purses[old]
        self.ids[guest] = ids.new("vwr")
        self.purses[self.ids[guest]] = Purse()

    @invariant()
    def wallet_and_ledger_agree_with_the_coins(self) -> None:
        for viewer_id in [*self.merged, *self.ids]:
            assert audit(viewer_id).faults == ()
        for viewer_id, purse in self.purses.items():
            wallet = wallets.whole(wallets.read(viewer_id))
            entries = list(ledger.every(viewer_id, "production"))
            assert all(sum(one.postings.values()) == 0 for one in entries)
            assert wallet.debt == purse.debt
            assert wallet.sunk_coins == len(purse.sunk)
            purse.expire(self.seconds)
            live = {one.key: one.coins for one in wallet.open if not one.is_expired(self.seconds)}
            assert live == purse.lots()
            self.value_is_in_the_lots_or_went_somewhere(wallet, entries)

    def value_is_in_the_lots_or_went_somewhere(
        self, wallet: wallets.Wallet, entries: list[Entry]
    ) -> None:
        found: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
        for move in (move for entry in entries for move in entry.moves if move.value):
            assert move.value
            found[move.id][0] += move.value.gross_micros
            found[move.id][1] += move.value.net_micros
        there = {one.id: one.worth(one.coins) for one in wallet.open if one.kind == "paid"}
        for lot_id, (gross, net) in found.items():
            assert (gross, net) == there.get(lot_id, (0, 0))


def play(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        Wallets,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_books_agree_after_every_step(stage: None, monkeypatch: pytest.MonkeyPatch) -> None:
    table = MemoryTable()
    monkeypatch.setattr(aws, "dynamodb", lambda: table)
    play(examples=100, steps=40)


def test_they_agree_on_an_emulated_dynamodb_too(stage: None) -> None:
    play(examples=2, steps=12)
