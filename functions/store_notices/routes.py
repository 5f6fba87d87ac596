"""The routes that Apple and Google call. Anyone may; what is not signed by them is refused."""

from cliffhanger.errors import MalformedJson
from cliffhanger.purchases.errors import PurchaseNotVerified, StoreUnavailable
from cliffhanger.purchases.google.errors import PushMalformed, PushNotVerified
from cliffhanger.purchases.inbox import (
    Accepted,
    AppleNotice,
    GooglePush,
    NotificationTooLarge,
)
from cliffhanger.routing import Access, Route

# More than the context takes, so that a notification is refused in the words of notifications.
_BYTES = 524_288
_PER_SECOND = 200

ROUTES = (
    Route(
        method="POST",
        path="/stores/apple/notifications",
        operation="take_apple_notification",
        body_bytes=_BYTES,
        per_second=_PER_SECOND,
        access=Access.PUBLIC,
        summary="Take an App Store Server Notification, version 2",
        body=AppleNotice,
        answer=Accepted,
        problems=(NotificationTooLarge, PurchaseNotVerified, StoreUnavailable),
    ),
    Route(
        method="POST",
        path="/stores/google/notifications",
        operation="take_google_notification",
        body_bytes=_BYTES,
        per_second=_PER_SECOND,
        access=Access.PUBLIC,
        summary="Take a real-time developer notification, pushed by Pub/Sub with an OpenID token",
        body=GooglePush,
        answer=Accepted,
        problems=(
            MalformedJson,
            NotificationTooLarge,
            PushNotVerified,
            PushMalformed,
            StoreUnavailable,
        ),
    ),
)
