"""What a viewer sends after buying: verified with the store, granted once, answered with the rest.

The record of a purchase is its own idempotency: the same purchase again, under any key, answers the
same. The Idempotency-Key is bound to its body all the same, before anything is granted, so that a
key that comes with another purchase is refused as everywhere.
"""

from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from cliffhanger import clock, dynamo, idempotency
from cliffhanger.entitlements import holdings, vip, vip_status
from cliffhanger.errors import Problem
from cliffhanger.idempotency import IdempotencyKey
from cliffhanger.identity import viewers
from cliffhanger.purchases import asking, coins, products, records, settling, subscriptions
from cliffhanger.purchases.claim_models import (
    EntitlementsView,
    PurchaseAnswer,
    PurchaseInput,
    PurchaseView,
    Refused,
    RestoreAnswer,
    Restored,
    RestoreInput,
)
from cliffhanger.purchases.errors import PurchaseNotVerified
from cliffhanger.purchases.line_owners import Claim
from cliffhanger.purchases.lines import Line
from cliffhanger.purchases.product_models import ProductKind
from cliffhanger.purchases.records import Record
from cliffhanger.purchases.store import Environment, OneTimePurchase, Subscription
from cliffhanger.wallet import balance, wallets
from cliffhanger.wallet.balance import Balance


def claim(viewer_id: str, sent: PurchaseInput, key: IdempotencyKey) -> PurchaseAnswer:
    """Grant what a viewer has bought, or answer what was granted before.

    Raises:
        ViewerDeleted: the access token has outlived its viewer, or the account of a guest.
        IdempotencyKeyReused: the key came with another purchase.
        PurchaseNotVerified, ProductNotSupported: the store does not confirm it.
        PurchaseOfAnother: it is another viewer's.
        StoreUnavailable, StoreRefused: the store could not be asked. Nothing was decided.
        Busy: others went on changing the same things.
    """
    table = records.table()
    viewer, guard = dynamo.batch_get(
        viewers.place(viewer_id), idempotency.place(table, key), consistent=True
    )
    viewers.require_account(viewer)
    is_bound = idempotency.result_of(guard, key) is not None
    told = _told(sent)
    if not is_bound:  # by what the store has confirmed alone: what it has not may come again
        idempotency.bind(table, key, "purchase", clock.now())
    done = _apply(viewer_id, told, "buy", sent.purchase_token)
    settling.settle(done)
    wallet, entitlements = _holdings(viewer_id, done.environment)
    return PurchaseAnswer(purchase=_view(done), wallet=wallet, entitlements=entitlements)


def restore(viewer_id: str, sent: RestoreInput) -> RestoreAnswer:
    """Bring back what a viewer has bought, one after the other. Coins never move by it.

    Raises:
        ViewerDeleted: the access token has outlived its viewer, or the account of a guest.
        StoreUnavailable: the store could not be asked; what was restored stays. Send it again.
        Busy: others went on changing the same things.
    """
    viewers.require_account(dynamo.get(*viewers.place(viewer_id), consistent=True))
    items = [_restored(viewer_id, one) for one in sent.purchases]
    wallet, entitlements = _holdings(viewer_id, _environment(items))
    return RestoreAnswer(items=items, wallet=wallet, entitlements=entitlements)


def _restored(viewer_id: str, sent: PurchaseInput) -> Restored:
    try:
        done = _apply(viewer_id, _told(sent), "restore", sent.purchase_token)
    except Problem as problem:
        if problem.status >= 500:
            raise
        problem.count()
        refused = Refused(status=problem.status, code=problem.code, detail=problem.detail)
        return Restored(purchase=None, problem=refused)
    settling.settle(done)
    return Restored(purchase=_view(done), problem=None)


def _environment(items: Sequence[Restored]) -> Environment:
    found = {one.purchase.environment for one in items if one.purchase}
    return "sandbox" if found == {"sandbox"} else "production"


def _apply(
    viewer_id: str, told: OneTimePurchase | Subscription, how: Claim, token: str | None
) -> Record | Line:
    if isinstance(told, OneTimePurchase):
        return coins.apply(told, claimant=viewer_id, token=token)
    return subscriptions.apply(told, claimant=viewer_id, how=how, token=token)


def _told(sent: PurchaseInput) -> OneTimePurchase | Subscription:
    return _from_google(sent) if sent.store == "google" else _from_apple(sent)


def _from_apple(sent: PurchaseInput) -> OneTimePurchase | Subscription:
    from cliffhanger.purchases.apple.claim import read_client_transaction  # noqa: PLC0415

    return read_client_transaction(sent.signed_transaction or "")


def _from_google(sent: PurchaseInput) -> OneTimePurchase | Subscription:
    """Ask Google about what the app may mean: what it does not know by one name, by the next."""
    *others, last = _meant(sent.product_id or "")
    for store_id, kind in others:
        with suppress(PurchaseNotVerified):
            return asking.google_claim(store_id, sent.purchase_token or "", kind)
    return asking.google_claim(last[0], sent.purchase_token or "", last[1])


def _meant(name: str) -> list[tuple[str, ProductKind]]:
    """Return Google's ids, with what they are of ours, that the app may mean by a name.

    It may be the studio's slug or Google's id, and the slug of one product may be the id of
    another. What is not known here may be of either kind, and is held.
    """
    by_slug = products.find(name)
    by_id = products.find_sold("google", name, also_inactive=True)
    found: list[tuple[str, ProductKind]] = []
    if by_slug and by_slug.google_product_id:
        found.append((by_slug.google_product_id, by_slug.kind))
    if by_id:
        found.append((name, by_id.kind))
    return list(dict.fromkeys(found)) or [(name, "coins"), (name, "vip")]


def _view(done: Record | Line) -> PurchaseView:
    return PurchaseView.of_record(done) if isinstance(done, Record) else PurchaseView.of_line(done)


def _holdings(viewer_id: str, environment: Environment) -> tuple[Balance, EntitlementsView]:
    """Return what the viewer has now, the account's if they have joined one."""
    wallet_place = partial(wallets.place, environment=environment)
    held = holdings.read(viewer_id, wallet_place, consistent=True)
    (wallet,) = held.items
    now = clock.now()
    return (
        balance.of_wallet(wallets.current(held.viewer_id, environment, wallet), now),
        EntitlementsView(vip=vip_status.best(vip.lines(held.viewer), now)),
    )
