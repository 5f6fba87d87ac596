"""At most one local cloud in a folder. Who holds it is known to the system, so a crash frees it."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager

from local.layout import Place
from local.processes import LocalError


@contextmanager
def alone(place: Place) -> Iterator[None]:
    """Have a folder for oneself, from the start of a local cloud to its end. Makes the folder.

    Raises:
        LocalError: another local cloud is up there, or starting or stopping.
    """
    place.state.mkdir(exist_ok=True)
    with (place.state / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LocalError(
                f"A local cloud is already up on {place.state}{_address(place)}. Stop that one"
                " first, or choose another folder with `python -m local up --state`."
            ) from error
        yield


def _address(place: Place) -> str:
    """Say where the other one is. It has no address yet, or no longer, when its file is missing."""
    try:
        return f", at {json.loads(place.endpoints.read_text())['base_url']}/"
    except (OSError, ValueError):
        return " (it is starting or stopping)"
