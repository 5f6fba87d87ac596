"""What customers buy, and share with their family."""

import uuid
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from local.stores.apple.announcing import notify
from local.stores.apple.errors import bad_request
from local.stores.apple.outcome import Outcome, outcome
from local.stores.apple.periods import after
from local.stores.apple.records import Environment, Kind, Line, Plan, Transaction
from local.stores.apple.store import Store

Text = Annotated[str, StringConstraints(min_length=1, max_length=255)]
GROUP = "21000001"


class _Sale(BaseModel):
    model_config = ConfigDict(extra="forbid")

    product_id: Text
    account_token: uuid.UUID | None = Field(default=None, description="The viewer, as a UUID.")
    customer: Text | None = Field(default=None, description="Whose; that of the token otherwise.")
    currency: Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")] = "USD"
    storefront: Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")] = "USA"
    environment: Environment | None = Field(default=None, description="The store's own otherwise.")

    @property
    def token(self) -> str | None:
        """The account token as Apple writes it."""
        return str(self.account_token) if self.account_token else None


class Purchase(_Sale):
    """A product that is bought once."""

    type: Kind = "consumable"
    quantity: int = Field(default=1, ge=1, le=10)
    price: int = Field(default=4990, ge=0, description="Thousandths, of the whole transaction.")


class NewSubscription(_Sale):
    """A subscription that begins, or begins again."""

    price: int = Field(default=5990, ge=0, description="Thousandths, of one period.")
    period: str = "P1W"
    group: Text = GROUP
    offer_type: int | None = Field(default=None, ge=1, le=4)
    offer_discount_type: str | None = None


class Share(BaseModel):
    """A family member gets a subscription that another one pays."""

    model_config = ConfigDict(extra="forbid")

    transaction_id: str | None = Field(default=None, description="The latest otherwise.")
    customer: Text = "family-member"


def buy(store: Store, wanted: Purchase) -> Outcome:
    """Sell a product, and tell the app's server of it."""
    if wanted.type == "auto_renewable":
        raise bad_request("type: subscribe to that instead")
    transaction = Transaction(
        **_sold(store, wanted), kind=wanted.type, quantity=wanted.quantity, price=wanted.price
    )
    store.state.transactions[transaction.id] = transaction
    return outcome(store, transaction, notify(store, "ONE_TIME_CHARGE", None, transaction))


def subscribe(store: Store, wanted: NewSubscription) -> Outcome:
    """Begin a subscription. Whoever had one in the group before goes on with that line.

    Raises:
        StoreError: the customer has one that runs, or the period is none.
    """
    plan = Plan(product_id=wanted.product_id, price=wanted.price, period=wanted.period)
    first = Transaction(
        **_sold(store, wanted),
        kind="auto_renewable",
        group=wanted.group,
        price=wanted.price,
        expires_at=after(store.now(), wanted.period),
        offer_type=wanted.offer_type,
        offer_discount_type=wanted.offer_discount_type,
    )
    before = _line_before(store, first)
    if before is None:
        store.open_line(first, plan)
        return outcome(store, first, notify(store, "SUBSCRIBED", "INITIAL_BUY", first))
    if store.status(before) in {1, 3, 4}:
        raise bad_request(f"The customer has {before.latest}. Change its plan, or let it end.")
    old = store.latest(before)
    again = first.model_copy(
        update={"original_id": before.id, "first_purchased_at": old.first_purchased_at}
    )
    store.open_line(again, plan)
    return outcome(store, again, notify(store, "SUBSCRIBED", "RESUBSCRIBE", again))


def share(store: Store, wanted: Share) -> Outcome:
    """Let a family member in. Their transaction is their own, without an account token."""
    owner = store.latest(store.line(wanted.transaction_id or ""))
    new_id = store.new_id(owner.environment)
    shared = owner.model_copy(
        update={
            "id": new_id,
            "original_id": new_id,
            "customer": wanted.customer,
            "account_token": None,
            "is_family_shared": True,
            "purchased_at": store.now(),
            "first_purchased_at": store.now(),
            "price": 0,
        }
    )
    store.open_line(shared, store.line(owner.id).plan.model_copy(update={"price": 0}))
    return outcome(store, shared, notify(store, "SUBSCRIBED", "INITIAL_BUY", shared))


def _sold(store: Store, wanted: _Sale) -> dict[str, Any]:
    environment = wanted.environment or store.environment
    new_id, now = store.new_id(environment), store.now()
    return {
        "id": new_id,
        "original_id": new_id,
        "environment": environment,
        "customer": wanted.customer or wanted.token or f"customer-{new_id}",
        "product_id": wanted.product_id,
        "purchased_at": now,
        "first_purchased_at": now,
        "account_token": wanted.token,
        "currency": wanted.currency,
        "storefront": wanted.storefront,
    }


def _line_before(store: Store, first: Transaction) -> Line | None:
    for one in store.sold_to(first.customer, first.environment):
        if one.group == first.group and not one.is_family_shared:
            return store.line(one.id)
    return None
