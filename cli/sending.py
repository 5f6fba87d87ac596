"""One upload on its way: its parts go to the storage, side by side, each to its own URL."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from cli.api import Api, Json
from cli.errors import ConnectionLost, Refusal, Stopped
from cli.part import Part, changed
from cli.state import UploadRecord
from cli.transport import Transport

_PARTS_AT_ONCE = 3
_SIGNATURES = 3

Told = Callable[[int, int], None]
"""Told how many bytes have arrived, and of how many."""


class Sending:
    """An upload that is open, and the file that belongs there."""

    def __init__(
        self,
        api: Api,
        transport: Transport,
        record: UploadRecord,
        file: Path,
        *,
        told: Told,
        stop: threading.Event,
    ) -> None:
        """Take an upload with its id; when `stop` is set, `send` ends with `Stopped`."""
        self.record = record
        self._api = api
        self._transport = transport
        self._file = file
        self._told = told
        self._stop = stop
        self._halt = threading.Event()
        self._part_size = record.size
        self._arrived = 0
        self._counting = threading.Lock()
        self._urls: dict[int, str] = {}
        self._signing = threading.Lock()

    def send_all(self, started: Json) -> None:
        """Send every part to where the answer that opened the upload says.

        Raises:
            Refusal: the API or the storage refuses, or the file changed or cannot be read.
            ConnectionLost, SignedOut: as `Api.get` says.
            Stopped: `stop` was set.
        """
        self._part_size = started["part_size"]
        self._send({one["number"]: one["url"] for one in started["parts"]})

    def send_missing(self, seen: Json) -> bool:
        """Send the parts that the API has not seen; raises as `send_all` does.

        Args:
            seen: the upload, as the API shows it.

        Returns:
            Whether there were any. What has arrived by now, the next look will show.
        """
        self._part_size = seen["part_size"]
        there = {
            one["number"]: one["size"]
            for one in seen["received"]
            if one["size"] == self._length(one["number"])
        }
        self._arrived = sum(there.values())
        self._told(self._arrived, self.record.size)
        count = -(-self.record.size // self._part_size)
        missing = [number for number in range(1, count + 1) if number not in there]
        self._send(dict.fromkeys(missing, ""))
        return bool(missing)

    def check_unchanged(self) -> None:
        """Raise FileRefusal if the file is not the one that was begun with."""
        found = self._file.stat()
        if (found.st_size, found.st_mtime_ns) != (self.record.size, self.record.mtime_ns):
            raise changed()

    def _length(self, number: int) -> int:
        return min(self._part_size, self.record.size - (number - 1) * self._part_size)

    def _send(self, urls: dict[int, str]) -> None:
        self._urls = urls
        with ThreadPoolExecutor(_PARTS_AT_ONCE) as pool:
            try:
                for sent in as_completed([pool.submit(self._send_part, one) for one in urls]):
                    sent.result()
            except BaseException:
                self._halt.set()
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _is_over(self) -> bool:
        return self._stop.is_set() or self._halt.is_set()

    def _send_part(self, number: int) -> None:
        url = self._urls[number] or self._signed(number, "")
        for _ in range(_SIGNATURES):
            if not url:
                return  # it has arrived, though its answer was lost
            if self._is_over():
                raise Stopped
            status = self._put(number, url)
            if status == 200:
                return
            url = self._signed(number, url)  # most likely the URL has expired
        raise Refusal(
            "part_refused",
            "The storage refuses a part",
            f"Part {number} was refused {_SIGNATURES} times. Check that this machine's clock is"
            " right.",
        )

    def _put(self, number: int, url: str) -> int:
        start, length = (number - 1) * self._part_size, self._length(number)
        with Part(self._file, start, length, moved=self._has_moved, is_over=self._is_over) as part:
            answer = self._transport.send(
                "PUT", url, headers={"Content-Length": str(length)}, body=part
            )
            if answer.status != 200:
                part.seek(0)  # none of it counts
        if answer.status not in {200, 400, 403, 404}:
            raise ConnectionLost(
                f"The storage answered with status {answer.status}.",
                advice="Try again in a few minutes.",
            )
        return answer.status

    def _signed(self, number: int, refused: str) -> str:
        """Return another URL than the one refused, or none if the part has arrived."""
        with self._signing:
            if self._urls[number] == refused:
                fresh = self._api.post(f"/studio/uploads/{self.record.id}/parts")
                self._urls = dict.fromkeys(self._urls, "")
                self._urls |= {one["number"]: one["url"] for one in fresh["parts"]}
            return self._urls[number]

    def _has_moved(self, amount: int) -> None:
        with self._counting:
            self._arrived += amount
            self._told(self._arrived, self.record.size)
