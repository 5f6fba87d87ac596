"""What entitlements must know of their deployment."""

from cliffhanger.settings import Settings


class EntitlementSettings(Settings):
    """Where VIP and unlocks stand."""

    commerce_table: str
