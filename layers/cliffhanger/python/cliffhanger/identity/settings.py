"""What identity must know of its deployment."""

from cliffhanger.settings import Settings


class IdentitySettings(Settings):
    """The user pool, and the client that the app signs in with."""

    user_pool_id: str
    user_pool_client_id: str


class ViewerSettings(Settings):
    """Where viewers stand."""

    commerce_table: str


class MarketSettings(Settings):
    """The countries in which dramas are sold, as two letters of ISO 3166-1."""

    markets: list[str]
