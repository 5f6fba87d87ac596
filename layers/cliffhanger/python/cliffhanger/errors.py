"""Problems: every refusal a client can see, raised in the domain and rendered once (RFC 9457)."""

from collections.abc import Sequence
from typing import Any, ClassVar, Self

from pydantic import ConfigDict, Field

from cliffhanger import metrics
from cliffhanger.metrics import Metric
from cliffhanger.model import Model


class PayloadError(Model):
    """One fault in a payload: where it is (RFC 6901) and what is wrong with it."""

    pointer: str = Field(description="JSON Pointer to the value, or the name of the parameter.")
    code: str
    detail: str


class ProblemDocument(Model):
    """The body of every refusal, sent as `application/problem+json` (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="A URI that names the kind of problem.")
    title: str
    status: int
    detail: str = Field(description="What happened and what to do about it.")
    code: str = Field(description="The stable name to branch on.")
    errors: list[PayloadError] | None = None


class Problem(Exception):  # noqa: N818 - the name that RFC 9457 uses
    """A refusal with a status and a stable code. Subclasses set both; members go into the body."""

    status: ClassVar[int]
    code: ClassVar[str]
    title: ClassVar[str]
    counts_as: ClassVar[Metric | None] = None
    """The metric of a refusal that somebody watches."""

    def __init__(self, detail: str, **members: Any) -> None:
        """Take the sentence for a person, and members that a program may read."""
        super().__init__(detail)
        self.detail = detail
        self.members = members

    @classmethod
    def example(cls) -> Self:
        """Return one for the API document; what it says in a case fits the case."""
        return cls(f"{cls.title}.")

    @property
    def cause(self) -> str:
        """The cause by which its metric tells it apart."""
        return self.code

    def count(self) -> None:
        """Count it, if it is one that somebody watches. For whoever catches it."""
        if self.counts_as is not None:
            metrics.record(self.counts_as, cause=self.cause)

    def document(self) -> dict[str, Any]:
        """Return the body as RFC 9457 wants it, ready for JSON."""
        return {
            "type": f"urn:cliffhanger:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            **self.members,
        }


class InternalError(Problem):
    """Our fault. The detail says nothing of the cause, which stands in the log."""

    status, code, title = 500, "internal_error", "Something went wrong on our side"


class MalformedJson(Problem):
    """The body is not JSON at all."""

    status, code, title = 400, "malformed_json", "The body is not JSON"


class PayloadTooLarge(Problem):
    """The body has more bytes than any call of this route needs."""

    status, code, title = 413, "payload_too_large", "The body is too large"


class InvalidPayload(Problem):
    """The body or a parameter is JSON, but not what the route takes."""

    status, code, title = 422, "invalid_payload", "The payload is not valid"

    def __init__(self, errors: Sequence[PayloadError]) -> None:
        """Take every fault at once, so that a client mends them in one go."""
        listed = [error.model_dump() for error in errors]
        super().__init__("Mend the values named in errors and try again.", errors=listed)

    @classmethod
    def example(cls) -> Self:
        """Return one with a field that nobody knows."""
        unknown = "Extra inputs are not permitted"
        return cls([PayloadError(pointer="/colour", code="extra_forbidden", detail=unknown)])


class Unauthenticated(Problem):
    """There is no usable access token behind the request."""

    status, code, title = 401, "unauthenticated", "An access token is needed"


class Forbidden(Problem):
    """The caller is known, and may not do this."""

    status, code, title = 403, "forbidden", "Not allowed"


class RouteNotFound(Problem):
    """No operation stands at this method and path."""

    status, code, title = 404, "route_not_found", "There is nothing here"


class IdempotencyKeyMissing(Problem):
    """A POST that creates or charges came without its key."""

    status, code, title = 400, "idempotency_key_missing", "An Idempotency-Key is needed"


class IdempotencyKeyReused(Problem):
    """The key was used before for another body."""

    status, code, title = 422, "idempotency_key_reused", "This Idempotency-Key is taken"


class Busy(Problem):
    """The write lost to others again and again. Nothing was changed; trying again is right."""

    status, code, title = 503, "busy", "Too many writes at once"
