"""A wallet while it is being changed: every step leaves lots, totals and ledger in agreement.

Promotional coins whose time has passed are written off first, whatever the change is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from cliffhanger.wallet import changes, entries, lots
from cliffhanger.wallet.balance import Balance, of_wallet
from cliffhanger.wallet.changes import Change
from cliffhanger.wallet.entries import Account, Cause, Entry, EntryKind, Order
from cliffhanger.wallet.lots import Kind, Lot, Move
from cliffhanger.wallet.wallets import Wallet


class Draft:
    """What becomes of one wallet. It knows every lot that it changes."""

    def __init__(self, wallet: Wallet, now: datetime, key: str) -> None:
        """Take the wallet as it was read, the time of the change, and what makes it happen once."""
        self._before = wallet
        self._key = key
        self._now = now.replace(microsecond=now.microsecond // 1000 * 1000)  # as it is stored
        self.wallet = wallet
        self.entries: list[Entry] = []
        self._first = entries.first_id(now)
        self._write_off()

    @property
    def now(self) -> int:
        """The time of the change, in seconds since 1970."""
        return int(self._now.timestamp())

    @property
    def next_id(self) -> str:
        """The id of the entry that is recorded next, which may name a lot too."""
        return entries.nth_id(self._first, len(self.entries))

    def spendable(self, *kinds: Kind) -> int:
        """Return how many coins of these kinds there are, also in lots that were not read."""
        return sum(self.wallet.coins[kind] for kind in kinds)

    def move(self, lot: Lot, coins: int) -> Move:
        """Add coins to a lot, or take them when below zero."""
        open_lots, move = lots.moved(self.wallet.open, lot, coins)
        totals = dict(self.wallet.coins)
        totals[lot.kind] += coins
        self.wallet = replace(self.wallet, open=open_lots, coins=totals)
        return move

    def take(self, coins: int, *kinds: Kind) -> list[Move]:
        """Take coins of these kinds in the order of spending, as many as there are."""
        some = [lot for lot in self.wallet.open if lot.kind in kinds]
        return [self.move(lot, -part) for lot, part in lots.plan(some, coins)]

    def record(
        self,
        kind: EntryKind,
        cause: Cause,
        moves: Iterable[Move],
        *,
        against: Account | None = None,
        debt: int = 0,
        order: Order | None = None,
    ) -> Entry:
        """Write an entry of these moves and of a change of the debt, against another account.

        Without another account, coins and debt must make up for each other.
        """
        moves = tuple(moves)
        self.wallet = replace(self.wallet, debt=self.wallet.debt + debt)
        postings: dict[Account, int] = {}
        for move in moves:
            postings[move.kind] = postings.get(move.kind, 0) + move.coins
        postings["debt"] = -debt
        if against is not None:
            postings[against] = -sum(postings.values())
        entry = Entry(
            id=self.next_id,
            kind=kind,
            at=self._now,
            cause=cause,
            postings={account: coins for account, coins in postings.items() if coins},
            moves=moves,
            order=order,
            key=self._key,
        )
        self.entries.append(entry)
        return entry

    def pay_debt(self, came: Sequence[Lot], cause: Cause) -> None:
        """Pay what is owed with coins that have just come, in the order of spending.

        They are remembered as sunk: when the refund behind the debt is reversed, they come up.
        """
        parts = lots.plan(lots.ordered(came), self.wallet.debt)
        if not parts:
            return
        moves = [self.move(lot, -part) for lot, part in parts]
        paid = sum(part for _, part in parts)
        sunk = (*self.wallet.sunk, *(replace(lot, coins=part) for lot, part in parts))
        self.wallet = replace(self.wallet, sunk=sunk, sunk_coins=self.wallet.sunk_coins + paid)
        self.record("debt_paid", cause, moves, debt=-paid)

    def raise_sunk(self, coins: int) -> list[Move]:
        """Bring coins that paid a debt back into their lots, the latest first.

        Promotional coins whose time has passed come back as bonus coins: they were given in full.
        """
        moves = []
        left = list(self.wallet.sunk)
        for lot, part in lots.plan(reversed(self.wallet.sunk), coins):
            lasting = replace(lot, kind="bonus", expires_at=None)
            moves.append(self.move(lasting if lot.is_expired(self.now) else lot, part))
            left.pop()
            if part < lot.coins:
                left.append(replace(lot, coins=lot.coins - part))
        self.wallet = replace(self.wallet, sunk=tuple(left), sunk_coins=lots.held(left))
        return moves

    def change(self, entry: Entry) -> Change:
        """Return the writes of all this, of which `entry` is the one that was asked for."""
        return Change(
            writes=changes.writes(self._before, self.wallet, self.entries),
            viewer_id=self.wallet.viewer_id,
            entry=entry,
            balance=self.balance,
        )

    @property
    def balance(self) -> Balance:
        """What there is after the change."""
        return of_wallet(self.wallet, self._now)

    def _write_off(self) -> None:
        gone = [lot for lot in self.wallet.open if lot.is_expired(self.now)]
        if gone:
            moves = [self.move(lot, -lot.coins) for lot in gone]
            self.record("expiry", Cause("expiry", gone[0].id), moves, against="expired")
