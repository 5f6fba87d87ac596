"""What the catalogue must know of its deployment."""

from cliffhanger.settings import Settings


class CatalogSettings(Settings):
    """The table, and the language of last resort but one (the drama's own is the last)."""

    content_table: str
    default_language: str
