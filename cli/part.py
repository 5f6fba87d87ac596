"""A part of a file as the body of a request: read in small blocks, never held as a whole."""

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from cli.errors import FileRefusal, Stopped


class Part:
    """`length` bytes of a file from `start` on, as urllib3 wants a body.

    Args:
        path: the file.
        start: where the part begins, in bytes.
        length: how many bytes it has.
        moved: told how many bytes were read, or, below zero, are to be read again.
        is_over: asked before each block; when it says so, reading ends with `Stopped`.

    Raises:
        FileRefusal: the file cannot be read, or ends before the part does.
    """

    def __init__(
        self,
        path: Path,
        start: int,
        length: int,
        *,
        moved: Callable[[int], None],
        is_over: Callable[[], bool],
    ) -> None:
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise unreadable(error) from error
        self._file.seek(start)
        self._start, self._length, self._at = start, length, 0
        self._moved, self._is_over = moved, is_over

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def read(self, amount: int = -1) -> bytes:
        """Return the next bytes of the part; none at its end."""
        if self._is_over():
            raise Stopped
        left = self._length - self._at
        wanted = left if amount < 0 else min(amount, left)
        try:
            block = self._file.read(wanted)
        except OSError as error:  # urllib3 would take it for a broken connection
            raise unreadable(error) from error
        if len(block) < wanted:
            raise changed()
        self._at += len(block)
        self._moved(len(block))
        return block

    def tell(self) -> int:
        """Return how many bytes of the part were read."""
        return self._at

    def seek(self, to: int) -> None:
        """Go back to read again: urllib3 does so before it sends a body once more."""
        self._file.seek(self._start + to)
        self._moved(to - self._at)
        self._at = to


def changed() -> FileRefusal:
    """Return what to say of a file that was written to while it was uploaded."""
    return FileRefusal(
        "file_changed",
        "The file changed",
        "It was changed while it was uploaded. Wait until its export has ended.",
    )


def unreadable(error: OSError) -> FileRefusal:
    """Return what to say of a file that the operating system does not give us."""
    return FileRefusal(
        "file_unreadable",
        "The file cannot be read",
        f"{error.strerror}. Check its permissions, and that its disk is there.",
    )
