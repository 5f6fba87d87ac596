"""A process that is killed between two calls, before or after the call takes effect."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from cliffhanger import aws
from cliffhanger.purchases.google import session


class Killed(BaseException):
    """Nobody catches it: the process is gone."""


@contextmanager
def killed(at: int, *, after: bool) -> Iterator[Callable[[], bool]]:
    """Die at the call of this number. Yields what says whether it came to that."""
    made = 0

    def step(**_: Any) -> None:
        nonlocal made
        made += 1
        if made == at + 1:
            raise Killed

    clients = (aws.dynamodb(), aws.sqs(), aws.events())
    name = "after-call" if after else "before-call"
    ask = session.call

    def asked(*args: Any, **more: Any) -> Any:
        if not after:
            step()
        answer = ask(*args, **more)
        if after:
            step()
        return answer

    for client in clients:
        client.meta.events.register(name, step, unique_id="dying")
    session.call = asked
    try:
        yield lambda: made > at
    finally:
        session.call = ask
        for client in clients:
            client.meta.events.unregister(name, step, unique_id="dying")


def every_death(work: Callable[[], object], *, after: bool, most: int = 60) -> Iterator[int]:
    """Do the work again and again, killed one call later each time, until it is done alive."""
    for at in range(most):
        with killed(at, after=after) as was_killed:
            try:
                work()
            except Killed:
                assert was_killed()
            else:
                return
        yield at
    raise AssertionError("it makes more calls than that")
