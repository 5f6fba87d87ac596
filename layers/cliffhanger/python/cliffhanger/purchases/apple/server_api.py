"""The App Store Server API: what Apple says when it is asked. Every signed answer is verified.

Answers come over TLS from Apple, so nobody is asked about revocation for them. A transaction is
looked up in production first and in the sandbox where production does not know it.
https://developer.apple.com/documentation/appstoreserverapi
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TypeVar
from urllib.parse import quote

from cliffhanger.purchases.apple import transactions, verify
from cliffhanger.purchases.apple.api_client import call
from cliffhanger.purchases.apple.consumption import Consumption
from cliffhanger.purchases.apple.settings import AppleEnvironment
from cliffhanger.purchases.errors import PurchaseNotVerified, StoreRefused, StoreUnavailable
from cliffhanger.purchases.store import OneTimePurchase, Subscription

T = TypeVar("T")
_UNKNOWN = {4040001, 4040005, 4040010}
"""Apple knows no such account, original transaction or transaction in this environment."""


def transaction(
    transaction_id: str, environment: AppleEnvironment | None = None
) -> OneTimePurchase | Subscription:
    """Return a transaction as Apple has it now. A subscription comes without its renewal info.

    Raises:
        PurchaseNotVerified: Apple knows no such transaction of this app.
        ProductNotSupported: it is of a kind that is not sold here.
        StoreRefused, StoreUnavailable: Apple did not answer the question.
    """
    path = f"/inApps/v1/transactions/{quote(transaction_id, safe='')}"
    answer, found = _anywhere(environment, lambda one: call(one, "GET", path))
    return _told(found, answer["signedTransactionInfo"])


def subscriptions(
    transaction_id: str, environment: AppleEnvironment | None = None
) -> list[Subscription]:
    """Return the newest period of every subscription of whoever made a transaction.

    Raises:
        PurchaseNotVerified: Apple knows no such transaction of this app.
        StoreRefused, StoreUnavailable: Apple did not answer the question.
    """
    path = f"/inApps/v1/subscriptions/{quote(transaction_id, safe='')}"
    answer, found = _anywhere(environment, lambda one: call(one, "GET", path))
    lines = [line for group in answer.get("data", []) for line in group["lastTransactions"]]
    told = [
        _told(found, line["signedTransactionInfo"], line.get("signedRenewalInfo"), line["status"])
        for line in lines
    ]
    return [one for one in told if isinstance(one, Subscription)]


def refunds(
    transaction_id: str, environment: AppleEnvironment | None = None
) -> Iterator[OneTimePurchase | Subscription]:
    """Yield every refunded transaction of whoever made a transaction, the oldest refund first.

    Raises:
        PurchaseNotVerified: Apple knows no such transaction of this app.
        StoreRefused, StoreUnavailable: Apple did not answer the question.
    """
    path = f"/inApps/v2/refund/lookup/{quote(transaction_id, safe='')}"
    answer, found = _anywhere(environment, lambda one: call(one, "GET", path))
    while True:
        for signed in answer.get("signedTransactions", []):
            yield _told(found, signed)
        if not answer.get("hasMore"):
            return
        answer = call(found, "GET", path, query={"revision": answer["revision"]})


def notification_history(
    environment: AppleEnvironment, start: datetime, end: datetime, page: str | None = None
) -> tuple[list[str], str | None]:
    """Return a page of the notifications that Apple sent, or tried to: of the last 180 days.

    Args:
        environment: each has a history of its own.
        start: the first moment, aware.
        end: the last moment, aware.
        page: Apple's token of the page, with the same moments; the first one when left out.

    Returns:
        The signed payloads, some twenty, and the token of the page behind, if there is one.

    Raises:
        StoreRefused, StoreUnavailable: Apple did not answer the question.
    """
    body = {
        "startDate": round(start.timestamp() * 1000),
        "endDate": round(end.timestamp() * 1000),
    }
    query = {"paginationToken": page} if page else {}
    answer = call(environment, "POST", "/inApps/v1/notifications/history", query=query, body=body)
    signed = [str(one["signedPayload"]) for one in answer.get("notificationHistory", [])]
    return signed, answer["paginationToken"] if answer.get("hasMore") else None


def send_consumption(
    transaction_id: str, consumption: Consumption, environment: AppleEnvironment
) -> None:
    """Answer a CONSUMPTION_REQUEST; Apple waits twelve hours for it. Repeating it is harmless.

    Raises:
        StoreRefused, StoreUnavailable: Apple did not take it.
    """
    path = f"/inApps/v2/transactions/consumption/{quote(transaction_id, safe='')}"
    call(environment, "PUT", path, body=consumption.model_dump(exclude_none=True))


def request_test_notification(environment: AppleEnvironment) -> str:
    """Have Apple send a TEST notification, and return the token to ask about it with.

    Raises:
        StoreRefused, StoreUnavailable: Apple did not take it.
    """
    answer = call(environment, "POST", "/inApps/v1/notifications/test")
    return str(answer["testNotificationToken"])


def _anywhere(
    environment: AppleEnvironment | None, ask: Callable[[AppleEnvironment], T]
) -> tuple[T, AppleEnvironment]:
    for one in (environment,) if environment else verify.environments():
        try:
            return ask(one), one
        except StoreRefused as error:
            if error.error_code not in _UNKNOWN:
                raise
    raise PurchaseNotVerified("unknown_transaction")


def _told(
    environment: AppleEnvironment,
    signed: str,
    signed_renewal: str | None = None,
    status: int | None = None,
) -> OneTimePurchase | Subscription:
    def read() -> OneTimePurchase | Subscription:
        told = verify.transaction(signed, within=environment, online=False)
        renewal = None
        if signed_renewal:
            renewal = verify.renewal(signed_renewal, told, within=environment, online=False)
        return transactions.told(told, renewal, status)

    return _trusted(read)


def _trusted(read: Callable[[], T]) -> T:
    """Read an answer of Apple's. One that does not hold is not the fault of whoever asked us."""
    try:
        return read()
    except PurchaseNotVerified as error:
        raise StoreUnavailable from error
