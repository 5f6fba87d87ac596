"""What watching must know of its deployment."""

from cliffhanger.settings import Settings


class WatchingSettings(Settings):
    """Where the rows of a viewer stand."""

    commerce_table: str
