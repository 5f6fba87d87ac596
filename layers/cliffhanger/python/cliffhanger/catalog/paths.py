"""Where a generation of an episode stands, below `media/` and below the `base_url` of a sitting."""


def generation_path(drama_id: str, slot: int, generation: int) -> str:
    """Return the folder of one generation. It is written once and never changes."""
    return f"{drama_id}/{slot}/{generation}"
