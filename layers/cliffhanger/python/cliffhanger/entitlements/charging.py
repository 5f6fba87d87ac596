"""Charging: coins for what is locked, in one transaction, once whatever races.

The wallet, its ledger entry and the unlocks are written together or not at all: six write units.
Whoever loses a race reads again, finds it open, and pays nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from cliffhanger import clock, dynamo, events, ids, metrics
from cliffhanger.dynamo import Item, Write
from cliffhanger.entitlements import rights, unlocks
from cliffhanger.entitlements.errors import EpisodeLocked
from cliffhanger.entitlements.holdings import Place
from cliffhanger.entitlements.rights import Rights
from cliffhanger.entitlements.unlocks import LastCharge
from cliffhanger.entitlements.wanted import Wanted
from cliffhanger.errors import Busy
from cliffhanger.metrics import Metric
from cliffhanger.wallet import balance, changes, request_keys, spending, wallets
from cliffhanger.wallet.balance import Balance
from cliffhanger.wallet.changes import Writes
from cliffhanger.wallet.errors import InsufficientCoins
from cliffhanger.wallet.wallets import Wallet

_TRIES = 8


@dataclass(frozen=True, kw_only=True)
class Settled:
    """What it cost, and the rights and the wallet after that: the wallet that paid, if one did."""

    coins: int
    rights: Rights
    wallet: Balance


@dataclass(frozen=True, kw_only=True)
class Seen:
    """All that a charge depends on, as it was read consistently."""

    rights: Rights
    production: Wallet
    sandbox: Wallet


def look(
    viewer_id: str, drama_id: str, *others: Callable[[str], Place]
) -> tuple[Seen, Sequence[Item | None]]:
    """Read what a charge depends on, and other items with it, in one round trip.

    Raises:
        ViewerDeleted: the access token has outlived its viewer.
        Busy: the viewer is joining an account just now.
    """
    sandbox_place = partial(wallets.place, environment="sandbox")
    for _ in range(_TRIES):
        has, (production, sandbox, *rest) = rights.read(
            viewer_id, drama_id, wallets.place, sandbox_place, *others, consistent=True
        )
        seen = Seen(
            rights=has,
            production=wallets.current(has.viewer_id, "production", production),
            sandbox=wallets.current(has.viewer_id, "sandbox", sandbox),
        )
        if {seen.production.viewer_id, seen.sandbox.viewer_id} == {has.viewer_id}:
            return seen, rest
        # A merge came between the reads: an account must not pay for what its guest gets.
    raise Busy("The guest is joining an account. Nothing was charged; try again.")


def charge(viewer_id: str, wanted: Wanted, seen: Seen | None = None) -> Settled:
    """Make sure that something is open, for coins if it is locked.

    What is open already is not charged. A retry with the key of the latest charge of the drama is
    told what that charge was.

    Args:
        viewer_id: who calls.
        wanted: what is to be open.
        seen: what `look` has read a moment ago. It is read again when it has changed since.

    Raises:
        ViewerDeleted: the access token has outlived its viewer.
        EpisodeLocked: it is locked, and may not cost coins. `price` and `balance` tell more.
        InsufficientCoins: neither wallet has enough.
        IdempotencyKeyReused: the key charged for something else.
        Busy: others went on changing wallet or unlocks. Nothing was charged.
    """
    outcome: list[Settled] = []
    fresh = [seen] if seen else []

    def prepare() -> tuple[Writes, list[Write]]:
        now_seen = fresh.pop() if fresh else look(viewer_id, wanted.manifest.drama.id)[0]
        settled, paid, unlocked = _decide(now_seen, wanted)
        outcome[:] = [settled]
        return Writes(writes=paid), unlocked

    for _ in range(_TRIES):
        try:
            done = changes.commit(prepare)
        except dynamo.ConditionFailed:  # of the unlocks: another charge for this drama was faster
            continue
        (settled,) = outcome
        if done.writes:
            _count(settled)
        if settled.coins:
            _tell(settled.rights, wanted)
        return settled
    raise Busy("Others are unlocking the same drama. Nothing was charged; try again.")


def charged_before(has: Rights, wanted: Wanted) -> int:
    """Return what this very request was charged before, or 0. If it was, the event goes out again.

    Raises:
        IdempotencyKeyReused: the key charged for something else.
    """
    earlier = has.unlocks.earlier(wanted.key)
    if earlier is None:
        return 0
    _tell(has, wanted)
    return earlier.coins


def _decide(seen: Seen, wanted: Wanted) -> tuple[Settled, tuple[Write, ...], list[Write]]:
    """Return the outcome, the writes to the wallet and those to the unlocks: none if it is open."""
    has, production, sandbox = seen.rights, seen.production, seen.sandbox
    now = clock.now()
    earlier = has.unlocks.earlier(wanted.key)
    locked = wanted.locked(has)
    if earlier or not locked:
        used = sandbox if earlier and earlier.environment == "sandbox" else production
        coins = earlier.coins if earlier else 0
        return Settled(coins=coins, rights=has, wallet=balance.of_wallet(used, now)), (), []
    if wanted.key:
        for wallet in (production, sandbox):
            request_keys.require_not_other(wallet.paid_for, wanted.key)
    price = wanted.price(locked)
    _require_consent(has, wanted, price, production, now)
    payer = _payer(production, sandbox, price, now)
    key = wanted.key.scope if wanted.key else f"{wanted.cause.id}@{has.unlocks.version}"
    change = spending.spend(payer, price, cause=wanted.cause, key=key, now=now, request=wanted.key)
    last = LastCharge.of(
        coins=price, environment=payer.environment, entry_id=change.entry.id, key=wanted.key
    )
    after = has.unlocks.after((one.slot for one in locked), last, whole=wanted.episode is None)
    write = unlocks.write(has.viewer_id, has.unlocks, after)
    paid = Rights(
        viewer_id=has.viewer_id, auto_unlock=has.auto_unlock, is_vip=has.is_vip, unlocks=after
    )
    return Settled(coins=price, rights=paid, wallet=change.balance), change.writes, [write]


def _require_consent(
    has: Rights, wanted: Wanted, price: int, production: Wallet, now: datetime
) -> None:
    if wanted.unlock == "coins" or (wanted.unlock is None and has.auto_unlock):
        return
    raise EpisodeLocked(
        f"It costs {price} coins. Ask for it with unlock set to coins.",
        price=price,
        balance=balance.of_wallet(production, now).spendable,
    )


def _payer(production: Wallet, sandbox: Wallet, price: int, now: datetime) -> Wallet:
    """Return the wallet that pays all of it: they never pay together."""
    for wallet in (production, sandbox):
        if balance.of_wallet(wallet, now).spendable >= price:
            return wallet
    there = balance.of_wallet(production, now).spendable
    raise InsufficientCoins(
        f"This costs {price} coins and there are {there}.", price=price, balance=there
    )


def _count(charged: Settled) -> None:
    last = charged.rights.unlocks.last
    if last and last.environment == "production":
        metrics.record_all({Metric.UNLOCKS: 1, Metric.UNLOCKED_COINS: charged.coins})


def _tell(has: Rights, wanted: Wanted) -> None:
    """Tell the bus of the latest charge. Told again, it has the same id."""
    last = has.unlocks.last
    if last is None:
        return
    events.publish(
        events.EpisodeUnlocked(
            id=ids.derived("evt", last.entry_id),
            time=ids.moment(last.entry_id),
            viewer_id=has.viewer_id,
            drama_id=has.unlocks.drama_id,
            episode_id=wanted.episode.id if wanted.episode else None,
            coins=last.coins,
            environment=last.environment,
            entry_id=last.entry_id,
        )
    )
