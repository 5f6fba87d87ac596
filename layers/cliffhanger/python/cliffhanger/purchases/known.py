"""What is known of a coin pack before anything is decided, read in one round trip."""

from dataclasses import dataclass

from cliffhanger import dynamo
from cliffhanger.dynamo import Item
from cliffhanger.identity import viewers
from cliffhanger.purchases import products, records
from cliffhanger.purchases.product_models import Product
from cliffhanger.purchases.records import Record
from cliffhanger.purchases.store import OneTimePurchase
from cliffhanger.wallet import wallets
from cliffhanger.wallet.wallets import Wallet


@dataclass(frozen=True, kw_only=True)
class Known:
    """Our record of a purchase, its product if it can be bought, and the wallet it is likely for.

    `wallet` is that of `viewer_id` in the purchase's environment; both are None where the store
    binds the purchase to nobody and nobody claims it.
    """

    record: Record | None
    product: Product | None
    viewer_id: str | None = None
    wallet: Wallet | None = None


def read(told: OneTimePurchase, claimant: str | None) -> Known:
    """Read what the store's word is about, consistently.

    Args:
        told: what the store says.
        claimant: the viewer who sends it, if one does.
    """
    likely = told.viewer_id or claimant
    record, sold, *theirs = dynamo.batch_get(
        records.place(told),
        products.sold_place(told.store, told.product_id),
        *([viewers.place(likely), wallets.place(likely, told.environment)] if likely else []),
        consistent=True,
    )
    known = Known(record=Record.of(record) if record else None, product=products.of_sold(sold))
    if likely is None or _has_joined(theirs[0]):
        return known
    wallet = wallets.current(likely, told.environment, theirs[1])
    return Known(record=known.record, product=known.product, viewer_id=likely, wallet=wallet)


def _has_joined(viewer: Item | None) -> bool:
    return viewer is not None and "merged_into" in viewer
