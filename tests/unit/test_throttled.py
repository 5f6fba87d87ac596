"""A table that is throttled for a moment is asked again; one that stays so is told as `busy`."""

from typing import Any

import pytest

from cliffhanger import aws, dynamo
from cliffhanger.errors import Busy
from functions.wallet.handler import handler as wallet
from tests.dynamo import faults
from tests.dynamo.clients import Http, botocore_client, store
from tests.dynamo.faults import Fault, Striking
from tests.unit.gateway import viewer

WRITES = (
    dynamo.create("commerce", {"pk": "a", "sk": "a"}),
    dynamo.create("commerce", {"pk": "b", "sk": "b"}),
)


@pytest.fixture
def wire(stage: None, monkeypatch: pytest.MonkeyPatch) -> Striking:
    """The way to the tables, on which faults strike; nobody really waits."""
    made = Striking(Http(store()))
    client = botocore_client(made)
    monkeypatch.setattr(aws, "dynamodb", lambda: client)
    monkeypatch.setattr("time.sleep", lambda _: None)
    return made


@pytest.mark.parametrize("fault", [faults.CONFLICT, faults.CANCELED, faults.THROTTLED], ids=str)
def test_a_transaction_that_met_it_once_is_done(wire: Striking, fault: Fault) -> None:
    with wire.striking(fault, 0):
        dynamo.transact(*WRITES)
    assert wire.struck
    assert dynamo.get("commerce", {"pk": "b", "sk": "b"})


@pytest.mark.parametrize("fault", [faults.CONFLICTS, faults.CANCELED_ON], ids=str)
def test_a_transaction_that_meets_it_on_and_on_is_busy_and_wrote_nothing(
    wire: Striking, fault: Fault
) -> None:
    with wire.striking(fault, 0), pytest.raises(Busy):
        dynamo.transact(*WRITES)
    assert dynamo.get("commerce", {"pk": "a", "sk": "a"}) is None


def test_an_answer_that_was_lost_is_asked_for_again_and_the_transaction_done_once(
    wire: Striking,
) -> None:
    with wire.striking(faults.ANSWER_LOST, 0):
        dynamo.transact(*WRITES)
    with pytest.raises(dynamo.ConditionFailed):
        dynamo.transact(*WRITES)


def test_a_read_without_capacity_is_answered_as_busy(wire: Striking) -> None:
    def answer() -> Any:
        return viewer(wallet, "GET /v1/wallet")

    assert answer().status == 200
    with wire.striking(faults.NO_CAPACITY, 0):
        refused = answer()
    assert (refused.status, refused.body["code"]) == (503, "busy")


def test_a_read_whose_answers_are_all_lost_is_an_error_of_ours(wire: Striking) -> None:
    """The error of botocore has a `response` too, which is None."""
    gone = Fault("gone", faults.ANSWER_LOST.strike, lasting=True)
    with wire.striking(gone, 0):
        refused = viewer(wallet, "GET /v1/wallet")
    assert (refused.status, refused.body["code"]) == (500, "internal_error")
