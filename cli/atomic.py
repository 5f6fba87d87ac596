"""Files that are either as they were or as they should be, whenever the power goes."""

import os
import tempfile
from pathlib import Path

from cli.errors import Failure


def write(path: Path, text: str, *, mode: int) -> None:
    """Replace a file in one step.

    Args:
        path: the file; its folder exists.
        text: all of it.
        mode: its permissions. Until it is whole, only its owner can read it.

    Raises:
        Failure: the folder takes no file.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".new", dir=path.parent)
    except OSError as error:
        raise _unwritable(path, error) from error
    scratch = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        scratch.chmod(mode)
        scratch.replace(path)
    except OSError as error:
        scratch.unlink(missing_ok=True)
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> Failure:
    return Failure(
        f"{path} cannot be written: {error.strerror}.",
        advice="Check that you may write in this folder and that the disk is not full.",
    )
