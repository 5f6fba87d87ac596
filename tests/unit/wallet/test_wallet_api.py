"""The wallet as the app and the studio see it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from cliffhanger import clock, dynamo, ids
from cliffhanger.identity import joins, viewers
from cliffhanger.wallet import changes, ledger
from cliffhanger.wallet.audit import audit
from cliffhanger.wallet.entries import Cause
from cliffhanger.wallet.merging import merge_writes
from functions.wallet.handler import handler
from tests.unit.gateway import VIEWER, Answer, call, studio, viewer
from tests.unit.wallet import wallet_steps
from tests.unit.wallet.wallet_steps import DRAMA_ID, buy, coins, promote, spend

ROUTE = "POST /v1/studio/wallets/{viewer_id}/corrections"
KEY = {"idempotency-key": "once"}
WORDS = {"reason": "The episode did not play"}


def wallet(**query: str) -> Answer:
    return viewer(handler, "GET /v1/wallet", query=query)


def entries(**query: str) -> Answer:
    return viewer(handler, "GET /v1/wallet/entries", query=query)


def correct(body: dict[str, Any], viewer_id: str = VIEWER, **kwargs: Any) -> Answer:
    return studio(handler, ROUTE, WORDS | body, path={"viewer_id": viewer_id}, **kwargs)


@pytest.fixture
def known(stage: None) -> None:
    """The viewer has an account, and no coins."""
    at, key = viewers.place(VIEWER)
    dynamo.write(dynamo.put(at, key | {"created_at": clock.iso(clock.now()), "market": "US"}))


def test_who_never_had_a_coin_has_nothing_and_no_entries(stage: None) -> None:
    assert wallet().body == {
        "paid": 0,
        "bonus": 0,
        "debt": 0,
        "promotional": 0,
        "expiring": [],
    }
    assert entries().body == {"items": [], "next_cursor": None}


def test_promotional_coins_count_as_bonus_until_their_end(
    stage: None, later: Callable[..., None]
) -> None:
    buy(100, 10)
    end = (clock.now() + timedelta(days=1)).replace(microsecond=0)
    promote(5, end)
    body = wallet().body
    assert (body["paid"], body["bonus"], body["promotional"]) == (100, 15, 5)
    assert body["expiring"] == [{"coins": 5, "expires_at": end.isoformat().replace("+00:00", "Z")}]
    later(days=1)
    body = wallet().body
    assert (body["bonus"], body["promotional"], body["expiring"]) == (10, 0, [])


def test_many_promotional_lots_that_have_all_expired_leave_what_lies_below_them(
    stage: None, later: Callable[..., None]
) -> None:
    for _ in range(10):
        promote(1, clock.now() + timedelta(days=1))
    promote(3, clock.now() + timedelta(days=9))
    buy(7)
    later(days=2)
    body = wallet().body
    assert (body["paid"], body["bonus"], len(body["expiring"])) == (7, 3, 1)


def test_the_ledger_is_told_newest_first_page_by_page(
    stage: None, later: Callable[..., None]
) -> None:
    for price in range(1, 6):
        buy(10)
        later(seconds=1)
        spend(price)
        later(seconds=1)
    first = entries(limit="4").body
    second = entries(limit="4", cursor=first["next_cursor"]).body
    third = entries(limit="4", cursor=second["next_cursor"]).body
    told = [one["paid"] for page in (first, second, third) for one in page["items"]]
    assert told == [-5, 10, -4, 10, -3, 10, -2, 10, -1, 10]
    assert third["next_cursor"] is None
    assert entries(limit="10").body["next_cursor"] is None, "a page that is full may be the last"
    spent = first["items"][0]
    assert (spent["kind"], spent["cause"]["kind"], spent["debt"]) == ("unlock", "unlock", 0)


def test_an_unlock_of_before_episodes_were_kept_names_its_drama_alone(
    stage: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    buy(10)
    monkeypatch.setattr(wallet_steps, "EPISODE", Cause("unlock", f"{DRAMA_ID}/12"))
    spend(1)
    (unlock, _) = entries().body["items"]
    assert (unlock["drama_id"], unlock["episode_id"]) == (DRAMA_ID, None)


@pytest.mark.parametrize("cursor", ["x", "ImxlZF94Ig", "MQ"])
def test_a_cursor_of_another_list_is_refused(stage: None, cursor: str) -> None:
    assert (entries(cursor=cursor).status, entries(cursor=cursor).body["code"]) == (
        422,
        "invalid_payload",
    )


def test_the_sandbox_is_shown_apart_and_when_asked_for_alone(stage: None) -> None:
    buy(10)
    buy(7, environment="sandbox")
    assert wallet().body["paid"] == 10
    assert wallet(environment="sandbox").body["paid"] == 7
    assert [one["paid"] for one in entries().body["items"]] == [10]
    assert [one["paid"] for one in entries(environment="sandbox").body["items"]] == [7]
    assert wallet(environment="Xcode").status == 422


def test_a_deleted_viewer_is_refused_and_the_ledger_stays(known: None) -> None:
    buy(10)
    dynamo.write(viewers.bury(VIEWER, clock.now()))
    for answer in (wallet(), entries()):
        assert (answer.status, answer.body["code"]) == (401, "viewer_deleted")
    refused = correct({"coins": 1, "kind": "bonus"})
    assert (refused.status, refused.body["code"]) == (404, "viewer_not_found")
    assert len(list(ledger.every(VIEWER, "production"))) == 1


@pytest.fixture
def forsaken(known: None) -> str:
    """The viewer, a guest, has joined an account with ten coins that was then deleted: its id."""
    account = joined()
    buy(10, viewer_id=account)
    dynamo.write(viewers.bury(account, clock.now()))
    return account


def joined(guest: str = VIEWER) -> str:
    """Let a guest join a new account, and return its id."""
    account = ids.new("vwr")
    viewers.find(account, "US")
    joining = joins.joining(guest, account)
    assert joining
    dynamo.transact(*joining)
    changes.commit(lambda: (merge_writes(guest, account, now=clock.now()), []))
    joins.has_come(guest, account)
    return account


def test_a_guest_whose_account_was_deleted_is_not_corrected_any_more(forsaken: str) -> None:
    refused = correct({"coins": 1, "kind": "bonus"})
    assert (refused.status, refused.body["code"]) == (404, "viewer_not_found")
    assert len(list(ledger.every(forsaken, "production"))) == 1


def test_a_guest_whose_account_was_deleted_is_shown_nothing_of_it(forsaken: str) -> None:
    for answer in (wallet(), entries()):
        assert (answer.status, answer.body["code"]) == (401, "viewer_deleted")


def test_the_studio_gives_coins_with_a_reason_and_its_name_is_kept(known: None) -> None:
    answer = correct({"coins": 50, "kind": "bonus"})
    assert answer.status == 201
    assert answer.body["wallet"]["bonus"] == 50
    (entry,) = ledger.every(VIEWER, "production")
    assert entry.id == answer.body["id"]
    assert entry.order
    assert (entry.order.operator_id, entry.order.reason) == ("vwr_1", WORDS["reason"])
    (shown,) = entries().body["items"]
    assert shown["cause"] == {"kind": "operator", "id": None}
    assert WORDS["reason"] not in entries().text


def test_the_same_key_corrects_once_and_tells_the_same_again(known: None) -> None:
    buy(10)
    body = {"coins": -10, "kind": "paid"}
    first, again = correct(body, headers=KEY), correct(body, headers=KEY)
    assert (first.status, again.status) == (201, 201)
    assert again.body == first.body
    assert coins() == (0, 0, 0)
    reused = correct({"coins": -1, "kind": "paid"}, headers=KEY)
    assert (reused.status, reused.body["code"]) == (422, "idempotency_key_reused")


def test_a_refused_correction_uses_up_no_key_and_is_never_told_as_done(known: None) -> None:
    body = {"coins": -10, "kind": "paid"}
    for _ in range(2):
        refused = correct(body, headers=KEY)
        assert (refused.status, refused.body["code"]) == (402, "insufficient_coins")
    buy(10)
    assert correct(body, headers=KEY).body["wallet"]["paid"] == 0


def test_a_correction_that_was_made_before_a_merge_is_told_again_after_it(known: None) -> None:
    account = ids.new("vwr")
    body = {"coins": 10, "kind": "bonus"}
    first = correct(body, headers=KEY).body
    changes.commit(lambda: (merge_writes(VIEWER, account, now=clock.now()), []))
    again = correct(body, headers=KEY).body
    assert (again["id"], again["viewer_id"]) == (first["id"], account)
    assert coins(account) == (0, 10, 0)


def test_a_correction_is_told_again_wherever_it_stands_in_a_chain_of_guests(known: None) -> None:
    chain = [VIEWER]
    told = []
    for number in range(joins.LONGEST_CHAIN + 1):
        body, key = {"coins": 1}, {"idempotency-key": f"key {number}"}
        told.append((body, key, correct(body, headers=key).body["id"]))
        if number < joins.LONGEST_CHAIN:
            chain.append(joined(chain[-1]))
    for body, key, made in told:
        again = correct(body, headers=key)
        assert (again.status, again.body["id"]) == (201, made)
        assert again.body["viewer_id"] == chain[-1]
    assert coins(chain[-1]) == (0, len(told), 0)


def test_a_correction_that_cannot_be_found_is_never_asked_for_under_another_key(
    known: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {"coins": 10}
    correct(body, headers=KEY)
    monkeypatch.setattr(ledger, "find", lambda *_: None)
    again = correct(body, headers=KEY)
    assert (again.status, again.body["code"]) == (503, "busy")
    assert "fresh" not in again.body["detail"]
    assert coins() == (0, 10, 0)


def test_coins_are_taken_below_zero_only_where_the_operator_says_so(known: None) -> None:
    buy(10, 5)
    refused = correct({"coins": -12, "kind": "paid"})
    assert (refused.body["price"], refused.body["balance"]) == (12, 10)
    assert correct({"coins": -12, "kind": "paid", "into_debt": True}).status == 201
    assert coins() == (0, 5, 2)
    correct({"coins": 2, "kind": "bonus"})
    assert coins() == (0, 5, 0), "so is a debt forgiven"
    assert audit(VIEWER).faults == ()


def test_without_a_kind_bonus_is_given_and_all_is_taken_in_the_order_of_spending(
    known: None,
) -> None:
    buy(10, 5)
    assert correct({"coins": 3}).body["wallet"]["bonus"] == 8
    assert correct({"coins": -12}).status == 201
    assert coins() == (6, 0, 0)
    refused = correct({"coins": -7})
    assert (refused.body["price"], refused.body["balance"]) == (7, 6)
    assert audit(VIEWER).faults == ()


def test_promotional_coins_of_the_studio_expire_when_it_says(
    known: None, later: Callable[..., None]
) -> None:
    end = clock.now() + timedelta(days=3)
    body = {"coins": 20, "kind": "promotional", "expires_at": clock.iso(end)}
    assert correct(body).body["wallet"]["promotional"] == 20
    (entry,) = ledger.every(VIEWER, "production")
    assert (entry.kind, entry.postings) == ("promotion", {"promotional": 20, "promotions": -20})
    later(days=3)
    assert wallet().body["bonus"] == 0
    past = correct(body)
    assert (past.status, past.body["errors"][0]["pointer"]) == (422, "/expires_at")


@pytest.mark.parametrize(
    "end",
    [
        "9999-12-31T23:59:59-12:00",
        "0001-01-01T00:00:00+12:00",
        1_900_000_000,
        1e300,
        "1900000000",
        "2030-01-01",
        True,
    ],
)
def test_an_end_that_is_no_moment_in_utc_is_refused(known: None, end: Any) -> None:
    answer = correct({"coins": 1, "kind": "promotional", "expires_at": end})
    assert (answer.status, answer.body["code"]) == (422, "invalid_payload")
    assert answer.body["errors"][0]["pointer"] == "/expires_at"


def test_the_last_moment_there_is_may_be_an_end(known: None) -> None:
    end = "9999-12-31T23:59:59Z"
    answer = correct({"coins": 1, "kind": "promotional", "expires_at": end})
    assert answer.body["wallet"]["expiring"] == [{"coins": 1, "expires_at": end}]
    assert wallet().body == answer.body["wallet"]


@pytest.mark.parametrize("lots", [7, 8, 9, 12, 20])
@pytest.mark.parametrize("days", [None, 1])
def test_what_a_correction_answers_is_what_the_viewer_is_shown_though_much_has_expired(
    known: None, later: Callable[..., None], lots: int, days: int | None
) -> None:
    buy(5, 9)
    for _ in range(lots):
        promote(2, clock.now() + timedelta(days=1))
    later(days=2)
    end = clock.iso(clock.now() + timedelta(days=days)) if days else None
    told = correct({"coins": 1, "kind": "promotional", "expires_at": end}).body["wallet"]
    assert (told["paid"], told["bonus"], told["promotional"]) == (5, 10, 1)
    assert told == wallet().body
    assert audit(VIEWER).faults == ()


@pytest.mark.parametrize(
    "body",
    [
        {"coins": 0, "kind": "paid"},
        {"coins": 1.5, "kind": "paid"},
        {"coins": True, "kind": "paid"},
        {"coins": 1_000_001, "kind": "paid"},
        {"coins": 1, "kind": "gold"},
        {"coins": 1, "kind": "debt"},
        {"coins": 1, "kind": "paid", "reason": "  "},
        {"coins": 1, "kind": "paid", "into_debt": True},
        {"coins": 1, "kind": "paid", "expires_at": "2030-01-01T00:00:00Z"},
        {"coins": -1, "kind": "promotional", "expires_at": "2030-01-01T00:00:00Z"},
        {"coins": 1, "kind": "promotional", "expires_at": "2030-01-01T00:00:00"},
        {"coins": 1, "kind": "paid", "operator_id": "somebody else"},
    ],
)
def test_a_correction_that_makes_no_sense_is_refused(known: None, body: dict[str, Any]) -> None:
    assert correct(body).status == 422
    assert list(ledger.every(VIEWER, "production")) == []


@pytest.mark.parametrize("viewer_id", ["vwr_01JD000000000000000000000Z", "vwr_1", "WALLET"])
def test_nobody_is_given_nothing(stage: None, viewer_id: str) -> None:
    answer = correct({"coins": 1, "kind": "bonus"}, viewer_id)
    assert (answer.status, answer.body["code"]) == (404, "viewer_not_found")


def test_a_viewer_corrects_no_wallet(known: None) -> None:
    body = WORDS | {"coins": 1, "kind": "bonus"}
    answer = viewer(handler, ROUTE, body, path={"viewer_id": VIEWER})
    assert answer.status == 403
    assert call(handler, ROUTE, body, path={"viewer_id": VIEWER}).status == 401


def test_a_look_at_the_wallet_is_one_round_trip(stage: None, table_calls: list[str]) -> None:
    buy(10)
    table_calls.clear()
    wallet()
    assert table_calls == ["BatchGetItem"]
