"""What entitlements must know of their deployment."""

from cliffhanger.settings import Settings


class EntitlementSettings(Settings):
    """Where VIP and unlocks stand."""

    commerce_table: str


class StatementKeySettings(Settings):
    """Which key signs statements. It stays in KMS."""

    statement_key_arn: str


class StatementSettings(Settings):
    """How long a statement may be believed."""

    statement_hours: int
