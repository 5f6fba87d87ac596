"""Every alarm on a metric of ours rings when what it is for happens, and only then."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.infra.alarms import OWN, Alarm, alarms
from tests.infra.conftest import Templates
from tests.unit.observed import situations
from tests.unit.observed.situations import Scene
from tests.unit.pipeline import Transcoder
from tests.unit.purchases.core.market import Market
from tests.unit.written import Written, emitted, names

RINGS: dict[str, Callable[[Scene], None]] = {
    "TimeToReady": situations.an_episode_takes_an_hour,
    "AssetsFailed": situations.jobs_end_in_errors,
    "TranscoderThrottled": situations.jobs_are_throttled,
    "VerificationFailures": situations.somebody_forges_notifications,
    "StoreFailures": situations.google_is_out,
    "DebtRising": situations.somebody_spends_and_is_refunded,
    "RefundsRising": situations.many_are_refunded,
    "OldestUnacknowledged": situations.google_does_not_hear_of_a_purchase,
    "Unacknowledged": situations.many_purchases_are_left_over,
    "Repairs": situations.notifications_do_not_arrive,
    "ReconcilerFailures": situations.the_stores_cannot_be_asked,
    "SweepFailures": situations.the_transcoder_cannot_be_asked,
}


@pytest.fixture
def scene(
    transcoder: Transcoder,
    episode: Any,
    google: Market,
    later: Callable[..., None],
    pauses: list[float],
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Scene:
    return Scene(
        transcoder=transcoder,
        episode=episode,
        market=google,
        later=later,
        monkeypatch=monkeypatch,
        reach_apple=lambda: request.getfixturevalue("apple"),
    )


def own(prod: Templates) -> dict[str, Alarm]:
    return {name: one for name, one in alarms(prod).items() if one.namespace == OWN}


def measured(alarm: Alarm, lines: list[str]) -> list[float]:
    """The values of an alarm's metric: its dimensions must be one of the sets that are written."""
    wanted = alarm.dimensions | {"stage": "test"}
    values = []
    for line in emitted(lines):
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        sets = [{name: line[name] for name in one} for one in directive["Dimensions"]]
        if alarm.metric in names(line) and wanted in sets:
            values += line[alarm.metric]
    return values


def test_no_alarm_on_a_metric_of_ours_is_left_out(prod: Templates) -> None:
    silent = {name for name, one in own(prod).items() if one.is_of_silence}
    assert set(own(prod)) - silent == set(RINGS)
    assert silent == {f"{one.capitalize()}SweepSilent" for one in SWEEPS} | {"PlaybackKeyOld"}


@pytest.mark.parametrize("name", RINGS)
def test_it_rings_when_what_it_is_for_happens(
    prod: Templates, scene: Scene, written: Written, name: str
) -> None:
    alarm = own(prod)[name]
    assert not alarm.rings(), "not when nothing happens"
    written()
    RINGS[name](scene)
    values = measured(alarm, written())
    assert alarm.rings(*[values] * alarm.properties["EvaluationPeriods"]), values


SWEEPS = ("jobs", "settle", "recheck", "reconcile", "retention", "edge")


@pytest.mark.parametrize("sweep", SWEEPS)
def test_it_rings_when_a_sweep_does_not_run_and_not_when_it_does(
    prod: Templates, scene: Scene, written: Written, sweep: str
) -> None:
    alarm = own(prod)[f"{sweep.capitalize()}SweepSilent"]
    assert alarm.rings()
    written()
    situations.run(sweep, scene)
    values = measured(alarm, written())
    assert values
    assert not alarm.rings(values)


def test_it_rings_when_a_rotation_was_missed_or_nobody_knows_and_not_when_it_came(
    prod: Templates, scene: Scene, written: Written
) -> None:
    alarm = own(prod)["PlaybackKeyOld"]

    def told_after(days: int) -> list[float]:
        scene.later(days=days)
        written()
        situations.run("edge", scene)
        return measured(alarm, written())

    assert alarm.rings(), "nobody has looked"
    assert told_after(30) == [], "there is no key yet"
    situations.rotate(scene)
    assert not alarm.rings(told_after(30))
    assert alarm.rings(told_after(36)), "the rotation did not come"
    situations.rotate(scene)
    assert not alarm.rings(told_after(0))
