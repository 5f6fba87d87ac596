"""A deadline for Apple's library, which waits half a minute for each answer about a certificate.

The work goes on in its thread, since no thread can be ended from outside. What it finds out late
the library remembers, so the next call need not wait for it. A function has one call at a time and
each waits its own time out first, so few threads stand at once: half a minute for each of two
questions, by three seconds a call, are twenty.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")
THREAD = "apple-online-check"


def within(seconds: float, work: Callable[[], T]) -> T:
    """Return what some work returns, or raise what it raises.

    Raises:
        TimeoutError: it is not done by then.
    """
    found: Future[T] = Future()

    def run() -> None:
        try:
            found.set_result(work())
        except BaseException as error:  # noqa: BLE001 - raised in the caller's thread
            found.set_exception(error)

    # A daemon: no process waits for it at its end.
    threading.Thread(target=run, name=THREAD, daemon=True).start()
    return found.result(timeout=seconds)
