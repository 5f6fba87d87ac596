"""The HTTP side of the stores' notifications."""

from cliffhanger import aws, snapshot
from cliffhanger.http import Api, Call
from cliffhanger.purchases import inbox
from cliffhanger.purchases.inbox import Accepted, AppleNotice, GooglePush

from .routes import ROUTES

handler = Api(ROUTES)
snapshot.prepare(aws.sqs)


@handler.operation
def take_apple_notification(call: Call[AppleNotice]) -> Accepted:
    """Take what Apple tells."""
    return inbox.from_apple(call.payload)


@handler.operation
def take_google_notification(call: Call[GooglePush]) -> Accepted:
    """Take what Google tells."""
    return inbox.from_google(call.payload, call.headers.get("authorization"))
