"""Merging: all that a guest has becomes the account's, once, whoever dies or comes in between."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from cliffhanger import clock, dynamo, ids
from cliffhanger.entitlements import unlocks, vip
from cliffhanger.entitlements.unlocks import LastCharge, Unlocks
from cliffhanger.identity import joins, merging, moving, viewers
from cliffhanger.wallet import changes
from cliffhanger.wallet.audit import audit
from cliffhanger.wallet.merging import merge_writes
from cliffhanger.wallet.refunds import Taken
from functions.identity.handler import handler
from tests.unit.entitlements.owning import line
from tests.unit.gateway import Answer, call
from tests.unit.wallet.wallet_steps import buy, coins, refund, spend

DRAMA = "drm_01JD0000000000000000000000"
OTHER = "drm_01JD0000000000000000000001"
Session = Mapping[str, Any]


def arrive() -> Session:
    made: Session = call(handler, "POST /v1/guests").body
    return made


def join(account: Session, guest: Session, key: str = "join") -> Answer:
    claims = {"token_use": "access", "username": account["viewer_id"]}
    body = {"guest_refresh_token": guest["refresh_token"]}
    headers = {"idempotency-key": key}
    return call(handler, "POST /v1/me/merge", body, claims=claims, headers=headers)


def own(viewer_id: str, drama_id: str, *slots: int, whole: bool = False) -> None:
    before = owned(viewer_id, drama_id)
    charge = LastCharge(coins=1, environment="production", entry_id=ids.new("led"))
    dynamo.write(unlocks.write(viewer_id, before, before.after(slots, charge, whole=whole)))


def owned(viewer_id: str, drama_id: str) -> Unlocks:
    item = dynamo.get(*unlocks.place(viewer_id, drama_id), consistent=True)
    return unlocks.of_item(drama_id, item)


def opened(viewer_id: str, drama_id: str) -> list[int]:
    has = owned(viewer_id, drama_id)
    return [slot for slot in range(1, 5) if has.opens(slot)]


def lines(viewer_id: str) -> dict[str, str]:
    item = dynamo.get(*viewers.place(viewer_id), consistent=True)
    return {key: one.product_id for key, one in vip.keyed(item)}


@pytest.fixture
def two(pool: str) -> tuple[Session, Session]:
    """An account and a guest. Both have coins and unlocks; the guest has a debt and VIP."""
    account, guest = arrive(), arrive()
    buy(100, 20, viewer_id=account["viewer_id"])
    own(account["viewer_id"], DRAMA, 1)
    spent = buy(30, viewer_id=guest["viewer_id"])
    spend(30, viewer_id=guest["viewer_id"])
    buy(10, 5, viewer_id=guest["viewer_id"])
    refund(spent, Taken(), 100_000, viewer_id=guest["viewer_id"])
    own(guest["viewer_id"], DRAMA, 1, 3)
    own(guest["viewer_id"], OTHER, 2, whole=True)
    dynamo.write(vip.put_line(guest["viewer_id"], "0123456789abcdef", line()))
    return account, guest


def require_merged(account: Session, guest: Session) -> None:
    here, there = account["viewer_id"], guest["viewer_id"]
    assert coins(here) == coins(there) == (110, 25, 30), "the guest's wallet is the account's"
    assert opened(here, DRAMA) == [1, 3]
    assert opened(here, OTHER) == [1, 2, 3, 4]
    assert opened(there, DRAMA) == opened(there, OTHER) == []
    assert (list(lines(here)), lines(there)) == (["0123456789abcdef"], {})
    assert viewers.current_id(there) == here
    for viewer_id in (here, there):
        assert audit(viewer_id).faults == ()


def test_coins_debt_vip_and_unlocks_become_the_accounts(two: tuple[Session, Session]) -> None:
    account, guest = two
    answer = join(account, guest)
    assert (answer.status, answer.body["id"]) == (200, account["viewer_id"])
    require_merged(account, guest)


def test_joining_again_changes_nothing(two: tuple[Session, Session]) -> None:
    account, guest = two
    join(account, guest)
    versions = [owned(account["viewer_id"], one).version for one in (DRAMA, OTHER)]
    assert join(account, guest).status == 200, "the guest's token has ended; the key is enough"
    assert [owned(account["viewer_id"], one).version for one in (DRAMA, OTHER)] == versions
    require_merged(account, guest)


def test_joining_again_with_another_key_changes_nothing_either(
    two: tuple[Session, Session],
) -> None:
    account, guest = two
    join(account, guest)
    assert join(account, guest, key="another").status == 200
    require_merged(account, guest)


def test_a_guest_who_has_joined_one_account_joins_no_other(two: tuple[Session, Session]) -> None:
    account, guest = two
    join(account, guest)
    refused = join(arrive(), guest, key="another")
    assert (refused.status, refused.body["code"]) == (409, "not_mergeable")
    require_merged(account, guest)


def test_a_token_that_never_was_is_refused_and_is_no_end_of_the_callers_session(pool: str) -> None:
    refused = join(arrive(), {"refresh_token": "never"})
    assert (refused.status, refused.body["code"]) == (409, "not_mergeable")


@pytest.mark.parametrize(
    "step",
    ["wallets.merge", "entitlements._move_lines", "entitlements._move_unlocks", "_end_sessions"],
)
@pytest.mark.parametrize("is_done", [False, True], ids=["before", "after"])
def test_a_merge_that_died_at_a_step_is_finished_by_a_retry(
    two: tuple[Session, Session], monkeypatch: pytest.MonkeyPatch, step: str, is_done: bool
) -> None:
    owner: Any = moving
    *path, name = step.split(".")
    for one in path:
        owner = getattr(owner, one)
    really = getattr(owner, name)

    def dies(*args: Any, **kwargs: Any) -> None:
        if is_done:
            really(*args, **kwargs)
        raise TimeoutError

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, dies)
        assert join(*two).status == 500
    assert join(*two).status == 200
    require_merged(*two)


def test_two_calls_of_one_merge_at_once_are_both_told_that_it_is_done(
    two: tuple[Session, Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    account, guest = two
    join(account, guest)
    monkeypatch.setattr(merging, "_earlier", lambda *_: None)  # it looked before the other wrote
    monkeypatch.setattr(merging, "_guest_of", lambda _: guest["viewer_id"])
    assert join(account, guest).status == 200
    require_merged(account, guest)


def test_who_joins_while_others_join_them_waits_for_those(
    two: tuple[Session, Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    account, guest = two
    third = arrive()
    joining = joins.joining

    def meanwhile(guest_id: str, account_id: str) -> Any:
        made = joining(guest_id, account_id)
        with monkeypatch.context() as patch:
            patch.setattr(joins, "joining", joining)
            assert join(guest, third, key="third").status == 200
        return made

    with monkeypatch.context() as patch:
        patch.setattr(joins, "joining", meanwhile)
        assert join(account, guest).status == 200
    require_merged(account, guest)


@pytest.mark.parametrize("by", ["retry", "sweep"])
@pytest.mark.parametrize(
    "step", ["wallets.merge", "entitlements._move_lines", "entitlements._move_unlocks"]
)
def test_an_account_joins_the_next_with_all_that_was_still_coming_to_it(
    two: tuple[Session, Session], monkeypatch: pytest.MonkeyPatch, step: str, by: str
) -> None:
    """A merge died, and the account, which is a guest too, joins another before it is finished."""
    account, guest = two
    last = arrive()
    owner: Any = moving
    *path, name = step.split(".")
    for one in path:
        owner = getattr(owner, one)

    def dies(*_: Any) -> None:
        raise TimeoutError

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, dies)
        assert join(account, guest).status == 500
    assert join(last, account, key="next").status == 200
    if by == "retry":
        assert join(account, guest).status == 200
    else:
        later = clock.now() + timedelta(minutes=20)
        monkeypatch.setattr(clock, "now", lambda: later)
        assert moving.sweep()["not_moved"] == 0
    here = last["viewer_id"]
    assert coins(here) == (110, 25, 30)
    assert (opened(here, DRAMA), opened(here, OTHER)) == ([1, 3], [1, 2, 3, 4])
    assert list(lines(here)) == ["0123456789abcdef"]


def test_guests_who_join_one_account_come_one_by_one(
    two: tuple[Session, Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    account, guest = two
    first = arrive()
    buy(7, viewer_id=first["viewer_id"])

    def dies(*_: Any) -> None:
        raise TimeoutError

    with monkeypatch.context() as patch:
        patch.setattr(changes, "commit", dies)
        assert join(account, first, key="first").status == 500
    assert join(account, guest).status == 200
    assert coins(account["viewer_id"]) == (117, 25, 30)
    item = dynamo.get(*viewers.place(account["viewer_id"]), consistent=True)
    assert joins.coming(item or {}) is None


def test_a_viewer_cannot_join_themselves(pool: str) -> None:
    one = arrive()
    refused = join(one, one)
    assert (refused.status, refused.body["code"]) == (409, "not_mergeable")
    assert viewers.current_id(one["viewer_id"]) == one["viewer_id"]


def test_a_guest_joins_one_account_alone_though_the_first_merge_died(
    two: tuple[Session, Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    account, guest = two
    other = arrive()

    def dies(*_: Any) -> None:
        raise TimeoutError

    with monkeypatch.context() as patch:
        patch.setattr(changes, "commit", dies)
        assert join(account, guest).status == 500
    refused = join(other, guest, key="another")
    assert (refused.status, refused.body["code"]) == (409, "not_mergeable")
    assert coins(other["viewer_id"]) == (0, 0, 0)
    assert join(account, guest).status == 200
    require_merged(account, guest)


def test_who_has_joined_an_account_takes_in_no_guest(pool: str) -> None:
    account, guest, third = arrive(), arrive(), arrive()
    assert join(account, guest).status == 200
    refused = join(guest, third, key="another")
    assert (refused.status, refused.body["code"]) == (409, "not_mergeable")
    assert viewers.current_id(third["viewer_id"]) == third["viewer_id"]


def test_a_guest_whose_coins_are_elsewhere_is_not_merged(pool: str) -> None:
    account, guest, other = (arrive() for _ in range(3))
    buy(10, viewer_id=guest["viewer_id"])
    ids_ = guest["viewer_id"], other["viewer_id"]
    changes.commit(lambda: (merge_writes(*ids_, now=clock.now()), ()))
    refused = join(account, guest)
    assert (refused.status, refused.body["code"]) == (409, "not_mergeable")
    assert coins(account["viewer_id"]) == (0, 0, 0)
    assert join(account, arrive(), key="another").status == 200, "nobody waits for that guest"


def test_a_deleted_guest_joins_nobody(two: tuple[Session, Session]) -> None:
    account, guest = two
    dynamo.write(viewers.bury(guest["viewer_id"], clock.now()))
    assert join(account, guest).body["code"] == "viewer_deleted"
    assert coins(account["viewer_id"]) == (100, 20, 0)


def test_no_line_can_be_set_for_a_guest_any_more(two: tuple[Session, Session]) -> None:
    account, guest = two
    join(account, guest)
    with pytest.raises(dynamo.ConditionFailed):
        dynamo.write(vip.put_line(guest["viewer_id"], "fedcba9876543210", line()))
    assert lines(guest["viewer_id"]) == {}
