"""What identity must know of its deployment."""

from cliffhanger.settings import Settings


class IdentitySettings(Settings):
    """The user pool, and the client that the app signs in with."""

    user_pool_id: str
    user_pool_client_id: str
