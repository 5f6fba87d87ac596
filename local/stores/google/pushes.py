"""Sends notifications as Cloud Pub/Sub does: until they are taken, with growing pauses."""

import base64
import json
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from local.stores.google.book import Book
from local.stores.google.keys import Keys
from local.stores.google.records import QueuedPush

_LONGEST_PAUSE = 60.0
_TIMEOUT = 15.0
_TAKEN = {102, 200, 201, 202, 204}


@dataclass(frozen=True)
class Subscription:
    """The push subscription: where to, and as whom."""

    url: str
    audience: str
    service_account: str
    name: str
    package_name: str
    first_pause: float = 0.5


@dataclass
class Sender:
    """One thread, which also lets the store's time pass (`tick`). Without URL it sends nothing."""

    book: Book
    keys: Keys
    to: Subscription
    tick: Callable[[], None]
    _stopping: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to send."""
        self._thread = threading.Thread(target=self._run, name="pushes", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop after the push that is on its way. The others are sent after the next start."""
        self._stopping.set()
        if self._thread:
            self._thread.join(timeout=_TIMEOUT + 1)

    def _run(self) -> None:
        while not self._stopping.wait(0.1):
            self.tick()
            self.send_due()

    def send_due(self) -> None:
        """Send what is due now, each once."""
        if not self.to.url:
            return
        with self.book.open() as state:
            due = [one.model_copy() for one in state.pushes if _is_due(one)]
        for push in due:
            status = self._send(push)
            with self.book.open() as state:
                for one in state.pushes:
                    if one.id == push.id:
                        self._note(one, status)

    def _note(self, push: QueuedPush, status: int) -> None:
        push.status, push.attempts = status, push.attempts + 1
        if status in _TAKEN:
            push.delivered += 1
        else:
            pause = min(_LONGEST_PAUSE, self.to.first_pause * 2 ** (push.attempts - 1))
            push.due_at = time.time() + pause

    def _send(self, push: QueuedPush) -> int:
        """Return the status of the answer, 0 when there was none. The book is free meanwhile."""
        told = json.dumps({**push.data, "packageName": self.to.package_name}).encode()
        message = {
            "data": base64.b64encode(told).decode(),
            "messageId": push.id,
            "publishTime": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
            "attributes": {},
        }
        body = {"message": message, "subscription": self.to.name}
        token = self.keys.identity_token(audience=self.to.audience, email=self.to.service_account)
        request = urllib.request.Request(
            self.to.url,
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            print(f"google: push {push.id} was answered {error.code}", file=sys.stderr)
            return error.code
        except OSError as error:
            print(f"google: push {push.id} found nobody: {error}", file=sys.stderr)
            return 0


def _is_due(push: QueuedPush) -> bool:
    return not push.delivered and push.due_at <= time.time()


def redeliver(book: Book, count: int) -> list[str]:
    """Send the latest pushes again under the same ids, as Pub/Sub may; return their ids."""
    with book.open() as state:
        again = state.pushes[-count:] if count else []
        for push in again:
            push.delivered, push.due_at = 0, time.time()
        return [push.id for push in again]
