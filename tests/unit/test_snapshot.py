"""Around a snapshot: warm before it, and no two copies of it alike after it."""

import importlib
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

from cliffhanger import aws, log, snapshot
from cliffhanger.model import Model
from functions.registry import HTTP_FUNCTIONS

Hook = tuple[Callable[..., None], tuple[Any, ...]]
COPIES = """
import os, random, sys
from cliffhanger import aws, ids, snapshot
snapshot.before_snapshot((aws.dynamodb,))
ids.new("drm")
for _ in range(2):  # a fork is what a restore is: the same memory once more
    if os.fork() == 0:
        snapshot.after_restore((aws.dynamodb,))
        print(random.random(), ids.new("drm"), flush=True)
        os._exit(0)
    os.wait()
"""


class Runtime(ModuleType):
    """Lambda's own package of hooks, as far as it is used."""

    def __init__(self) -> None:
        super().__init__("snapshot_restore_py")
        self.before: list[Hook] = []
        self.after: list[Hook] = []

    def register_before_snapshot(self, hook: Callable[..., None], *given: Any) -> None:
        self.before.append((hook, given))

    def register_after_restore(self, hook: Callable[..., None], *given: Any) -> None:
        self.after.append((hook, given))


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    made = Runtime()
    monkeypatch.setitem(sys.modules, "snapshot_restore_py", made)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    aws.dynamodb.cache_clear()
    log.logger.cache_clear()
    yield made
    aws.dynamodb.cache_clear()


def run(hooks: list[Hook]) -> None:
    for hook, given in hooks:
        hook(*given)


def test_the_first_call_after_a_snapshot_finds_its_clients_and_its_logger(
    runtime: Runtime,
) -> None:
    snapshot.prepare(aws.dynamodb)
    assert aws.dynamodb.cache_info().currsize == 0  # nothing at import
    run(runtime.before)
    assert aws.dynamodb.cache_info().currsize == 1
    assert log.logger.cache_info().currsize == 1


def test_the_first_call_after_a_snapshot_finds_its_models_built(runtime: Runtime) -> None:
    class Late(Model):
        """A shape that nobody has needed so far."""

        word: str

    snapshot.prepare()
    assert not Late.__pydantic_complete__
    run(runtime.before)
    assert Late.__pydantic_complete__


@pytest.mark.parametrize("when", ["before", "after"])
def test_no_connection_is_in_a_snapshot_or_taken_from_it(runtime: Runtime, when: str) -> None:
    snapshot.prepare(aws.dynamodb)
    manager = aws.dynamodb()._endpoint.http_session._manager  # type: ignore[attr-defined]
    manager.connection_from_url("http://127.0.0.1:1/")
    assert len(manager.pools) == 1
    run(getattr(runtime, when))
    assert len(manager.pools) == 0


def test_two_copies_of_one_snapshot_throw_other_dice_and_make_other_ids() -> None:
    environment = os.environ | {"AWS_DEFAULT_REGION": "us-east-1"}
    ran = subprocess.run(
        [sys.executable, "-c", COPIES], env=environment, check=True, capture_output=True, text=True
    )
    first, second = (line.split() for line in ran.stdout.splitlines())
    assert first[0] != second[0]
    assert first[1] != second[1]


def test_dice_alone_would_be_the_same_in_every_copy() -> None:
    random.seed(7)
    kept = random.getstate()
    first = random.random()
    random.setstate(kept)
    assert random.random() == first
    random.setstate(kept)
    snapshot.after_restore(())
    assert random.random() != first


@pytest.mark.parametrize("name", [one.name for one in HTTP_FUNCTIONS])
def test_every_http_function_is_prepared_when_its_version_starts(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delitem(sys.modules, f"functions.{name}.handler", raising=False)
    importlib.import_module(f"functions.{name}.handler")
    assert len(runtime.before) == len(runtime.after) == 1
    run(runtime.before)
    run(runtime.after)


def test_where_there_is_no_snapstart_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "snapshot_restore_py", None)
    aws.dynamodb.cache_clear()
    snapshot.prepare(aws.dynamodb)
    assert aws.dynamodb.cache_info().currsize == 0
