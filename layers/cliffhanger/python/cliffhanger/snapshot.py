"""Functions that start from a snapshot (Lambda SnapStart): warm before it, unique after it.

When a version is published, one environment of it is started and its memory is kept; every later
environment is a copy. So clients are made before the snapshot, no connection is in it, and what
must differ between copies is made anew after it. Ids, keys and tokens need nothing of that: they
come from the system's own source, which Lambda renews. Caches fill with calls, so a snapshot has
none, and no secret either.
"""

import random
from collections.abc import Callable
from typing import Any

from cliffhanger import aws
from cliffhanger.log import logger
from cliffhanger.model import build_all

Clients = tuple[Callable[[], Any], ...]


def prepare(*clients: Callable[[], Any]) -> None:
    """Register what Lambda calls around a snapshot. Where there is no SnapStart, do nothing.

    Args:
        *clients: cached getters of the clients that its first call would make, but for the one
            that every first call needs, for the origin's secret.
    """
    clients = tuple(dict.fromkeys((aws.secrets, *clients)))
    try:  # a package of Lambda's own runtime, found nowhere else
        import snapshot_restore_py as hooks  # noqa: PLC0415
    except ImportError:
        return
    hooks.register_before_snapshot(before_snapshot, clients)
    hooks.register_after_restore(after_restore, clients)


def before_snapshot(clients: Clients) -> None:
    """Make the logger, the models and the clients, and leave no connection open."""
    logger()
    build_all()
    _disconnect(clients)


def after_restore(clients: Clients) -> None:
    """Give this copy dice of its own, and connections of its own."""
    random.seed()
    _disconnect(clients)


def _disconnect(clients: Clients) -> None:
    """A client whose connections are closed opens new ones at its next call."""
    for client in clients:
        client().close()
