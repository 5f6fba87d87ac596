"""Where playback keys stand: in the secret, and in the edge's store."""

from cliffhanger.playback.keyring import load_keyring
from tests.unit.edge_store import Store


def in_the_secret() -> list[str]:
    return [f"key:{key.id}" for key in load_keyring("keys").keys]


def at_the_edge(store: Store) -> list[str]:
    return sorted(store.entries)
