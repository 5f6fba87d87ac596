"""Two requests at the same moment, one call of the tables at a time, in a turn that is given."""

import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Any

import pytest

from cliffhanger import aws

Work = Callable[[], object]


class _Turns:
    """Lets one thread go on at a time: the next of `order`, and anyone who is left."""

    def __init__(self, order: Sequence[int]) -> None:
        self.order, self.done = list(order), set[int]()
        self.changed = threading.Condition()
        self.me = threading.local()

    def take(self) -> None:
        """Wait until it is this thread's turn. Who is no part of it need not wait."""
        who: int | None = getattr(self.me, "who", None)
        if who is None:
            return
        with self.changed:
            assert self.changed.wait_for(lambda: self._next() in {who, None}, timeout=10)
            if self.order:
                self.order.pop(0)
            self.changed.notify_all()

    def _next(self) -> int | None:
        while self.order and self.order[0] in self.done:
            self.order.pop(0)
        return self.order[0] if self.order else None

    def run(self, who: int, work: Work, failed: list[BaseException]) -> None:
        self.me.who = who
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised again by whoever waits
            failed.append(error)
        with self.changed:
            self.done.add(who)
            self.changed.notify_all()


def in_turn(patch: pytest.MonkeyPatch, order: Sequence[int], *works: Work) -> None:
    """Do these at once. Each call of the tables is made by whose number is next in `order`.

    Raises:
        Exception: what one of them raised.
    """
    turns, failed = _Turns(order), list[BaseException]()
    tables = aws.dynamodb()

    class Waiting:
        def __getattr__(self, name: str) -> Any:
            def call(**asked: Any) -> Any:
                turns.take()
                return getattr(tables, name)(**asked)

            return tables.get_paginator if name == "get_paginator" else call

    with patch.context() as here:
        here.setattr(aws, "dynamodb", Waiting)
        threads = [
            threading.Thread(target=turns.run, args=(who, work, failed))
            for who, work in enumerate(works)
        ]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    if failed:
        raise failed[0]


def every_order(first: int, second: int) -> Iterator[list[int]]:
    """Yield each way in which so many calls of one and of another can follow each other."""
    for places in combinations(range(first + second), first):
        yield [0 if place in places else 1 for place in range(first + second)]
