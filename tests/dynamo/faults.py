"""What may go wrong on the way to DynamoDB and back, at the HTTP beneath botocore.

botocore's own retries are real. A fault that strikes `once` meets the first try of a call alone, so
botocore or our code goes on by itself. One that is `lasting` meets every further try of that call
as well: the caller gives up, and whoever sent them (an app, a queue, a schedule) sends again.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ReadTimeoutError

from tests.dynamo.clients import asked, operation, refusal
from tests.dynamo.store import Refusal

Send = Callable[[AWSPreparedRequest], AWSResponse]
Strike = Callable[[AWSPreparedRequest, Send], AWSResponse]


class Killed(BaseException):
    """Nobody catches it: the process is gone."""


@dataclass(frozen=True)
class Fault:
    name: str
    strike: Strike
    lasting: bool = False
    only: tuple[str, ...] = ()  # the operations that it can meet; none is all

    def __str__(self) -> str:
        return self.name


def _killed_before(_request: AWSPreparedRequest, _send: Send) -> AWSResponse:
    raise Killed


def _killed_after(request: AWSPreparedRequest, send: Send) -> AWSResponse:
    send(request)
    raise Killed


def _answer_lost(request: AWSPreparedRequest, send: Send) -> AWSResponse:
    send(request)
    raise ReadTimeoutError(endpoint_url=request.url)


def _refused(code: str) -> Strike:
    return lambda request, _send: refusal(request, Refusal(code))


def _canceled(reason: str) -> Strike:
    """The last write of the transaction is the one that DynamoDB could not do just then."""

    def strike(request: AWSPreparedRequest, _send: Send) -> AWSResponse:
        count = len(asked(request)["TransactItems"])
        reasons = ["None"] * (count - 1) + [reason]
        return refusal(request, Refusal("TransactionCanceledException", reasons))

    return strike


_TRANSACTION = ("TransactWriteItems",)
_WRITES = (*_TRANSACTION, "PutItem", "UpdateItem", "DeleteItem")
KILLED_BEFORE = Fault("killed before", _killed_before)
KILLED_AFTER = Fault("killed after", _killed_after, only=_WRITES)
ANSWER_LOST = Fault("answer lost once", _answer_lost, only=_WRITES)
NO_ANSWER = Fault("no answer at all", _answer_lost, lasting=True, only=_WRITES)
THROTTLED = Fault("throttled once", _refused("ThrottlingException"))
NO_CAPACITY = Fault("no capacity", _refused("ProvisionedThroughputExceededException"), lasting=True)
CONFLICT = Fault("a conflict once", _canceled("TransactionConflict"), only=_TRANSACTION)
CONFLICTS = Fault("conflicts", _canceled("TransactionConflict"), lasting=True, only=_TRANSACTION)
CANCELED = Fault("canceled by a throttle", _canceled("ThrottlingError"), only=_TRANSACTION)
CANCELED_ON = Fault(
    "canceled without capacity",
    _canceled("ProvisionedThroughputExceeded"),
    lasting=True,
    only=_TRANSACTION,
)
FAULTS = (KILLED_BEFORE, KILLED_AFTER, ANSWER_LOST, NO_ANSWER, NO_CAPACITY, CONFLICT, CANCELED_ON)
"""One of each kind, for the flows. How the others are tried again is tested on one transaction."""


@dataclass
class Striking:
    """Sends requests, and lets a fault strike at one of them."""

    inner: Any
    fault: Fault | None = None
    at: int = -1
    made: int = 0
    struck: AWSPreparedRequest | None = None

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        fault = self.fault
        if fault is None:
            return self._sent(request)
        if self.struck is not None and fault.lasting and self._is_again(request):
            return fault.strike(request, self._sent)
        if not fault.only or operation(request) in fault.only:
            self.made += 1
            if self.made == self.at + 1:
                self.struck = request
                return fault.strike(request, self._sent)
        return self._sent(request)

    def _is_again(self, request: AWSPreparedRequest) -> bool:
        """Whether the code or botocore tries the same once more."""
        assert self.struck
        return bool(_said(request) == _said(self.struck))

    def _sent(self, request: AWSPreparedRequest) -> AWSResponse:
        answer: AWSResponse = self.inner.send(request)
        return answer

    def close(self) -> None:
        self.inner.close()

    @contextmanager
    def striking(self, fault: Fault, at: int) -> Iterator[None]:
        """Let a fault meet the call of this number. `struck` says whether it came to that."""
        self.fault, self.at, self.made, self.struck = fault, at, 0, None
        try:
            yield
        finally:
            self.fault = None


def _said(request: AWSPreparedRequest) -> Any:
    said = asked(request)
    said.pop("ClientRequestToken", None)
    return said
