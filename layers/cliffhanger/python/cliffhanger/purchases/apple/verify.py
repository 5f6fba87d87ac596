"""What Apple signed, checked by Apple's own library with this stage's configuration.

Roots, bundle id, app id and environment come from the stage. A Production stage looks at the
sandbox second, since App Review and TestFlight buy there; which of the two it was is known from
the verifier that accepted, never from a payload. The library checks the chain, Apple's two marker
extensions and the signature. With online checks it asks Apple whether a certificate was revoked,
and the chain must be valid now; without, it must have been valid when the payload says it was
signed, so callers bound that date. What Apple does not answer in time is as if it could not be
reached.
"""

import base64
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from cliffhanger.purchases.apple.deadline import within as in_time
from cliffhanger.purchases.apple.settings import AppleEnvironment, AppleSettings
from cliffhanger.purchases.errors import PurchaseNotVerified, Reason, StoreUnavailable
from cliffhanger.settings import load

if TYPE_CHECKING:
    from appstoreserverlibrary.models.JWSRenewalInfoDecodedPayload import (
        JWSRenewalInfoDecodedPayload,
    )
    from appstoreserverlibrary.models.JWSTransactionDecodedPayload import (
        JWSTransactionDecodedPayload,
    )
    from appstoreserverlibrary.models.ResponseBodyV2DecodedPayload import (
        ResponseBodyV2DecodedPayload,
    )
    from appstoreserverlibrary.signed_data_verifier import SignedDataVerifier

T = TypeVar("T")
Read = Callable[["SignedDataVerifier"], T]

_ONLINE_SECONDS = 3.0
"""For both questions about revocation: a function has 15 seconds, and may have to ask on."""

_REASONS: dict[str, Reason] = {
    "INVALID_APP_IDENTIFIER": "another_app",
    "INVALID_ENVIRONMENT": "environment",
    "INVALID_CERTIFICATE": "certificate",
    "INVALID_CHAIN_LENGTH": "certificate",
    "INVALID_CHAIN": "certificate",
}


def environments() -> tuple[AppleEnvironment, ...]:
    """Return the environments that this stage takes, the first to look at first."""
    is_production = load(AppleSettings).apple_environment == "Production"
    return ("Production", "Sandbox") if is_production else ("Sandbox",)


def transaction(
    signed: str, *, within: AppleEnvironment | None = None, online: bool | None = None
) -> "JWSTransactionDecodedPayload":
    """Return what a signed transaction says. Its `environment` is the one that signed it.

    Args:
        signed: a JWS, as an app, a notification or the API hands it over.
        within: the environment that it must come from; any of the stage's when left out.
        online: whether to ask about revocation; the stage's choice when left out.

    Raises:
        PurchaseNotVerified: it was not signed by Apple for this app.
        StoreUnavailable: whether it was could not be found out.
    """
    return _read(lambda one: one.verify_and_decode_signed_transaction(signed), within, online)[0]


def renewal(
    signed: str,
    of: "JWSTransactionDecodedPayload",
    *,
    within: AppleEnvironment,
    online: bool | None = None,
) -> "JWSRenewalInfoDecodedPayload":
    """Return what a signed renewal info says of the subscription that `of` is a period of.

    The library looks at its environment only: it carries neither bundle id nor app id.

    Raises:
        PurchaseNotVerified: it was not signed by Apple, or is of another subscription.
        StoreUnavailable: whether it was could not be found out.
    """
    told, _ = _read(lambda one: one.verify_and_decode_renewal_info(signed), within, online)
    if told.originalTransactionId != of.originalTransactionId:
        raise PurchaseNotVerified("renewal_mismatch")
    return told


def notification(
    signed: str, *, online: bool | None = None
) -> "tuple[ResponseBodyV2DecodedPayload, AppleEnvironment]":
    """Return what a notification says, and which environment sent it. What it nests is unread.

    Raises:
        PurchaseNotVerified: it was not signed by Apple for this app.
        StoreUnavailable: whether it was could not be found out.
    """
    return _read(lambda one: one.verify_and_decode_notification(signed), None, online)


def _read(
    read: Read[T], within: AppleEnvironment | None, online: bool | None
) -> tuple[T, AppleEnvironment]:
    asked = load(AppleSettings).apple_online_checks if online is None else online
    first, *others = (within,) if within else environments()
    try:
        return _checked(read, first, asked), first
    except PurchaseNotVerified as error:
        # A notification of the sandbox carries no app id, so it first looks like another app's.
        if not others or error.reason not in {"environment", "another_app"}:
            raise
    return _checked(read, others[0], asked), others[0]


def _checked(read: Read[T], environment: AppleEnvironment, online: bool) -> T:
    from appstoreserverlibrary.signed_data_verifier import (  # noqa: PLC0415
        VerificationException,
    )
    from cattrs.errors import BaseValidationError  # noqa: PLC0415

    verifier = _verifier(load(AppleSettings), environment, online)
    try:
        return in_time(_ONLINE_SECONDS, lambda: read(verifier)) if online else read(verifier)
    except TimeoutError as error:
        raise StoreUnavailable from error
    except BaseValidationError as error:  # signed, and not in the shape that the library knows
        raise PurchaseNotVerified("malformed") from error
    except VerificationException as error:
        name = error.status.name
        if name == "RETRYABLE_VERIFICATION_FAILURE":
            raise StoreUnavailable from error
        if name == "VERIFICATION_FAILURE" and online and _is_sound(read, environment):
            # Only the question about revocation went wrong: an answer that cannot be read, or
            # "try later", must not turn a paid purchase away for good.
            raise StoreUnavailable from error
        raise PurchaseNotVerified(_REASONS.get(name, "signature")) from error


def _is_sound(read: Read[object], environment: AppleEnvironment) -> bool:
    """Whether everything but the state of the certificates is in order."""
    try:
        _checked(read, environment, online=False)
    except PurchaseNotVerified:
        return False
    return True


@cache
def _verifier(
    settings: AppleSettings, environment: AppleEnvironment, online: bool
) -> "SignedDataVerifier":
    """Make a verifier once: it remembers for a quarter of an hour whom it asked about."""
    from appstoreserverlibrary.models.Environment import Environment  # noqa: PLC0415
    from appstoreserverlibrary.signed_data_verifier import SignedDataVerifier  # noqa: PLC0415

    return SignedDataVerifier(
        root_certificates=[base64.b64decode(one) for one in settings.apple_root_certificates],
        enable_online_checks=online,
        environment=Environment(environment),
        bundle_id=settings.apple_bundle_id,
        app_apple_id=settings.apple_app_id,
    )
