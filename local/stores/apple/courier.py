"""Delivers notifications, and lets the store's time pass.

Production tries again 1, 12, 24, 48 and 72 hours after the attempt before; the sandbox tries once.
https://developer.apple.com/documentation/appstoreservernotifications/responding-to-app-store-server-notifications
"""

import sys
import threading
import traceback
from collections.abc import Callable
from http import HTTPStatus

import urllib3

from local.stores.apple import lifecycle
from local.stores.apple.errors import bad_request
from local.stores.apple.records import Attempt, Line, Notification
from local.stores.apple.store import Store

HOUR = 3_600_000
RETRIES = [hours * HOUR for hours in (1, 12, 24, 48, 72)]
_TICK_SECONDS = 0.5
Post = Callable[[str], str]


class Courier:
    """Carries what is due: `run` as time passes, `advance` as it is moved."""

    def __init__(self, store: Store, post: Post) -> None:
        self._store, self._post = store, post
        self._delivering = threading.Lock()
        self._wake, self._stopped = threading.Event(), threading.Event()

    def run(self) -> None:
        """Do what is due until stopped."""
        while not self._stopped.is_set():
            try:
                self.tick()
            except Exception:  # noqa: BLE001 - told on stderr; the next tick tries again
                traceback.print_exc(file=sys.stderr)
            self._wake.wait(_TICK_SECONDS)
            self._wake.clear()

    def wake(self) -> None:
        """Say that there is something to do."""
        self._wake.set()

    def stop(self) -> None:
        """End `run`."""
        self._stopped.set()
        self._wake.set()

    def tick(self) -> None:
        """Do everything that is due by now, once."""
        store = self._store
        with store.lock:
            due = [one for one in _lines(store) if self._is_due(one)]
        if due:
            with store.changing():
                for line in due:
                    while self._is_due(line):
                        lifecycle.happen(store, line)
        with self._delivering:
            for one in list(store.state.notifications):
                if _is_by(one.next_attempt_at, store.now()):
                    self._deliver(one)

    def advance(self, seconds: float) -> None:
        """Move the store's clock forward, stopping wherever something is due.

        Raises:
            StoreError: the time is negative.
        """
        if seconds < 0:
            raise bad_request("seconds: time goes forward")
        store = self._store
        target = store.now() + round(seconds * 1000)
        self.tick()
        while (due := self._next_due()) is not None and due <= target:
            self._move_to(due)
            self.tick()
        self._move_to(target)

    def redeliver(self, count: int) -> list[str]:
        """Carry the latest notifications once more, each as it is; return their UUIDs."""
        with self._store.changing() as state:
            again = state.notifications[-count:]
            for one in again:
                one.next_attempt_at = self._store.now()
        self.wake()
        return [one.uuid for one in again]

    def _is_due(self, line: Line) -> bool:
        return _is_by(lifecycle.due_at(self._store, line), self._store.now())

    def _move_to(self, moment: int) -> None:
        with self._store.changing() as state:
            state.clock_offset += max(0, moment - self._store.now())

    def _next_due(self) -> int | None:
        with self._store.lock:
            due = [lifecycle.due_at(self._store, line) for line in _lines(self._store)]
            due += [one.next_attempt_at for one in self._store.state.notifications]
        return min((one for one in due if one is not None), default=None)

    def _deliver(self, one: Notification) -> None:
        result = self._post(one.signed_payload)
        store = self._store
        with store.changing():
            one.attempts.append(Attempt(at=store.now(), result=result))
            tried = len(one.attempts)
            again = (
                result != "SUCCESS" and one.environment == "Production" and tried <= len(RETRIES)
            )
            one.next_attempt_at = store.now() + RETRIES[tried - 1] if again else None


def poster(url: str | None) -> Post:
    """Return what posts to an address, and says how it went in Apple's words."""
    pool = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(connect=2, read=30))

    def post(signed_payload: str) -> str:
        if url is None:
            return "NO_RESPONSE"
        try:
            answer = pool.request("POST", url, json={"signedPayload": signed_payload})
        except urllib3.exceptions.NewConnectionError:  # which urllib3 counts as a timeout
            return "NO_RESPONSE"
        except urllib3.exceptions.TimeoutError:
            return "TIMED_OUT"
        except urllib3.exceptions.HTTPError:
            return "NO_RESPONSE"
        succeeded = HTTPStatus.OK <= answer.status <= HTTPStatus.PARTIAL_CONTENT
        return "SUCCESS" if succeeded else "UNSUCCESSFUL_HTTP_RESPONSE_CODE"

    return post


def _lines(store: Store) -> list[Line]:
    return list(store.state.lines.values())


def _is_by(moment: int | None, now: int) -> bool:
    return moment is not None and moment <= now
