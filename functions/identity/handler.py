"""The HTTP side of identity."""

from cliffhanger.http import Api, Call
from cliffhanger.identity import sessions
from cliffhanger.identity.sessions import Guest, RefreshInput, Session

from .routes import ROUTES

handler = Api(ROUTES)


@handler.operation
def create_guest(_: Call[None]) -> Guest:
    """Create a viewer and sign them in."""
    return sessions.create_guest()


@handler.operation
def refresh_session(call: Call[RefreshInput]) -> Session:
    """Go on with a session."""
    return sessions.refresh(call.payload)
