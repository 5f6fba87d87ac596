"""The refusals of purchases."""

from typing import Literal, Self

from cliffhanger.errors import Problem
from cliffhanger.metrics import Metric

Reason = Literal[
    "signature",
    "certificate",
    "malformed",
    "another_app",
    "environment",
    "renewal_mismatch",
    "too_old",
    "unknown_transaction",
    "another_product",
    "several_products",
]
"""Why something is not believed. The names are stable, and tell nothing that helps a forger."""


class PurchaseNotVerified(Problem):
    """What was sent is not what the store signed for this app. Sending it again changes nothing."""

    status, code, title = 422, "purchase_not_verified", "The purchase could not be verified"
    counts_as = Metric.NOT_VERIFIED

    def __init__(
        self, reason: Reason, detail: str = "The store has not said this about this app."
    ) -> None:
        """Take the reason, which is also a member of the body, and words for a person."""
        super().__init__(detail, reason=reason)
        self.reason = reason

    @property
    def cause(self) -> str:
        """Why it is not believed."""
        return self.reason

    @classmethod
    def example(cls) -> Self:
        """Return one with a forged signature."""
        return cls("signature")


class ProductNotSupported(Problem):
    """The store sold a kind of product that nothing here grants."""

    status, code, title = 422, "product_not_supported", "This kind of product is not sold here"


class StoreUnavailable(Problem):
    """The store could not be asked. Nothing was decided; sending it again is right."""

    status, code, title = 503, "store_unavailable", "The store cannot be reached"
    counts_as = Metric.STORE_FAILURES

    def __init__(self, retry_after_seconds: int | None = None) -> None:
        """Take how long the store wants us to wait, when it said so."""
        told = {} if retry_after_seconds is None else {"retry_after_seconds": retry_after_seconds}
        super().__init__("Nothing is lost. Try again in a moment.", **told)

    @classmethod
    def example(cls) -> Self:
        """Return one of a store that did not say how long to wait."""
        return cls()


class StoreRefused(Problem):
    """The store refused our question: a wrong key, or a call that it does not take. Our fault."""

    status, code, title = 502, "store_refused", "The store refused the question"
    counts_as = Metric.STORE_FAILURES

    def __init__(self, http_status: int, error_code: int | None) -> None:
        """Take what the store answered: for the log and for callers, not for the body."""
        super().__init__("The store did not answer the question as it was asked.")
        self.http_status = http_status
        self.error_code = error_code

    @classmethod
    def example(cls) -> Self:
        """Return one; what the store said is for the log."""
        return cls(400, None)

    def __str__(self) -> str:
        """Tell the log what the client is not told."""
        return f"{self.detail} HTTP {self.http_status}, error {self.error_code}"
