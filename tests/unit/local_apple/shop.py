"""A store in process, whose courier writes down what it carries."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt

from local.stores.apple import lifecycle, refunds, selling
from local.stores.apple.chain import Chain
from local.stores.apple.courier import Courier
from local.stores.apple.outcome import Outcome
from local.stores.apple.records import Environment, Line, Notification, Plan, Transaction
from local.stores.apple.selling import NewSubscription, Purchase, Share
from local.stores.apple.store import Store, wall_clock

BUNDLE_ID, APP_ID = "dev.cliffhanger.test", 1000000001
TOKEN = "0192f0c1-8c3e-7a5b-9d4f-112233445566"


@dataclass
class Post:
    """The app's server: it answers what it is told to answer, a success unless told otherwise."""

    results: list[str] = field(default_factory=list)
    received: list[tuple[int, str]] = field(default_factory=list)
    now: Callable[[], int] = wall_clock

    def __call__(self, signed_payload: str) -> str:
        self.received.append((self.now(), signed_payload))
        return self.results.pop(0) if self.results else "SUCCESS"


@dataclass
class Shop:
    store: Store
    post: Post
    courier: Courier

    def buy(self, **wanted: Any) -> Outcome:
        wanted = {"product_id": "coins.100", "account_token": TOKEN, **wanted}
        return selling.buy(self.store, Purchase.model_validate(wanted))

    def subscribe(self, **wanted: Any) -> Outcome:
        wanted = {"product_id": "vip.weekly", "account_token": TOKEN, **wanted}
        return selling.subscribe(self.store, NewSubscription.model_validate(wanted))

    def share(self, bought: Outcome) -> Outcome:
        return selling.share(self.store, Share(transaction_id=bought.transaction_id))

    def line(self, bought: Outcome) -> Line:
        return self.store.line(bought.transaction_id)

    def transaction(self, bought: Outcome) -> Transaction:
        return self.store.transaction(bought.transaction_id)

    def renew(self, bought: Outcome) -> Notification:
        return lifecycle.renew(self.store, self.line(bought))

    def cancel(self, bought: Outcome) -> Notification:
        return lifecycle.set_renewal(self.store, self.line(bought), on=False)

    def expire(self, bought: Outcome) -> Notification:
        return lifecycle.expire(self.store, self.line(bought))

    def fail(self, bought: Outcome, *, grace_days: int = 0) -> Notification:
        return lifecycle.fail_to_renew(self.store, self.line(bought), grace_days=grace_days)

    def change(
        self, bought: Outcome, product_id: str, direction: str, period: str = "P1W"
    ) -> Notification:
        plan = Plan(product_id=product_id, price=9990, period=period)
        return lifecycle.change_plan(self.store, self.line(bought), plan, direction)

    def refund(self, bought: Outcome, percentage: float = 100) -> Notification:
        return refunds.refund(self.store, self.transaction(bought), percentage)

    def reverse(self, bought: Outcome) -> Notification:
        return refunds.reverse(self.store, self.transaction(bought))

    def revoke(self, bought: Outcome) -> Notification:
        return refunds.revoke(self.store, self.transaction(bought))

    def signed(self, bought: Outcome) -> str:
        return self.store.signed(self.transaction(bought))


def open_shop(
    folder: Path,
    chain: Chain,
    environment: Environment = "Production",
    clock: Callable[[], int] = wall_clock,
) -> Shop:
    store = Store(
        folder,
        chain,
        bundle_id=BUNDLE_ID,
        app_apple_id=APP_ID,
        environment=environment,
        clock=clock,
    )
    post = Post(now=store.now)
    return Shop(store, post, Courier(store, post))


def unverified(signed: str) -> dict[str, Any]:
    """What a JWS says, whoever signed it."""
    told: dict[str, Any] = jwt.decode(signed, options={"verify_signature": False})
    return told
