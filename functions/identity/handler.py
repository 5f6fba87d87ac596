"""The HTTP side of identity."""

from cliffhanger import aws, snapshot
from cliffhanger.http import Api, Call
from cliffhanger.identity import deletion, merging, sessions, viewers
from cliffhanger.identity.merging import MergeInput
from cliffhanger.identity.sessions import Guest, RefreshInput, Session
from cliffhanger.identity.viewers import Viewer, ViewerPatch

from .routes import ROUTES

# CloudFront sets it, whatever the client sent (Developer Guide, "Add CloudFront request headers").
_COUNTRY = "cloudfront-viewer-country"

handler = Api(ROUTES)
snapshot.prepare(aws.dynamodb, aws.cognito, aws.sqs)


@handler.operation
def create_guest(call: Call[None]) -> Guest:
    """Create a viewer and sign them in."""
    return sessions.create_guest(call.headers.get(_COUNTRY))


@handler.operation
def refresh_session(call: Call[RefreshInput]) -> Session:
    """Go on with a session."""
    return sessions.refresh(call.payload)


@handler.operation
def get_me(call: Call[None]) -> Viewer:
    """Look at one's own account."""
    return viewers.find(call.caller.id, call.headers.get(_COUNTRY))


@handler.operation
def edit_me(call: Call[ViewerPatch]) -> Viewer:
    """Change one's own settings."""
    return viewers.change(call.caller.id, call.payload, call.headers.get(_COUNTRY))


@handler.operation
def delete_me(call: Call[None]) -> None:
    """Leave for good."""
    deletion.delete(call.caller.id)


@handler.operation
def merge_guest(call: Call[MergeInput]) -> Viewer:
    """Let a guest join the caller's account."""
    country = call.headers.get(_COUNTRY)
    return merging.merge(call.caller.id, call.payload, call.idempotency, country)
