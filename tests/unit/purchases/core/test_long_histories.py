"""A history of any length is looked through, run after run, and no bad word stops those behind."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from cliffhanger import dynamo
from cliffhanger.errors import Problem
from cliffhanger.metrics import Metric
from cliffhanger.purchases import notices, passes, reconcile, reports
from cliffhanger.purchases.apple import server_api
from cliffhanger.purchases.errors import StoreRefused, StoreUnavailable
from functions.purchase_events.handler import handler as events
from tests.unit.local_google.running import Play
from tests.unit.purchases.core.long_history import SECONDS_A_PAGE, SECONDS_A_WORD, History, made
from tests.unit.purchases.core.market import ANNA, Market, coins, everything, kept
from tests.unit.written import Written, totals

APPLE = "apple#Production"


class Died(BaseException):
    """The function is gone."""


def fire(action: str, source: str = APPLE) -> Any:
    """Let a schedule fire; what it found in its source, if it looked."""
    return events({"action": action, "source": source}, None)["sources"].get(source)


def runs(history: History) -> list[Any]:
    """Let the schedules fire until the pass is over."""
    found = [fire("reconcile")]
    while passes.read(APPLE).going:
        started = history.seconds
        found.append(fire("go_on"))
        most = reconcile._SECONDS + SECONDS_A_PAGE + SECONDS_A_WORD
        assert history.seconds - started <= most + 1e-6, "a run ends before the function would"
    return found


@pytest.fixture
def history(market: Market, monkeypatch: pytest.MonkeyPatch) -> History:
    found = made(2_000)
    found.stand_in(monkeypatch)
    return found


@pytest.fixture
def short(market: Market, monkeypatch: pytest.MonkeyPatch) -> History:
    found = made(60)
    found.stand_in(monkeypatch)
    return found


def noted() -> set[str]:
    return {one["pk"].removeprefix("NOTE#apple#") for one in kept("NOTE#apple#", "NOTE")}


def test_thousands_are_looked_through_run_after_run_and_each_takes_its_effect_once(
    history: History,
) -> None:
    found = runs(history)
    assert (len(found) > 5, history.done) == (True, history.words)
    assert noted() == set(history.words)
    assert sum(one["repairs"] for one in found) == 2_000
    problems = [one["problem"] for one in found]
    assert problems == [reports.BEHIND] * (len(found) - 1) + [None]
    assert len({one["sk"] for one in everything() if one["sk"].startswith("RUN#")}) == len(found)
    again = runs(history)
    assert (history.done, [one["repairs"] for one in again]) == (history.words, [0] * len(again))
    assert len(again) < 3, "what was heard costs its page alone"


def test_a_pass_that_is_on_is_gone_on_with_and_none_begins_before_its_time(
    short: History,
) -> None:
    assert fire("go_on") is None
    assert short.pages == []
    fire("reconcile")
    assert (short.pages, fire("go_on")) == ([0, 20, 40], None)


def test_a_run_that_dies_between_two_pages_is_gone_on_with_at_the_second(
    short: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = server_api.notification_history

    def dies(*asked: Any) -> Any:
        if asked[-1] == "20":
            raise Died
        return page(*asked)

    with monkeypatch.context() as broken:
        broken.setattr(server_api, "notification_history", dies)
        with pytest.raises(Died):
            fire("reconcile")
    fire("go_on")
    assert (short.pages, short.done) == ([0, 20, 40], short.words)


def test_a_run_that_dies_within_a_page_does_nothing_of_it_again(
    short: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = reports.Source.note

    def dies(self: reports.Source, what: str) -> None:
        note(self, what)
        if what.endswith("word-0026"):
            raise Died

    with monkeypatch.context() as broken:
        broken.setattr(reports.Source, "note", dies)
        with pytest.raises(Died):
            fire("reconcile")
    fire("go_on")
    assert (short.pages, short.done) == ([0, 20, 20, 40], short.words)


def test_a_page_whose_token_has_expired_begins_the_pass_again_and_repairs_nothing_twice(
    short: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = server_api.notification_history

    def expired(*asked: Any) -> Any:
        if asked[-1] == "40":
            raise StoreRefused(400, 4000017)
        return page(*asked)

    with monkeypatch.context() as broken:
        broken.setattr(server_api, "notification_history", expired)
        assert fire("reconcile")["problem"] == "store_refused"
    assert fire("go_on")["repairs"] == 20
    assert (short.pages, short.done) == ([0, 20, 0, 20, 40], short.words)


def test_one_that_cannot_be_done_is_named_and_counted_and_stops_nothing_behind_it(
    short: History, written: Written
) -> None:
    short.broken["word-0007"] = ValueError("merged in a circle")
    written()
    found = fire("reconcile")
    assert (found["skipped"], found["problem"]) == (["DID_RENEW word-0007"], reports.SKIPPED)
    assert (found["seen"], found["repairs"]) == (60, 59)
    assert totals(written())[Metric.RECONCILER_FAILURES] == 1
    short.broken.clear()
    assert fire("reconcile")["repaired"] == ["DID_RENEW word-0007"], "the day before is seen again"


def test_when_most_cannot_be_done_it_is_our_fault_and_the_pass_does_not_count(
    short: History,
) -> None:
    before = passes.read(APPLE).until
    short.broken = {one: ValueError("a bad release") for one in short.words}
    for _ in range(2):
        found = fire("reconcile")
        assert (found["seen"], found["skips"], found["problem"]) == (60, 60, "internal_error")
        assert fire("go_on") is None
    after = passes.read(APPLE)
    assert (after.going, after.until - before < timedelta(minutes=1)) == (None, True)
    short.broken.clear()
    assert fire("reconcile")["repairs"] == 60
    assert noted() == set(short.words)


def test_so_it_is_when_most_of_a_pass_of_many_runs_cannot_be_done(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = made(700)
    history.stand_in(monkeypatch)
    history.broken = {one: ValueError("a bad release") for one in history.words[:400]}
    before = passes.read(APPLE)
    found = runs(history)
    assert (len(found) > 1, found[-1]["problem"]) == (True, "internal_error")
    assert sum(one["skips"] for one in found) == 400
    assert max(len(one["skipped"]) for one in found) == 100, "a report is one item"
    assert set(history.done) == set(history.words[400:]), "all else was done"
    assert passes.read(APPLE).until - before.until < timedelta(minutes=1)


@pytest.mark.parametrize("first", [0, 39])
def test_some_that_cannot_be_done_among_many_stop_nothing_wherever_they_stand(
    short: History, first: int
) -> None:
    poisoned = short.words[first : first + 21]
    short.broken = {one: ValueError("merged in a circle") for one in poisoned}
    before = passes.read(APPLE).until
    found = fire("reconcile")
    assert (found["skips"], found["repairs"], found["problem"]) == (21, 39, reports.SKIPPED)
    assert passes.read(APPLE).until > before + timedelta(days=1)
    again = fire("reconcile")
    assert (again["skips"], again["repairs"], again["problem"]) == (21, 0, reports.SKIPPED)
    short.words.append("word-0060")
    assert fire("reconcile")["repaired"] == ["DID_RENEW word-0060"]
    short.broken.clear()
    assert fire("reconcile")["repairs"] == 21, "the day before is seen again"


THROTTLED = {"Error": {"Code": "ProvisionedThroughputExceededException", "Message": ""}}


@pytest.mark.parametrize(
    "out",
    [
        StoreUnavailable(),
        EndpointConnectionError(endpoint_url="dynamodb"),
        ClientError({"Error": {"Code": "InternalServerError"}}, "TransactWriteItems"),
        ClientError(THROTTLED, "TransactWriteItems"),  # type: ignore[arg-type]
    ],
    ids=["store", "network", "table", "throttled"],
)
def test_nothing_is_gone_past_while_a_store_or_the_table_is_out(
    short: History, out: Exception
) -> None:
    short.broken["word-0027"] = out
    found = fire("reconcile")
    assert found["problem"] in {"store_unavailable", "internal_error"}
    assert (found["skipped"], len(short.done)) == ([], 27)
    short.broken.clear()
    assert (fire("go_on")["problem"], short.done) == (None, short.words)


@pytest.mark.parametrize("problem", [StoreUnavailable(), StoreRefused(403, None)])
def test_one_that_a_store_never_answers_about_is_gone_past_after_six_hours(
    short: History, monkeypatch: pytest.MonkeyPatch, problem: Problem
) -> None:
    monkeypatch.setattr(reconcile, "_PATIENCE", 3)
    short.broken["word-0027"] = problem
    waiting = [fire("reconcile"), fire("go_on"), fire("go_on")]
    assert {one["problem"] for one in waiting} == {problem.code}
    assert len(short.done) == 27
    past = fire("go_on")
    assert (past["skipped"], past["repairs"]) == (["DID_RENEW word-0027"], 32)
    assert passes.read(APPLE).going is None
    short.broken.clear()
    assert fire("reconcile")["repaired"] == ["DID_RENEW word-0027"], "the day before is seen again"


def test_patience_with_a_page_that_got_its_answers_begins_anew_with_the_next(
    short: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile, "_PATIENCE", 2)
    short.broken = {"word-0007": StoreUnavailable()}
    fire("reconcile")
    short.broken = {"word-0027": StoreUnavailable()}
    waiting = [fire("go_on"), fire("go_on")]
    assert [one["skipped"] for one in waiting] == [[], []]
    assert fire("go_on")["skipped"] == ["DID_RENEW word-0027"]


def test_a_table_that_is_out_is_waited_for_as_long_as_it_takes(
    short: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile, "_PATIENCE", 0)
    short.broken["word-0027"] = EndpointConnectionError(endpoint_url="dynamodb")
    assert [fire("reconcile")["skipped"], fire("go_on")["skipped"]] == [[], []]
    assert len(short.done) == 27


def test_a_question_about_a_refund_is_answered_though_it_was_noted(short: History) -> None:
    short.kinds["word-0003"] = "CONSUMPTION_REQUEST"
    fire("reconcile")
    short.done.clear()
    fire("reconcile")
    assert short.done == ["word-0003"]


def test_of_two_runs_at_once_one_leaves_it_to_the_other(
    short: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = server_api.notification_history
    nested: list[Any] = []

    def meanwhile(*asked: Any) -> Any:
        if not nested:
            nested.append(None)
            nested[0] = fire("reconcile")
        return page(*asked)

    monkeypatch.setattr(server_api, "notification_history", meanwhile)
    first = fire("reconcile")
    assert (first["repairs"], first["problem"]) == (0, None)
    assert (nested[0]["repairs"], short.pages) == (60, [0, 20, 40, 0])
    assert (passes.read(APPLE).going, short.done) == (None, short.words)


def test_google_does_not_wait_for_apple(
    google: Market, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = play.act("buy", product_id="coins_100", buyer={"account_id": ANNA})
    google.claim(pack)
    play.act("refund", purchase_token=pack["purchase_token"])
    made(2_000).stand_in(monkeypatch)
    assert fire("reconcile", "google")["repairs"] == 1
    assert coins() == (0, 0, 0)
    assert {one["sk"] for one in everything() if one["pk"] == "RECONCILED" and "until" in one} == {
        "google"
    }


def test_a_run_by_hand_gives_each_source_its_share(
    google: Market, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = made(2_000)
    history.stand_in(monkeypatch)
    found = google.reconcile()["sources"]
    assert history.seconds <= reconcile._SECONDS / 3 + SECONDS_A_PAGE + SECONDS_A_WORD
    assert {name: one["problem"] for name, one in found.items()} == {
        APPLE: reports.BEHIND,
        "apple#Sandbox": None,
        "google": None,
    }


def test_what_google_has_voided_is_asked_about_once(
    google: Market, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    packs = [play.act("buy", product_id="coins_100", buyer={"account_id": ANNA}) for _ in "abc"]
    for pack in packs:
        google.claim(pack)
        play.act("refund", purchase_token=pack["purchase_token"])
    asked: list[str] = []
    read: Callable[..., Any] = notices.read_from_google

    def counted(token: str, **kind: bool) -> Any:
        asked.append(token)
        return read(token, **kind)

    monkeypatch.setattr(notices, "read_from_google", counted)
    for _ in range(3):
        fire("reconcile", "google")
    assert asked == [one["purchase_token"] for one in packs]


def test_progress_of_a_stage_from_before_there_were_passes_is_gone_on_with(
    short: History,
) -> None:
    item = dynamo.key("RECONCILED", APPLE) | {"until": "2026-11-20T00:00:00.000Z"}
    dynamo.write(dynamo.put("commerce", item))
    assert fire("reconcile")["repairs"] == 60
