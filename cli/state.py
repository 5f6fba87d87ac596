"""What a folder's `.cliffhanger.json` remembers, so that a run goes on where another ended.

A key is written down before the request that carries it, an id as soon as it is known. So a
crash at any point repeats at most one request, with the key that makes nothing twice.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cli import atomic
from cli.errors import Failure

NAME = ".cliffhanger.json"


class Record(BaseModel):
    """A part of the file. An unknown field is another version's: better to stop than to lose it."""

    model_config = ConfigDict(extra="forbid")


class UploadRecord(Record):
    """The newest upload of an episode, and the file that it was made from."""

    key: str
    filename: str
    size: int = Field(description="Bytes.")
    mtime_ns: int
    sha256: str
    id: str | None = None
    asset_id: str | None = None
    is_sent: bool = False
    is_published: bool = False


class EpisodeRecord(Record):
    """An episode."""

    number: int
    title: dict[str, str]
    key: str
    file: str
    id: str | None = None
    upload: UploadRecord | None = None


class DramaRecord(Record):
    """The drama. `body` is what it was created with; None if it was there before the folder."""

    key: str | None = None
    body: dict[str, Any] | None = None
    id: str | None = None
    is_published: bool = False


class FolderRecord(Record):
    """All of the file."""

    version: Literal[1] = 1
    api_url: str
    language: str
    drama: DramaRecord
    episodes: dict[int, EpisodeRecord] = Field(default_factory=dict)


class Journal:
    """The file, as it stands on the disk after every step. Threads may share it."""

    def __init__(self, path: Path, record: FolderRecord) -> None:
        """Take the file and what it says."""
        self._path = path
        self._lock = threading.Lock()
        self.record = record

    @contextmanager
    def step(self) -> Iterator[FolderRecord]:
        """Change the record, and have the change on the disk when the block has ended."""
        with self._lock:
            yield self.record
            atomic.write(self._path, self.record.model_dump_json(indent=2), mode=0o644)

    def forget(self) -> None:
        """Take the file away: nothing was made that it would have to remember."""
        self._path.unlink(missing_ok=True)


def load(folder: Path) -> FolderRecord | None:
    """Read what is remembered of a folder, or None if nothing is.

    Raises:
        Failure: the file is damaged, or a later version's.
    """
    path = folder / NAME
    try:
        return FolderRecord.model_validate_json(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, ValidationError) as error:
        raise Failure(
            f"{path} cannot be read.",
            advice="Bring it back from a backup. Without it, what was uploaded is uploaded again.",
        ) from error


def episode(folder: Path, which: str) -> EpisodeRecord:
    """Find an episode of a folder by its number or its id.

    Raises:
        Failure: the folder has no such episode.
    """
    record = load(folder)
    for one in record.episodes.values() if record else ():
        if one.id is not None and which in {one.id, str(one.number)}:
            return one
    raise Failure(
        f"Nothing is known of episode {which} in {folder}.",
        advice="Name the folder that it was published from with --folder, or give its ep_ id.",
    )


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Keep a second run out of a folder while the block lasts.

    Raises:
        Failure: another run is in there, or there is no such folder.
    """
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise Failure(f"{folder} cannot be opened: {error.strerror}.") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise Failure(f"Another `cliffhanger publish` is working in {folder}.") from error
    except OSError:
        pass  # a network file system that locks no folders: go without
    try:
        yield
    finally:
        os.close(handle)
