"""What a viewer has."""

from datetime import UTC, datetime

from pydantic import Field

from cliffhanger import clock
from cliffhanger.model import Model
from cliffhanger.purchases.store import Environment
from cliffhanger.wallet import wallets
from cliffhanger.wallet.wallets import Wallet


class Expiring(Model):
    """Promotional coins that can be spent until a time."""

    coins: int
    expires_at: datetime


class Balance(Model):
    """Coins by kind, and what is owed. All are whole numbers; none is negative."""

    paid: int = Field(default=0, ge=0)
    bonus: int = Field(default=0, ge=0, description="All coins that were not paid for.")
    debt: int = Field(
        default=0,
        ge=0,
        description="Coins that were refunded after they had been spent. The next ones pay it.",
    )
    promotional: int = Field(default=0, ge=0, description="How many of `bonus` are promotional.")
    expiring: list[Expiring] = Field(
        default=[], description="Promotional coins with an end, the soonest first; eight at most."
    )

    @property
    def spendable(self) -> int:
        """What can be spent now, of either kind."""
        return self.paid + self.bonus


def read(viewer_id: str, environment: Environment = "production") -> Balance:
    """Return a viewer's balance. A viewer who never had a coin has no wallet, and nothing."""
    return of_wallet(wallets.read(viewer_id, environment), clock.now())


def of_wallet(wallet: Wallet, now: datetime) -> Balance:
    """Return what can be spent of a wallet at a time. What has expired does not count."""
    seconds = int(now.timestamp())
    if wallets.may_hide_expired(wallet, seconds):
        wallet = wallets.whole(wallet)
    expired = sum(lot.coins for lot in wallet.open if lot.is_expired(seconds))
    promotional = wallet.coins["promotional"] - expired
    return Balance(
        paid=wallet.coins["paid"],
        bonus=wallet.coins["bonus"] + promotional,
        debt=wallet.debt,
        promotional=promotional,
        expiring=[
            Expiring(coins=lot.coins, expires_at=datetime.fromtimestamp(lot.expires_at, UTC))
            for lot in wallet.open
            if lot.expires_at is not None and lot.expires_at > seconds
        ][: wallets.INLINE],
    )
