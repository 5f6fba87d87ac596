"""Pushes of Cloud Pub/Sub: who sent them, and what they tell.

https://docs.cloud.google.com/pubsub/docs/authenticate-push-subscriptions
"""

import base64
from collections.abc import Mapping
from typing import Any, cast

from pydantic import ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from cliffhanger.errors import MalformedJson
from cliffhanger.model import Model
from cliffhanger.purchases.google.certificates import certificates
from cliffhanger.purchases.google.errors import PushMalformed, PushNotVerified
from cliffhanger.purchases.google.notification import DeveloperNotification
from cliffhanger.purchases.google.settings import GooglePushSettings
from cliffhanger.settings import load

_ISSUER = "https://accounts.google.com"
_SKEW_SECONDS = 10


class _Message(Model):
    model_config = ConfigDict(alias_generator=to_camel)

    data: str
    message_id: str


class _Envelope(Model):
    message: _Message
    subscription: str


class Push(Model):
    """A push that was verified. Pub/Sub may send it again, under the same `message_id`."""

    message_id: str
    notification: DeveloperNotification


def read_push(authorization: str | None, body: str) -> Push:
    """Verify a push and read it. Nothing of it is looked at before its token was verified.

    Args:
        authorization: the header, `Bearer ...`.
        body: the request's body as it came.

    Raises:
        PushNotVerified: the token is missing, or not one that Google signed for us, or the push
            is of another subscription than ours.
        MalformedJson: the body is not JSON.
        PushMalformed: it is no notification, or one about another app.
        StoreUnavailable: Google's certificates cannot be had; answered 503, Pub/Sub tries again.
    """
    stage = load(GooglePushSettings)
    verify(authorization, stage)
    try:
        envelope = _Envelope.model_validate_json(body)
        # The account may push for other subscriptions too, and the token does not name one.
        if envelope.subscription != stage.push_subscription:
            raise PushNotVerified("The push is of another subscription.")
        message = envelope.message
        told = base64.b64decode(message.data, validate=True)
        notification = DeveloperNotification.model_validate_json(told)
    except ValidationError as error:
        if error.title == _Envelope.__name__ and error.errors()[0]["type"] == "json_invalid":
            raise MalformedJson("Send the push as Pub/Sub makes it.") from error
        raise PushMalformed("This is no developer notification in a Pub/Sub message.") from error
    except ValueError as error:
        raise PushMalformed("The message's data is not base64.") from error
    if notification.package_name != stage.package_name:
        raise PushMalformed("This notification is about another app.")
    return Push(message_id=message.message_id, notification=notification)


def verify(authorization: str | None, stage: GooglePushSettings) -> None:
    """Check that a token is Google's, for us, and of our subscription's service account.

    Raises:
        PushNotVerified: it is not; the detail says why.
        StoreUnavailable: Google's certificates cannot be had.
    """
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise PushNotVerified("Send an OpenID token: Authorization: Bearer ...")
    claims = _claims(token, stage)
    if claims.get("iss") != _ISSUER:
        raise PushNotVerified("The token is of another issuer.")
    if claims.get("email") != stage.push_service_account:
        raise PushNotVerified("The token is of another service account.")
    if claims.get("email_verified") is not True:
        raise PushNotVerified("The token's email is not verified.")


def _claims(token: str, stage: GooglePushSettings) -> Mapping[str, Any]:
    """Return what a token says, once its signature, audience and times are right."""
    from google.auth import exceptions, jwt  # noqa: PLC0415

    try:
        header = jwt.decode_header(token)  # type: ignore[no-untyped-call]
        key_id = header.get("kid")
        # Said here and not left to the library, which takes other algorithms too.
        if header.get("alg") != "RS256":
            raise PushNotVerified("The token is not signed with RS256.")
        if not isinstance(key_id, str):
            raise PushNotVerified("The token does not name its key.")
        known = certificates(stage.google_certificates_url, key_id)
        if key_id not in known:
            raise PushNotVerified("The token is signed with a key that is not Google's.")
        claims = jwt.decode(  # type: ignore[no-untyped-call]
            token,
            certs=known,
            audience=stage.push_audience,
            clock_skew_in_seconds=_SKEW_SECONDS,
        )
    except exceptions.GoogleAuthError as error:
        raise PushNotVerified(_reason(str(error))) from error
    except (ValueError, TypeError, RecursionError) as error:
        raise PushNotVerified("The token is malformed.") from error
    return cast("Mapping[str, Any]", claims)


def _reason(told: str) -> str:
    """Say in our own words why the library refuses; its words quote the token."""
    for mark, reason in (
        ("expired", "The token has expired."),
        ("too early", "The token is not good yet."),
        ("audience", "The token is for another audience."),
        ("signature", "The token's signature is wrong."),
    ):
        if mark in told:
            return reason
    return "The token is malformed."
