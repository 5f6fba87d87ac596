"""What happened is counted after it happened, once, however often it is told."""

from collections.abc import Callable
from typing import Any

import pytest

from cliffhanger import aws, metrics
from cliffhanger.metrics import Metric
from cliffhanger.purchases.errors import StoreUnavailable
from tests.unit.entitlements.owning import unlock_drama
from tests.unit.pipeline import (
    VIDEO,
    Transcoder,
    arrived,
    complete,
    deliver,
    new_drama,
    probed,
    refused,
    told,
    upload,
)
from tests.unit.playback.viewing import play, season
from tests.unit.purchases.core.market import ANNA, TOKEN, Market, spend
from tests.unit.test_viewers import guest
from tests.unit.wallet.wallet_steps import buy
from tests.unit.written import Written, emitted, names, totals

BUYER = {"account_id": ANNA}


def test_a_line_is_read_by_cloudwatch_and_names_no_viewer(stage: None, written: Written) -> None:
    metrics.record(Metric.NOT_VERIFIED, 2, cause="signature")
    (line,) = emitted(written())
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "Cliffhanger"
    assert directive["Dimensions"] == [["stage"], ["stage", "cause"]]
    assert directive["Metrics"] == [{"Name": "NotVerified", "Unit": "Count"}]
    assert (line["stage"], line["cause"], line["NotVerified"]) == ("test", "signature", [2.0])


def test_an_upload_is_counted_when_it_is_opened_and_when_it_is_ready(
    transcoder: Transcoder, episode: Any, written: Written, later: Callable[..., None]
) -> None:
    written()
    asset_id = upload(episode)
    assert totals(written()) == {Metric.UPLOADS: 1}
    deliver(*[arrived(asset_id)] * 2)
    later(seconds=90)
    (job,) = transcoder.jobs
    deliver(*[complete(job)] * 3)
    found = totals(written())
    assert set(found) == {Metric.READY, Metric.TIME_TO_READY}
    assert found[Metric.READY] == 1
    assert 90 <= found[Metric.TIME_TO_READY] < 100


def test_the_time_to_ready_counts_from_the_files_arrival_not_from_its_message(
    transcoder: Transcoder, episode: Any, written: Written, later: Callable[..., None]
) -> None:
    message = arrived(upload(episode)) | {"time": "2020-01-01T00:00:00Z"}
    deliver(message)
    deliver(complete(transcoder.jobs[0]))
    assert totals(written())[Metric.TIME_TO_READY] > 86_400


def test_a_rejected_file_is_counted_once_by_its_cause(
    transcoder: Transcoder, episode: Any, written: Written
) -> None:
    transcoder.answer = probed(VIDEO, duration=901.0)
    deliver(*[arrived(upload(episode))] * 2)
    (line,) = [one for one in emitted(written()) if names(one) == ["AssetsRejected"]]
    assert line["cause"] == "too_long"


def test_a_failed_job_is_counted_once_by_its_cause(
    transcoder: Transcoder, episode: Any, written: Written
) -> None:
    deliver(arrived(upload(episode)))
    (job,) = transcoder.jobs
    deliver(*[told(job, "ERROR", errorCode=1010)] * 2)
    (line,) = [one for one in emitted(written()) if names(one) == ["AssetsFailed"]]
    assert line["cause"] == "transcode_1010"


def test_a_throttled_transcoder_is_counted(
    transcoder: Transcoder, episode: Any, written: Written
) -> None:
    transcoder.faults = [refused("TooManyRequestsException")]
    deliver(arrived(upload(episode)))
    assert totals(written())[Metric.TRANSCODER_THROTTLED] == 1


def test_a_purchase_is_counted_by_whoever_grants_it(market: Market, written: Written) -> None:
    bought = market.shop.buy(account_token=TOKEN)
    written()
    market.claim(bought.signed_transaction)
    assert totals(written()) == {Metric.GRANTS: 1}
    market.claim(bought.signed_transaction)
    assert totals(written()) == {}
    market.tell_all()
    assert totals(written()) == {Metric.NOTIFICATIONS: 1}


def test_what_the_sandbox_sells_is_no_business(market: Market, written: Written) -> None:
    bought = market.shop.buy(account_token=TOKEN, environment="Sandbox")
    market.claim(bought.signed_transaction)
    assert Metric.GRANTS not in totals(written())


