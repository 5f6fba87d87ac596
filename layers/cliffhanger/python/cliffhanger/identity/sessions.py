"""Sessions: a guest is a Cognito user with a password that nobody knows, not even we."""

import secrets
from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from cliffhanger import aws, ids, metrics
from cliffhanger.errors import Problem
from cliffhanger.identity import viewers
from cliffhanger.identity.settings import IdentitySettings
from cliffhanger.identity.viewers import ViewerPatch
from cliffhanger.ids import ViewerId
from cliffhanger.metrics import Metric
from cliffhanger.model import Model
from cliffhanger.settings import load


class RefreshRefused(Problem):
    """The refresh token is not, or is no more, good for a session."""

    status, code, title = 401, "refresh_refused", "The session cannot be refreshed"


class TooManyGuests(Problem):
    """The user pool is taking as many sign-ups as it can."""

    status, code, title = 429, "too_many_guests", "Too many new guests at once"
    counts_as = Metric.GUESTS_THROTTLED


class Guest(Model):
    """A new viewer and the first session. Keep the refresh token: it is the account."""

    viewer_id: ViewerId
    access_token: str
    refresh_token: str
    expires_in: int = Field(description="Seconds that the access token lasts.")


class RefreshInput(Model):
    """The refresh token of a session."""

    model_config = ConfigDict(extra="forbid")

    refresh_token: Annotated[str, StringConstraints(min_length=1, max_length=8192)]


class Session(Model):
    """A session that goes on."""

    access_token: str
    expires_in: int = Field(description="Seconds that the access token lasts.")


def create_guest(country: str | None) -> Guest:
    """Create a viewer and sign them in.

    The user name is the viewer id. Dying between the calls leaves a user that nobody can sign in
    as, and nothing else.

    Args:
        country: where the request came from, as CloudFront says; it makes the market.

    Raises:
        TooManyGuests: the user pool throttles.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415

    viewer_id = ids.new("vwr")
    try:
        guest = _signed_in(viewer_id, country)
    except ClientError as error:
        if error.response["Error"]["Code"] != "TooManyRequestsException":
            raise
        raise TooManyGuests("Try again in a few seconds.") from error
    metrics.record(Metric.GUESTS)
    return guest


def _signed_in(viewer_id: str, country: str | None) -> Guest:
    settings = load(IdentitySettings)
    cognito = aws.cognito()
    # A random password fulfils any policy when one character of each kind stands before it.
    password = f"Aa0!{secrets.token_urlsafe(48)}"
    cognito.admin_create_user(
        UserPoolId=settings.user_pool_id, Username=viewer_id, MessageAction="SUPPRESS"
    )
    cognito.admin_set_user_password(
        UserPoolId=settings.user_pool_id, Username=viewer_id, Password=password, Permanent=True
    )
    viewers.change(viewer_id, ViewerPatch(), country)
    answer = cognito.admin_initiate_auth(
        UserPoolId=settings.user_pool_id,
        ClientId=settings.user_pool_client_id,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": viewer_id, "PASSWORD": password},
    )
    result = answer["AuthenticationResult"]
    return Guest(
        viewer_id=viewer_id,
        access_token=result["AccessToken"],
        refresh_token=result["RefreshToken"],
        expires_in=result["ExpiresIn"],
    )


def refresh(wanted: RefreshInput) -> Session:
    """Return a fresh access token.

    Raises:
        RefreshRefused: the token is wrong, revoked, or its viewer is gone.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415

    try:
        answer = aws.cognito().initiate_auth(
            ClientId=load(IdentitySettings).user_pool_client_id,
            AuthFlow="REFRESH_TOKEN_AUTH",
            AuthParameters={"REFRESH_TOKEN": wanted.refresh_token},
        )
    except ClientError as error:
        refused = {"NotAuthorizedException", "UserNotFoundException", "InvalidParameterException"}
        if error.response["Error"]["Code"] not in refused:
            raise
        raise RefreshRefused("Start again as a guest, or sign in.") from error
    result = answer["AuthenticationResult"]
    return Session(access_token=result["AccessToken"], expires_in=result["ExpiresIn"])
