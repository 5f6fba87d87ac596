"""Calls of Google's API: what is tried again, and what is whose fault."""

import json
from typing import Any

import pytest

from cliffhanger import aws
from cliffhanger.errors import InternalError
from cliffhanger.purchases.errors import PurchaseNotVerified, StoreRefused, StoreUnavailable
from cliffhanger.purchases.google import api, session
from tests.unit.local_google.running import Play, refusal
from tests.unit.purchases.google.conftest import SECRET


def fail(google: Play, count: int, status: int, **headers: str) -> None:
    google.act("faults", count=count, status=status, headers=headers)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_failure_is_tried_again_twice_with_growing_pauses(
    google: Play, pauses: list[float], status: int
) -> None:
    token = google.buy()
    fail(google, 2, status)
    assert api.one_time(token)["orderId"]
    first, second = pauses
    assert 0.1 <= first <= 0.2 <= second <= 0.4


@pytest.mark.parametrize("status", [429, 503])
def test_a_failure_that_does_not_pass_is_told_as_unavailable(
    google: Play, pauses: list[float], status: int
) -> None:
    token = google.buy()
    fail(google, 3, status)
    with pytest.raises(StoreUnavailable):
        api.one_time(token)
    assert len(pauses) == 2


def test_a_failure_of_one_kind_of_call_leaves_the_others_alone(
    google: Play, pauses: list[float]
) -> None:
    token = google.buy()
    google.act("faults", count=3, of=":consume")
    assert api.one_time(token)["orderId"]
    with pytest.raises(StoreUnavailable):
        api.consume("coins_100", token)
    api.consume("coins_100", token)


def test_a_short_retry_after_is_followed(google: Play, pauses: list[float]) -> None:
    token = google.buy()
    fail(google, 1, 429, **{"Retry-After": "1"})
    assert api.one_time(token)["orderId"]
    assert pauses == [1.0]


def test_a_long_retry_after_is_left_to_the_caller(google: Play, pauses: list[float]) -> None:
    token = google.buy()
    fail(google, 1, 429, **{"Retry-After": "30"})
    with pytest.raises(StoreUnavailable):
        api.one_time(token)
    assert pauses == []


def test_a_slow_store_is_not_asked_again_when_the_buyer_has_waited_enough(
    google: Play, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    token = google.buy()
    monkeypatch.setattr(session, "_BUDGET_SECONDS", 0.0)
    fail(google, 1, 503)
    with pytest.raises(StoreUnavailable):
        api.one_time(token)
    assert pauses == []


def test_a_store_that_cannot_be_reached_is_unavailable(google: Play, pauses: list[float]) -> None:
    token = google.buy()
    google.server.shutdown()
    google.server.server_close()
    with pytest.raises(StoreUnavailable):
        api.one_time(token)


def test_an_unavailable_order_does_not_pass_for_one_without_refund(
    google: Play, pauses: list[float]
) -> None:
    token = google.buy()
    order_id = api.one_time(token)["orderId"]
    fail(google, 3, 503)
    with pytest.raises(StoreUnavailable):
        api.order(order_id)


def test_an_order_that_google_does_not_know_is_none(google: Play) -> None:
    assert api.order("GPA.0000-0000-0000-00000") is None


def test_a_forbidden_call_is_our_fault(google: Play) -> None:
    token = google.buy()
    fail(google, 1, 403)
    with pytest.raises(InternalError):
        api.one_time(token)


def test_an_answer_that_nobody_expects_is_of_the_store(google: Play) -> None:
    token = google.buy()
    fail(google, 1, 412)
    with pytest.raises(StoreRefused):
        api.one_time(token)


def test_a_package_that_google_does_not_know_is_our_fault(
    google: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = google.buy()
    google.server.api.package_name = "dev.cliffhanger.renamed"
    with pytest.raises(InternalError):
        api.one_time(token)


def test_an_access_token_that_was_lost_is_asked_for_again(google: Play) -> None:
    token = google.buy()
    api.one_time(token)
    google.begin()  # the store starts again, and has forgotten who signed in
    assert api.one_time(token)["orderId"]


def test_the_key_is_read_once_and_again_when_google_refuses_it(
    google: Play, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    token = google.buy()
    good = google.key_file
    other = json.loads(good) | {"client_email": "somebody@project.example"}
    aws.secrets().put_secret_value(SecretId=SECRET, SecretString=json.dumps(other))
    with pytest.raises(InternalError):
        api.one_time(token)
    aws.secrets().put_secret_value(SecretId=SECRET, SecretString=good)
    assert api.one_time(token)["orderId"]
    aws.secrets().put_secret_value(SecretId=SECRET, SecretString="{}")
    assert api.one_time(token)["orderId"]
    assert "PRIVATE KEY" not in caplog.text


def test_an_acknowledgement_may_be_repeated(google: Play) -> None:
    token = google.buy()
    api.acknowledge_one_time("coins_100", token)
    api.acknowledge_one_time("coins_100", token)
    told = api.one_time(token)
    assert told["acknowledgementState"] == "ACKNOWLEDGEMENT_STATE_ACKNOWLEDGED"


def test_a_subscription_is_acknowledged(google: Play) -> None:
    token = google.subscribe()
    api.acknowledge_subscription("vip", token)
    told = api.subscription(token)
    assert told["acknowledgementState"] == "ACKNOWLEDGEMENT_STATE_ACKNOWLEDGED"


def test_what_was_refunded_is_acknowledged_no_more(google: Play) -> None:
    token = google.buy()
    google.act("refund", purchase_token=token)
    with pytest.raises(PurchaseNotVerified):
        api.acknowledge_one_time("coins_100", token)


def test_every_page_of_the_voided_list_is_read(google: Play) -> None:
    tokens = [google.buy(quantity=2) for _ in range(3)] + [google.subscribe()]
    google.act("refund", purchase_token=tokens[0], quantity=1)
    for token in tokens[1:]:
        google.act("refund", purchase_token=token)
    asked: list[dict[str, Any]] = []
    first = session.call

    def small(method: Any, path: str, **more: Any) -> Any:
        asked.append(dict(more["query"]))
        return first(method, path, query=more["query"] | {"maxResults": "3"})

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(session, "call", small)
        found, page = api.voided()
        found += api.voided(page=page)[0]
    assert [one["purchaseToken"] for one in found] == tokens
    assert [one.get("voidedQuantity") for one in found] == [1, None, None, None]
    assert [one.get("token") for one in asked] == [None, "3"]


def test_a_refund_review_is_answered(google: Play) -> None:
    google.buy()
    review = google.act("review-refund")
    answer_review(review, preference="DECLINE")
    assert api.voided() == ([], None)
    with pytest.raises(PurchaseNotVerified):
        answer_review(review, preference="APPROVE")


def test_a_refund_that_we_approve_of_is_given(google: Play) -> None:
    token = google.buy()
    answer_review(google.act("review-refund"), preference="APPROVE")
    assert [one["purchaseToken"] for one in api.voided()[0]] == [token]


def answer_review(review: dict[str, Any], *, preference: api.RefundPreference) -> None:
    api.review_refund(
        review["order_id"],
        review["pending_refund_token"],
        preference=preference,
        consumed=45_200,
        sample_provided=True,
    )


def test_nobody_gets_in_without_the_service_accounts_key(google: Play) -> None:
    status, _ = refusal(lambda: google.post("/androidpublisher/v3/applications/x/orders/y", {}))
    assert status == 401