def test_a_refund_is_counted_with_the_debt_it_leaves_and_not_when_it_is_reversed(
    market: Market, written: Written
) -> None:
    bought = market.shop.buy(account_token=TOKEN)
    market.tell_all()
    spend(60)
    written()
    refund = market.shop.refund(bought)
    market.tell(refund, refund)
    found = totals(written())
    assert (found[Metric.REFUNDS], found[Metric.DEBT]) == (1, 60)
    market.tell(market.shop.reverse(bought))
    assert set(totals(written())) == {Metric.NOTIFICATIONS}


def test_an_unlock_is_counted_with_its_coins_and_its_repetition_is_not(
    key: str, written: Written
) -> None:
    episode, _ = season(2, free_episodes=0, episode_price=60)
    buy(500)
    written()
    assert unlock_drama(episode["drama_id"], key="once-more").status == 200
    found = totals(written())
    assert (found[Metric.UNLOCKS], found[Metric.UNLOCKED_COINS]) == (1, 120)
    assert unlock_drama(episode["drama_id"], key="once-more").status == 200
    assert unlock_drama(episode["drama_id"]).status == 200
    assert totals(written()) == {}


def test_a_402_is_counted_by_its_code(key: str, written: Written) -> None:
    (episode,) = season(1, free_episodes=0, episode_price=60)
    written()
    assert play(episode, {"unlock": "none"}).status == 402
    assert play(episode, {"unlock": "coins"}).status == 402
    causes = [one["cause"] for one in emitted(written())]
    assert causes == ["episode_locked", "insufficient_coins"]


def test_what_is_not_believed_is_counted_by_its_reason(market: Market, written: Written) -> None:
    bought = market.shop.buy(account_token=TOKEN).signed_transaction
    header, payload, signature = bought.split(".")
    forged = ".".join((header, payload, signature[::-1]))
    written()
    assert market.claim(forged).status == 422
    assert market.restore(forged).status == 200
    assert [one["cause"] for one in emitted(written())] == ["signature", "signature"]


def test_a_new_guest_is_counted(pool: str, written: Written) -> None:
    guest()
    assert totals(written()) == {Metric.GUESTS: 1}


def test_the_oldest_purchase_that_google_waits_for_has_the_age_of_the_purchase(
    google: Market,
    written: Written,
    monkeypatch: pytest.MonkeyPatch,
    later: Callable[..., None],
) -> None:
    assert google.play
    with monkeypatch.context() as deaf:
        deaf.setattr("cliffhanger.purchases.google.api.consume", _silent)
        for _ in range(2):
            google.claim(google.play.act("buy", product_id="coins_100", buyer=BUYER))
        later(hours=7)
        written()
        google.settle()
    found = totals(written())
    assert found[Metric.UNACKNOWLEDGED] == 2
    assert 7 * 3600 <= found[Metric.OLDEST_UNACKNOWLEDGED] < 7 * 3600 + 60
    later(hours=1)
    google.settle()
    google.settle()
    last = [one for one in emitted(written()) if "Unacknowledged" in names(one)][-1]
    assert (last["Unacknowledged"], last["OldestUnacknowledged"]) == ([0.0], [0.0])


def _silent(*_: object) -> None:
    raise StoreUnavailable


def test_nothing_is_counted_that_was_not_committed(
    transcoder: Transcoder, episode: Any, written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(arrived(upload(episode)))
    (job,) = transcoder.jobs
    monkeypatch.setattr("cliffhanger.dynamo.transact", _broken)
    written()
    assert deliver(complete(job)) == ["0"]
    assert totals(written()) == {}


def _broken(*_: object) -> None:
    raise RuntimeError("the table is away")


def test_a_call_that_counts_nothing_writes_no_metric(stage: None, written: Written) -> None:
    new_drama()
    assert aws.s3()
    assert emitted(written()) == []


def test_each_period_of_vip_is_counted_and_its_refund(market: Market, written: Written) -> None:
    bought = market.shop.subscribe(account_token=TOKEN)
    written()
    market.claim(bought.signed_transaction)
    assert totals(written()) == {Metric.GRANTS: 1}
    market.tell_all()
    assert Metric.GRANTS not in totals(written())
    market.shop.renew(bought)
    market.tell_all()
    assert totals(written())[Metric.GRANTS] == 1


def test_the_refund_of_a_period_of_vip_is_counted_once(market: Market, written: Written) -> None:
    bought = market.shop.subscribe(account_token=TOKEN)
    market.tell_all()
    written()
    refund = market.shop.refund(bought)
    market.tell(refund, refund)
    assert totals(written())[Metric.REFUNDS] == 1
