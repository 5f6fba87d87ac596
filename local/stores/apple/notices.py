"""The part of the Server API about notifications: their history, and a test."""

from typing import Any

from local.stores.apple.announcing import notify
from local.stores.apple.courier import Courier
from local.stores.apple.errors import bad_request, not_found
from local.stores.apple.records import Environment, Notification
from local.stores.apple.store import Store

PAGE = 20
HISTORY_MS = 180 * 86_400_000


class Notices:
    """The notifications of one environment."""

    def __init__(self, store: Store, courier: Courier, environment: Environment) -> None:
        self._store, self._courier, self._environment = store, courier, environment

    def history(self, query: dict[str, str], body: Any) -> Any:
        """Return a page of what was sent, with every attempt.

        It is asked for by a server whose clock nobody moves, so it goes by real time.
        """
        start, end = body.get("startDate"), body.get("endDate")
        if not isinstance(start, int):
            raise bad_request("Invalid start date.", 4000015)
        if not isinstance(end, int):
            raise bad_request("Invalid end date.", 4000016)
        if start < self._store.real_time() - HISTORY_MS:
            raise bad_request("The start date is earlier than allowed.", 4000012)
        if start > end:
            raise bad_request("The start date is after the end date.", 4000013)
        found = [one for one in self._store.state.notifications if self._is_asked_for(one, body)]
        offset = start_of(query.get("paginationToken"))
        page = found[offset : offset + PAGE]
        answer: dict[str, Any] = {
            "notificationHistory": [_sent(one) for one in page],
            "hasMore": offset + PAGE < len(found),
        }
        return answer | ({"paginationToken": str(offset + PAGE)} if answer["hasMore"] else {})

    def _is_asked_for(self, one: Notification, body: dict[str, Any]) -> bool:
        arrived = any(attempt.result == "SUCCESS" for attempt in one.attempts)
        transaction = self._store.state.transactions.get(one.transaction_id or "")
        asked = body.get("transactionId")
        return (
            one.environment == self._environment
            and body["startDate"] <= (one.made_at or one.signed_at) <= body["endDate"]
            and body.get("notificationType") in (None, one.type)
            and body.get("notificationSubtype") in (None, one.subtype)
            and not (body.get("onlyFailures") and (arrived or not one.attempts))
            and asked in (None, one.transaction_id, transaction and transaction.original_id)
        )

    def send_test(self, _query: dict[str, str], _body: Any) -> Any:
        """Send a TEST notification."""
        made = notify(self._store, "TEST", environment=self._environment)
        self._courier.wake()
        return {"testNotificationToken": f"{made.uuid}_{made.signed_at}"}

    def result_of_test(self, token: str, _query: dict[str, str], _body: Any) -> Any:
        """Return how a TEST notification went."""
        for one in self._store.state.notifications:
            if one.type == "TEST" and token == f"{one.uuid}_{one.signed_at}":
                return _sent(one)
        raise not_found("Test notification not found.", 4040008)


def _sent(one: Notification) -> dict[str, Any]:
    attempts = [{"attemptDate": a.at, "sendAttemptResult": a.result} for a in one.attempts]
    return {"signedPayload": one.signed_payload, "sendAttempts": attempts}


def start_of(token: str | None) -> int:
    """Return where the page begins that a token asks for."""
    if token is not None and not token.isdigit():
        raise bad_request("Invalid request. The pagination token is invalid.", 4000014)
    return int(token or 0)
