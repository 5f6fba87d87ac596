"""Apple's App Store Server API, as far as it is used here.

https://developer.apple.com/documentation/appstoreserverapi
"""

import json
import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from local.stores.apple.courier import Courier
from local.stores.apple.errors import StoreError, bad_request, not_found
from local.stores.apple.notices import PAGE, Notices, start_of
from local.stores.apple.records import Environment, Transaction
from local.stores.apple.store import Store


class ServerApi:
    """One environment of the API. Callers have shown their token already."""

    def __init__(self, store: Store, courier: Courier, environment: Environment) -> None:
        self._store, self._environment = store, environment
        notices = Notices(store, courier, environment)
        self._routes: list[tuple[str, str, Callable[..., Any]]] = [
            ("GET", "/inApps/v1/transactions/([^/]+)", self._transaction),
            ("GET", "/inApps/v1/subscriptions/([^/]+)", self._statuses),
            ("GET", "/inApps/v2/refund/lookup/([^/]+)", self._refunds),
            ("PUT", "/inApps/v2/transactions/consumption/([^/]+)", self._consumption),
            ("POST", "/inApps/v1/notifications/history", notices.history),
            ("POST", "/inApps/v1/notifications/test", notices.send_test),
            ("GET", "/inApps/v1/notifications/test/([^/]+)", notices.result_of_test),
        ]

    def answer(
        self, method: str, path: str, query: dict[str, str], body: bytes
    ) -> tuple[HTTPStatus, Any]:
        """Answer one request; the second part is the JSON, or None for an empty body.

        Raises:
            StoreError: any answer other than success.
        """
        with self._store.changing():
            for verb, pattern, work in self._routes:
                found = re.fullmatch(pattern, path)
                if found and verb == method:
                    what = work(*found.groups(), query, _json(body))
                    return (HTTPStatus.ACCEPTED if what is None else HTTPStatus.OK), what
        raise StoreError(HTTPStatus.NOT_FOUND, 4040000, f"There is no {method} {path}")

    def _find(self, transaction_id: str) -> Transaction:
        if not transaction_id.isdigit():
            raise bad_request("Invalid transaction id.", 4000006)
        found = self._store.transaction(transaction_id)
        if found.environment != self._environment:
            raise not_found("Transaction id not found.")
        return found

    def _transaction(self, transaction_id: str, _query: dict[str, str], _body: Any) -> Any:
        return {"signedTransactionInfo": self._store.signed(self._find(transaction_id))}

    def _statuses(self, transaction_id: str, query: dict[str, str], _body: Any) -> Any:
        store, asked = self._store, self._find(transaction_id)
        wanted = {int(one) for one in query.get("status", "").split(",") if one}
        groups: dict[str, list[dict[str, Any]]] = {}
        for line in store.state.lines.values():
            latest, status = store.latest(line), store.status(line)
            if latest.customer != asked.customer or latest.environment != self._environment:
                continue
            if wanted and status not in wanted:
                continue
            groups.setdefault(latest.group or "", []).append(
                {
                    "originalTransactionId": line.id,
                    "status": status,
                    "signedTransactionInfo": store.signed(latest),
                    "signedRenewalInfo": store.signed_renewal(line),
                }
            )
        data = [
            {"subscriptionGroupIdentifier": group, "lastTransactions": lines}
            for group, lines in groups.items()
        ]
        return self._app() | {"data": data}

    def _refunds(self, transaction_id: str, query: dict[str, str], _body: Any) -> Any:
        sold = self._store.sold_to(self._find(transaction_id).customer, self._environment)
        given_back = [one for one in sold if one.revoked_at and not one.is_family_shared]
        given_back.sort(key=lambda one: one.revoked_at or 0)
        start = start_of(query.get("revision"))
        page = given_back[start : start + PAGE]
        return {
            "signedTransactions": [self._store.signed(one) for one in page],
            "revision": str(start + len(page)),
            "hasMore": start + PAGE < len(given_back),
        }

    def _consumption(self, transaction_id: str, _query: dict[str, str], body: Any) -> None:
        transaction = self._find(transaction_id)
        if body.get("customerConsented") is not True:
            raise bad_request("Invalid request. The customer must consent.", 4000035)
        if not isinstance(body.get("sampleContentProvided"), bool):
            raise bad_request("Invalid sample content provided.", 4000041)
        if not isinstance(body.get("deliveryStatus"), str):
            raise bad_request("Invalid delivery status.", 4000036)
        share = body.get("consumptionPercentage")
        if share is not None and not (isinstance(share, int) and 0 <= share <= 100_000):
            raise bad_request("Invalid consumption percentage.")
        if share is not None and transaction.kind == "auto_renewable":
            raise bad_request("A subscription takes no consumption percentage.")
        self._store.state.consumptions.append({"transaction_id": transaction_id, **body})

    def _app(self) -> dict[str, Any]:
        app: dict[str, Any] = {
            "environment": self._environment,
            "bundleId": self._store.bundle_id,
        }
        if self._environment == "Production":
            app["appAppleId"] = self._store.app_apple_id
        return app


def _json(body: bytes) -> Any:
    try:
        found = json.loads(body or b"{}")
    except ValueError as error:
        raise bad_request("Bad request.") from error
    if not isinstance(found, dict):
        raise bad_request("Bad request.")
    return found
