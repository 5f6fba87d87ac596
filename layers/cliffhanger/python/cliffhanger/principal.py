"""Who is calling: read from the claims that the gateway has verified, and trusted no further."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cliffhanger.errors import Forbidden, Unauthenticated

STUDIO_GROUP = "studio"


@dataclass(frozen=True)
class Principal:
    """The caller behind a verified access token. `id` is the user name, which is the viewer id."""

    id: str
    groups: frozenset[str]

    @property
    def is_studio(self) -> bool:
        """Whether the caller works for the studio."""
        return STUDIO_GROUP in self.groups


def from_event(event: Mapping[str, Any]) -> Principal:
    """Return the caller of an HTTP API event (payload format 2.0) behind a JWT authorizer.

    An ID token passes the authorizer too, so `token_use` is checked here: only an access token
    opens a route (Amazon Cognito, "Understanding the access token").

    Raises:
        Unauthenticated: no verified claims, or claims of another kind of token.
    """
    authorizer = event["requestContext"].get("authorizer") or {}
    claims = (authorizer.get("jwt") or {}).get("claims") or {}
    if claims.get("token_use") != "access" or not claims.get("username"):
        raise Unauthenticated("Send an access token as `Authorization: Bearer ...`.")
    return Principal(str(claims["username"]), _groups(claims.get("cognito:groups")))


def _groups(claim: object) -> frozenset[str]:
    """Read the groups exactly: the gateway flattens the list into the text `[one two]`.

    A group named `studio-guests` must not pass for `studio`, so this is no substring search.
    """
    if isinstance(claim, list):
        return frozenset(str(name) for name in claim)
    if isinstance(claim, str) and claim.startswith("[") and claim.endswith("]"):
        return frozenset(claim[1:-1].replace(",", " ").split())
    return frozenset()


def require_studio(principal: Principal) -> None:
    """Let only the studio pass.

    Raises:
        Forbidden: the caller is not in the studio's group.
    """
    if not principal.is_studio:
        raise Forbidden("Only a member of the studio may do this.")
