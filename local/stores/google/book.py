"""The store's memory on disk, and its clock."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from local.stores.google.records import State


class Book:
    """One JSON file. Safe to use from any thread: whoever opens it has it alone."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.RLock()
        file.parent.mkdir(parents=True, exist_ok=True)
        self._state = State.model_validate_json(file.read_text()) if file.exists() else State()

    @contextmanager
    def open(self) -> Iterator[State]:
        """Give the state, and write down what was changed. After an error nothing has changed."""
        with self._lock:
            before = self._state.model_dump_json()
            try:
                yield self._state
            except BaseException:
                self._state = State.model_validate_json(before)
                raise
            after = self._state.model_dump_json()
            if after != before:
                self._write(after)

    def _write(self, text: str) -> None:
        partial = self._file.with_suffix(".partial")
        partial.write_text(text)
        os.replace(partial, self._file)  # noqa: PTH105 - atomic, and said so


def now(state: State) -> datetime:
    """Return the store's time: the real one, and what it was moved forward by."""
    return datetime.now(UTC) + timedelta(seconds=state.offset_seconds)
