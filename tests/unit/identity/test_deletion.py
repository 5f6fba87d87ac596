"""Deletion: what a viewer watched goes with them, whatever happens in between; the books stay."""

from typing import Any

import pytest

from cliffhanger import clock, dynamo, ids
from cliffhanger.identity import viewers
from cliffhanger.wallet.audit import audit
from cliffhanger.watching import forgetting, rows
from functions.identity.handler import handler
from functions.viewing.handler import handler as viewing
from tests.unit.gateway import VIEWER, Answer, call, viewer
from tests.unit.test_watching import episode, item
from tests.unit.wallet.wallet_steps import buy, coins

CLAIMS = {"token_use": "access", "username": VIEWER}


def leave() -> Answer:
    return call(handler, "DELETE /v1/me", claims=CLAIMS)


def watch(*episodes: str) -> Answer:
    items = [item(ids.new("ses"), one, 10.0) for one in episodes]
    return viewer(viewing, "POST /v1/progress", {"items": items})


def kept() -> list[dynamo.Item]:
    """What says where the viewer was in which drama."""
    return [
        row
        for prefix in (rows.watched_sk(""), rows.sitting_sk(""))
        for row in dynamo.query("commerce", VIEWER, prefix=prefix, consistent=True)
    ]


def is_forgotten(row: dynamo.Item) -> bool:
    """Whether a row says nothing any more, and DynamoDB may take it away."""
    bare = {"pk", "sk", "slots", "last_at", "version", "expires_at"}
    gone = 0 < row.get("expires_at", 0) <= clock.now().timestamp()
    return gone and row.keys() == bare and (row["slots"], row["last_at"]) == ({}, 0)


@pytest.fixture
def watched(pool: str) -> str:
    """An episode that the viewer has watched a little of."""
    one = episode()
    assert watch(one).status == 200
    return one


def test_what_was_watched_goes_with_the_viewer(watched: str) -> None:
    assert not [row for row in kept() if is_forgotten(row)]
    assert leave().status == 204
    assert len(kept()) == 2
    assert all(map(is_forgotten, kept()))


def test_wallet_and_ledger_stay_and_agree(watched: str) -> None:
    buy(100, 10)
    leave()
    assert coins(VIEWER) == (100, 10, 0)
    found = audit(VIEWER)
    assert (found.entries, found.faults) == (1, ())


def test_deleting_again_writes_none_of_the_rows_again(watched: str) -> None:
    leave()
    before = kept()
    assert leave().status == 204
    assert kept() == before


def test_a_deletion_that_died_before_it_forgot_is_finished_by_a_retry(
    watched: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: Any) -> None:
        raise TimeoutError

    with monkeypatch.context() as patch:
        patch.setattr(forgetting, "forget", dies)
        assert leave().status == 500
    assert not any(map(is_forgotten, kept()))
    assert leave().status == 204
    assert all(map(is_forgotten, kept()))


def test_one_call_forgets_so_much_and_the_next_one_the_rest(
    pool: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "_AT_ONCE", 2)
    monkeypatch.setattr(forgetting, "_AT_MOST", 5)
    watch(*(episode() for _ in range(4)))
    refused = leave()
    assert (refused.status, refused.body["code"]) == (503, "busy")
    assert sum(map(is_forgotten, kept())) == 5
    assert leave().status == 204
    assert len(kept()) == 8
    assert all(map(is_forgotten, kept()))


@pytest.mark.parametrize("is_new", [True, False], ids=["a new drama", "a drama known before"])
def test_a_report_that_a_deletion_overtakes_leaves_nothing(
    watched: str, monkeypatch: pytest.MonkeyPatch, is_new: bool
) -> None:
    other = episode() if is_new else watched
    batch_get = dynamo.batch_get

    def overtaken(*at: Any, **how: Any) -> Any:
        found = batch_get(*at, **how)
        if viewers.place(VIEWER) in at:
            monkeypatch.setattr(dynamo, "batch_get", batch_get)
            assert leave().status == 204
        return found

    monkeypatch.setattr(dynamo, "batch_get", overtaken)
    answer = watch(other)
    assert answer.status == (401 if is_new else 200)
    assert all("expires_at" in row for row in kept()), "nothing of it stays"
    if is_new:
        assert all(map(is_forgotten, kept()))


def test_a_history_that_was_forgotten_is_empty_for_who_still_sees_the_viewer(
    watched: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A read that is not consistent may still miss the tombstone."""
    leave()
    monkeypatch.setattr(viewers, "require_alive", lambda _: None)
    answer = viewer(viewing, "GET /v1/history")
    assert (answer.status, answer.body["items"]) == (200, [])
