"""The store: its clock, its records on disk, and its signature."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from local.stores.apple import payloads
from local.stores.apple.chain import Chain
from local.stores.apple.errors import not_found
from local.stores.apple.records import (
    Environment,
    Line,
    Plan,
    State,
    Transaction,
)
from local.stores.apple.signing import sign


def wall_clock() -> int:
    """Return the time of this machine in UNIX milliseconds."""
    return time.time_ns() // 1_000_000


class Store:
    """One store of one app. Safe to use from any thread: whoever changes it holds `changing()`."""

    def __init__(
        self,
        folder: Path,
        chain: Chain,
        *,
        bundle_id: str,
        app_apple_id: int,
        environment: Environment = "Sandbox",
        clock: Callable[[], int] = wall_clock,
    ) -> None:
        self.chain, self.bundle_id, self.app_apple_id = chain, bundle_id, app_apple_id
        self.environment = environment
        self._clock, self.lock = clock, threading.RLock()
        self.loses = False
        """Whether what is told now reaches nobody."""
        self._file = folder / "store.json"
        folder.mkdir(parents=True, exist_ok=True)
        if self._file.exists():
            self.state = State.model_validate_json(self._file.read_text())
        else:
            # So that ids do not come again when the folder is lost and the app's tables are not.
            self.state = State(next_number=clock())

    @contextmanager
    def changing(self) -> Iterator[State]:
        """Give the records to one thread, and keep what became of them."""
        with self.lock:
            yield self.state
            partial = self._file.with_suffix(".partial")
            partial.write_text(self.state.model_dump_json())
            partial.replace(self._file)

    @contextmanager
    def losing(self, *, lost: bool) -> Iterator[None]:
        """Lose the notifications of what happens meanwhile, if wanted."""
        before, self.loses = self.loses, lost
        try:
            yield
        finally:
            self.loses = before

    def now(self) -> int:
        """Return the store's time in UNIX milliseconds."""
        return self.real_time() + self.state.clock_offset

    def real_time(self) -> int:
        """Return the time that the app's server has, however far the store's was moved."""
        return self._clock()

    def moment(self) -> int:
        """Return the store's time, later than any that it gave before: dates order what it says."""
        with self.lock:
            self.state.last_moment = max(self.now(), self.state.last_moment + 1)
            return self.state.last_moment

    def new_id(self, environment: Environment) -> str:
        """Return a transaction id, which is digits, as Apple's."""
        self.state.next_number += 1
        return f"{'7' if environment == 'Production' else '2'}{self.state.next_number:014d}"

    def transaction(self, transaction_id: str) -> Transaction:
        """Return a transaction.

        Raises:
            StoreError: there is none.
        """
        found = self.state.transactions.get(transaction_id)
        if found is None:
            raise not_found("Transaction id not found.")
        return found

    def line(self, transaction_id: str) -> Line:
        """Return the subscription that a transaction belongs to.

        Raises:
            StoreError: there is none.
        """
        found = self.state.lines.get(self.transaction(transaction_id).original_id)
        if found is None:
            raise not_found("The transaction is not of a subscription.", 4040005)
        return found

    def latest(self, line: Line) -> Transaction:
        """Return the newest period of a subscription."""
        return self.state.transactions[line.latest]

    def newest(self, *, subscriptions_only: bool) -> Transaction:
        """Return what was bought last; of a subscription, its newest period.

        Raises:
            StoreError: nothing was.
        """
        for one in reversed(self.state.transactions.values()):
            line = self.state.lines.get(one.original_id)
            if not one.is_renewal and (line or not subscriptions_only):
                return self.latest(line) if line else one
        what = "There is no subscription yet." if subscriptions_only else "Nothing was bought yet."
        raise not_found(what)

    def sold_to(self, customer: str, environment: Environment) -> list[Transaction]:
        """Return everything that a customer bought in an environment, the oldest first."""
        return [
            one
            for one in self.state.transactions.values()
            if (one.customer, one.environment) == (customer, environment)
        ]

    def signed(self, transaction: Transaction) -> str:
        """Return a transaction as an app gets it, signed now."""
        return sign(self.chain, payloads.transaction(transaction, self.bundle_id, self.moment()))

    def signed_renewal(self, line: Line) -> str:
        """Return what becomes of a subscription, signed now."""
        return sign(self.chain, payloads.renewal(line, self.latest(line), self.moment()))

    def status(self, line: Line) -> int:
        """Return Apple's number for the state of a subscription now."""
        return payloads.status(line, self.latest(line), self.now())

    def open_line(self, first: Transaction, plan: Plan) -> Line:
        """Keep a transaction as the first period of a subscription."""
        self.state.transactions[first.id] = first
        line = Line(id=first.original_id, latest=first.id, plan=plan)
        self.state.lines[line.id] = line
        return line
