"""Corrections: the studio gives coins or takes them, with a reason, as a new entry.

Coins that are given pay a debt first, so whoever wants to forgive one gives as many bonus coins.
Coins that are taken are those of the kind that was named, the first to be spent first. Nothing goes
below zero: what is missing refuses the correction, or becomes debt where the operator said so.
"""

from datetime import datetime

from cliffhanger import clock, dynamo, idempotency
from cliffhanger.dynamo import Write
from cliffhanger.errors import Busy, InvalidPayload, PayloadError
from cliffhanger.idempotency import IdempotencyKey
from cliffhanger.identity import viewers
from cliffhanger.purchases.store import Environment
from cliffhanger.wallet import balance, changes, grants, ledger, wallets
from cliffhanger.wallet.balance import Balance
from cliffhanger.wallet.changes import Change
from cliffhanger.wallet.correction_models import Correction, CorrectionInput
from cliffhanger.wallet.draft import Draft
from cliffhanger.wallet.entries import Cause, Entry, Order
from cliffhanger.wallet.errors import InsufficientCoins, ViewerNotFound
from cliffhanger.wallet.lots import Lot
from cliffhanger.wallet.wallets import Wallet

_AGAIN = "Send it again with the same key: another one may correct twice."


def apply(
    viewer_id: str, wanted: CorrectionInput, operator_id: str, key: IdempotencyKey
) -> Correction:
    """Correct a wallet, or return what this key corrected before.

    Raises:
        ViewerNotFound: there is no such viewer, or no longer.
        InsufficientCoins: more is taken than there is.
        InvalidPayload: the coins would have expired already.
        IdempotencyKeyReused: the key came with another body before.
        Busy: the wallet went on changing; nothing was done.
    """
    _require_viewer(viewer_id, wanted.environment)
    earlier = idempotency.earlier_result(wallets.table(), key)
    if earlier:
        return _made_before(viewer_id, wanted, earlier)
    now = clock.now()
    order = Order(operator_id=operator_id, reason=wanted.reason)

    def prepare() -> tuple[Change, list[Write]]:
        wallet = wallets.read(viewer_id, wanted.environment)
        change = correct(wallet, wanted, order=order, key=key.scope, now=now)
        return change, [idempotency.guard(wallets.table(), key, change.entry.id, now)]

    try:
        change = changes.commit(prepare)
    except dynamo.ConditionFailed:
        earlier = idempotency.earlier_result(wallets.table(), key)
        return _made_before(viewer_id, wanted, earlier)
    return _told(change.viewer_id, wanted, change.entry, change.balance)


def correct(
    wallet: Wallet, wanted: CorrectionInput, *, order: Order, key: str, now: datetime
) -> Change:
    """Return the change that corrects a wallet.

    Raises:
        InsufficientCoins: more is taken than there is, and not into debt.
        InvalidPayload: the coins would have expired already.
    """
    cause = Cause("operator", order.operator_id)
    if wanted.coins > 0 and wanted.kind == "promotional":
        _require_future(wanted.expires_at, now)
        return grants.promote(
            wallet,
            wanted.coins,
            expires_at=wanted.expires_at,
            cause=cause,
            now=now,
            order=order,
            key=key,
        )
    draft = Draft(wallets.whole(wallet), now, key)
    if wanted.coins > 0:
        coins = wanted.coins
        lot = Lot(id=draft.next_id, kind=wanted.given, coins=coins, first=coins)
        moves, debt = [draft.move(lot, coins)], 0
    else:
        lot = None
        there = draft.spendable(*wanted.taken)
        debt = max(0, -wanted.coins - there)
        if debt and not wanted.into_debt:
            raise InsufficientCoins(
                f"There are {there} of these coins.", price=-wanted.coins, balance=there
            )
        moves = draft.take(-wanted.coins, *wanted.taken)
    entry = draft.record("correction", cause, moves, debt=debt, against="corrections", order=order)
    if lot:
        draft.pay_debt([lot], cause)
    return draft.change(entry)


def _require_viewer(viewer_id: str, environment: Environment) -> None:
    viewer, wallet = dynamo.batch_get(
        viewers.place(viewer_id), wallets.place(viewer_id, environment), consistent=True
    )
    if viewer and "merged_into" in viewer:  # whose coins are the account's
        _require_viewer(viewer["merged_into"], environment)
    elif (viewer is None and wallet is None) or (viewer and "deleted_at" in viewer):
        raise ViewerNotFound("No viewer who is still here has this id.")


def _require_future(expires_at: datetime | None, now: datetime) -> None:
    if expires_at is not None and expires_at <= now:
        detail = "Coins cannot expire before they are given."
        raise InvalidPayload([PayloadError(pointer="/expires_at", code="past", detail=detail)])


def _made_before(viewer_id: str, wanted: CorrectionInput, entry_id: str | None) -> Correction:
    if entry_id is None:  # the guard failed a moment ago, so only its expiry explains this
        raise Busy(_AGAIN)
    way = list(wallets.followed(wallets.stored(viewer_id, wanted.environment)))
    for one in reversed(way):  # it may be older than a merge, or than many
        found = ledger.find(one.viewer_id, wanted.environment, entry_id)
        if found:
            return _told(way[-1].viewer_id, wanted, found, balance.of_wallet(way[-1], clock.now()))
    raise Busy(_AGAIN)


def _told(viewer_id: str, wanted: CorrectionInput, entry: Entry, now: Balance) -> Correction:
    return Correction(
        id=entry.id,
        viewer_id=viewer_id,
        kind=wanted.kind,
        coins=wanted.coins,
        reason=wanted.reason,
        operator_id=entry.cause.id,
        at=entry.at,
        wallet=now,
    )
