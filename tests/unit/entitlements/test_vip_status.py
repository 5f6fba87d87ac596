"""Which of several subscriptions is shown."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from cliffhanger.entitlements.vip_status import best
from cliffhanger.purchases.store import SubscriptionState
from tests.unit.entitlements.owning import line

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SOON, LATE = NOW + timedelta(days=1), NOW + timedelta(days=9)
ORDER: list[SubscriptionState] = ["active", "grace", "billing_retry", "paused", "expired"]


@pytest.mark.parametrize(("better", "worse"), [*pairwise(ORDER)])
def test_a_better_state_wins_whatever_else_is_worse(
    better: SubscriptionState, worse: SubscriptionState
) -> None:
    lines = [
        line(worse, expires_at=LATE),
        line(better, environment="sandbox", expires_at=SOON),
    ]
    for some in (lines, lines[::-1]):
        assert best(some, NOW).state == better


def test_of_the_same_state_real_money_wins_over_the_sandbox() -> None:
    lines = [
        line(environment="sandbox", store="google", expires_at=LATE),
        line(expires_at=SOON),
    ]
    assert best(lines, NOW).store == "apple"


def test_of_the_same_kind_the_latest_end_wins_and_no_end_is_the_latest() -> None:
    lines = [line(expires_at=SOON), line(expires_at=LATE)]
    assert best(lines, NOW).expires_at == LATE
    endless = line().model_copy(update={"expires_at": None})
    assert best([*lines, endless], NOW).expires_at is None


@pytest.mark.parametrize("state", ["active", "grace"])
def test_what_has_ended_is_expired_whatever_the_store_said_last(
    state: SubscriptionState,
) -> None:
    found = best([line(state, expires_at=NOW)], NOW)
    assert (found.active, found.state) == (False, "expired")


@pytest.mark.parametrize("state", ["billing_retry", "paused", "pending", "revoked"])
def test_a_state_that_opens_nothing_is_shown_and_is_not_active(state: SubscriptionState) -> None:
    found = best([line(state, expires_at=LATE)], NOW)
    assert (found.active, found.state) == (False, state)


def test_nobody_has_a_state_without_a_subscription() -> None:
    found = best([], NOW)
    assert (found.active, found.state, found.expires_at) == (False, None, None)
