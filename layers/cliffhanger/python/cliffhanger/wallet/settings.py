"""What the wallet must know of its deployment."""

from cliffhanger.settings import Settings


class WalletSettings(Settings):
    """Where wallets stand."""

    commerce_table: str
