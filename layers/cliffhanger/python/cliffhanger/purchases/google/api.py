"""The calls of Google's Play Developer API that we need (androidpublisher v3).

https://developers.google.com/android-publisher/api-ref/rest/v3. Answers are Google's JSON as it
is; the modules beside this one read them.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import quote

from cliffhanger import clock
from cliffhanger.log import logger
from cliffhanger.purchases.errors import PurchaseNotVerified, StoreRefused
from cliffhanger.purchases.google import session

Json = Mapping[str, Any]
RefundPreference = Literal["APPROVE", "DECLINE", "NEUTRAL"]
_UNKNOWN = {400, 404, 410}
"""What Google answers to a token that is none, of another app, or of long ago."""
_OLDEST = timedelta(days=30)

_UNKNOWN_PURCHASE = "Google Play does not know this purchase of this app."


def one_time(purchase_token: str) -> Json:
    """Return a one-time purchase (`purchases.productsv2.getproductpurchasev2`).

    Raises:
        PurchaseNotVerified: Google knows no such purchase of this app.
        StoreUnavailable: Google does not answer.
        StoreRefused: Google answers out of turn.
        InternalError: Google does not let us in.
    """
    return _known("GET", f"purchases/productsv2/tokens/{_part(purchase_token)}")


def subscription(purchase_token: str) -> Json:
    """Return a subscription (`purchases.subscriptionsv2.get`). Raises what `one_time` does."""
    return _known("GET", f"purchases/subscriptionsv2/tokens/{_part(purchase_token)}")


def order(order_id: str) -> Json | None:
    """Return an order (`orders.get`), or nothing when Google knows none of that id.

    Raises:
        StoreUnavailable: Google does not answer.
        StoreRefused: Google answers out of turn.
        InternalError: Google does not let us in.
    """
    answer = session.call("GET", f"orders/{_part(order_id)}")
    if answer.ok:
        found: Json = answer.json()
        return found
    if answer.status_code in _UNKNOWN:
        return None
    raise _unexpected(answer.status_code, session.reason(answer))


def acknowledge_one_time(product_id: str, purchase_token: str) -> None:
    """Acknowledge a one-time purchase (`purchases.products.acknowledge`); once more is harmless.

    Raises:
        PurchaseNotVerified: Google takes it no more: it was refunded, or consumed. Read it again.
        StoreUnavailable: Google does not answer.
        StoreRefused: Google answers out of turn.
        InternalError: Google does not let us in.
    """
    _known("POST", f"{_product(product_id, purchase_token)}:acknowledge", {})


def consume(product_id: str, purchase_token: str) -> None:
    """Consume a coin pack, so that it can be bought again (`purchases.products.consume`).

    This acknowledges it too. Raises what `acknowledge_one_time` does.
    """
    _known("POST", f"{_product(product_id, purchase_token)}:consume")


def acknowledge_subscription(product_id: str, purchase_token: str) -> None:
    """Acknowledge a subscription's first period (`purchases.subscriptions.acknowledge`).

    Renewals need none. Raises what `acknowledge_one_time` does.
    """
    path = f"purchases/subscriptions/{_part(product_id)}/tokens/{_part(purchase_token)}"
    _known("POST", f"{path}:acknowledge", {})


def review_refund(
    order_id: str,
    pending_refund_token: str,
    *,
    preference: RefundPreference,
    consumed: int | None,
    sample_provided: bool,
) -> None:
    """Answer Google's question about a refund (`orders.reviewrefund`), within 24 hours.

    Args:
        order_id: the order, as the notification names it.
        pending_refund_token: the notification's.
        preference: what we would have Google do. It decides.
        consumed: the share of the purchase that was used, in thousandths of a percent.
        sample_provided: whether the viewer could try the thing before it was bought.

    Raises:
        PurchaseNotVerified: Google awaits no answer: it is too late, or there was one.
        StoreUnavailable: Google does not answer.
        StoreRefused: Google answers out of turn.
        InternalError: Google does not let us in.
    """
    body: dict[str, Any] = {
        "pendingRefundToken": pending_refund_token,
        "refundPreference": preference,
        "sampleContentProvided": sample_provided,
    }
    if consumed is not None:
        body["consumptionPercentageMilliunits"] = consumed
    _known("POST", f"orders/{_part(order_id)}:reviewrefund", body)


def voided(since: datetime | None = None, page: str | None = None) -> tuple[list[Json], str | None]:
    """Return a page of what was refunded, revoked or charged back (`purchases.voidedpurchases`).

    Of one-time purchases and subscriptions, with partial refunds by quantity. A refund that
    leaves the purchase with its buyer is not among them: its order says so.

    Args:
        since: when Google noted it; 30 days ago, and never earlier, which Google refuses.
        page: Google's token of the page; the first one when left out.

    Returns:
        Up to a hundred, and the token of the page behind, if there is one.

    Raises:
        StoreUnavailable: Google does not answer.
        StoreRefused: Google answers out of turn.
        InternalError: Google does not let us in.
    """
    # A minute inside the 30 days, since Google counts them on its own clock.
    oldest = clock.now() - _OLDEST + timedelta(minutes=1)
    start = max(since, oldest) if since else oldest
    query = {
        "startTime": str(int(start.timestamp() * 1000)),
        "type": "1",
        "includeQuantityBasedPartialRefund": "true",
        "maxResults": "100",
    } | ({"token": page} if page else {})
    answer = session.call("GET", "purchases/voidedpurchases", query=query)
    if not answer.ok:
        raise _unexpected(answer.status_code, session.reason(answer))
    found: Json = answer.json()
    following = (found.get("tokenPagination") or {}).get("nextPageToken")
    return list(found.get("voidedPurchases", ())), following or None


def _known(method: Literal["GET", "POST"], path: str, body: Json | None = None) -> Json:
    answer = session.call(method, path, body=body)
    if answer.ok:
        found: Json = answer.json() if answer.content else {}
        return found
    if answer.status_code in _UNKNOWN:
        logger().info("google refuses a purchase", reason=session.reason(answer))
        raise PurchaseNotVerified(
            "unknown_transaction", "Google Play does not know this purchase of this app."
        )
    raise _unexpected(answer.status_code, session.reason(answer))


def _unexpected(status: int, reason: str) -> StoreRefused:
    """Return the refusal of an answer that Google does not tell of.

    It may be about what was asked for alone, so whoever has more to ask loses patience with it.
    """
    logger().error("google answers out of turn", answer=status, reason=reason)
    return StoreRefused(status, None)


def _product(product_id: str, purchase_token: str) -> str:
    return f"purchases/products/{_part(product_id)}/tokens/{_part(purchase_token)}"


def _part(text: str) -> str:
    if not text.strip("."):  # no id of Google's, and a step up in a URL
        raise PurchaseNotVerified(
            "unknown_transaction", "Google Play does not know this purchase of this app."
        )
    return quote(text, safe="")
