"""Routes: the table that the gateway, the functions and the API document are made from."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel

from cliffhanger.errors import Problem

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


class Access(StrEnum):
    """Who may call a route. There is no default: every route says it."""

    PUBLIC = "public"
    VIEWER = "viewer"
    STUDIO = "studio"


@dataclass(frozen=True, kw_only=True)
class Route:
    """One operation: where it stands, who may call it, what goes in and what comes out.

    `path` stands under `/v1` and names its parameters in braces, as API Gateway does.
    `body_bytes` is the largest body that is read; what is larger is refused unread.
    `per_second` is a throttle of its own at the gateway, for all callers together; 0 is none. What
    costs money at each call, or is asked of a store or of the user pool, has one.
    `by_country` is a route that reads the viewer's country, which the edge then sends along.
    `problems` are the refusals of its own; those that every route shares are added for it.
    """

    method: Method
    path: str
    operation: str
    access: Access
    summary: str
    answer: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    status: int = 200
    idempotent: bool = False
    cache_seconds: int = 0
    per_second: int = 0
    body_bytes: int = 16_384
    by_country: bool = False
    problems: tuple[type[Problem], ...] = ()

    @property
    def full_path(self) -> str:
        """The path with its version, as clients call it."""
        return f"/v1{self.path}"

    @property
    def takes_body(self) -> bool:
        """Whether a call may have a body. One that needs none may have an empty object."""
        return self.method in ("POST", "PUT", "PATCH")

    @property
    def needs_body(self) -> bool:
        """Whether something must be in it."""
        fields = self.body.model_fields.values() if self.body else ()
        return any(field.is_required() for field in fields)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the parameters in the path, in order."""
        return tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))
