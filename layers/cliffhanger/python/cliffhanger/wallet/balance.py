"""What a viewer has: the item `vwr_... | WALLET` of the commerce table."""

from pydantic import BaseModel, Field

from cliffhanger import dynamo
from cliffhanger.settings import load
from cliffhanger.wallet.settings import WalletSettings


class Balance(BaseModel):
    """Coins by kind, and what is owed. All are whole numbers; none is negative."""

    paid: int = Field(default=0, ge=0)
    bonus: int = Field(default=0, ge=0)
    debt: int = Field(default=0, ge=0)

    @property
    def spendable(self) -> int:
        """What can be spent now, of either kind."""
        return self.paid + self.bonus


def read(viewer_id: str) -> Balance:
    """Return a viewer's balance. A viewer who never had a coin has no wallet, and nothing."""
    table = load(WalletSettings).commerce_table
    item = dynamo.get(table, dynamo.key(viewer_id, "WALLET"), consistent=True)
    return Balance.model_validate(item or {})
