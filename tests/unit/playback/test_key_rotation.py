"""Rotation: the edge learns a key before anyone signs with it, and wherever a run dies."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from cliffhanger import aws, clock
from functions.playback_keys.handler import handler
from tests.unit.edge_store import Store
from tests.unit.playback.keys import at_the_edge, in_the_secret


class DiedError(Exception):
    """The function is gone at this moment."""


def rotate() -> list[Any]:
    body = json.dumps({"action": "rotate", "at": clock.iso(clock.now())})
    found: list[Any] = handler({"Records": [{"messageId": "0", "body": body}]}, None)[
        "batchItemFailures"
    ]
    return found


def test_the_edge_knows_a_key_before_it_can_sign(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    known: list[list[str]] = []
    save = aws.secrets().put_secret_value

    def saved(**wanted: Any) -> Any:
        known.append(at_the_edge(store))
        return save(**wanted)

    monkeypatch.setattr(aws.secrets(), "put_secret_value", saved)
    for _ in range(2):
        assert rotate() == []
        assert set(in_the_secret()) <= set(known[-1])


def test_a_key_leaves_the_edge_when_nobody_holds_a_token_of_it(
    store: Store, later: Callable[..., None]
) -> None:
    rotate()
    (first,) = in_the_secret()
    later(days=30)
    rotate()
    assert at_the_edge(store) == sorted(in_the_secret())
    assert first in at_the_edge(store), "the last token of it was signed a moment ago"
    later(hours=2)
    rotate()
    assert first not in at_the_edge(store)
    assert at_the_edge(store) == sorted(in_the_secret())


def test_a_run_that_dies_before_the_secret_changes_nothing_for_viewers(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    rotate()
    before = in_the_secret()

    def die(**_: Any) -> None:
        raise DiedError

    with monkeypatch.context() as patch:
        patch.setattr(aws.secrets(), "put_secret_value", die)
        assert rotate() == [{"itemIdentifier": "0"}]
    assert in_the_secret() == before
    assert set(before) < set(at_the_edge(store))
    rotate()
    assert at_the_edge(store) == sorted(in_the_secret()), "the next run takes the stray away"


def test_a_run_that_dies_after_the_secret_leaves_every_signing_key_at_the_edge(
    store: Store, monkeypatch: pytest.MonkeyPatch, later: Callable[..., None]
) -> None:
    rotate()
    later(days=1)
    rotate()
    later(days=1)
    update, calls = store.update_keys, iter(range(9))

    def die_at_the_second(**wanted: Any) -> Any:
        if next(calls) == 1:
            raise DiedError
        return update(**wanted)

    with monkeypatch.context() as patch:
        patch.setattr(store, "update_keys", die_at_the_second)
        assert rotate() == [{"itemIdentifier": "0"}]
    assert set(in_the_secret()) < set(at_the_edge(store))
    rotate()
    assert at_the_edge(store) == sorted(in_the_secret())
