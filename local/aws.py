"""Clients of the emulated AWS, for tools and tests on this machine. Functions never use these."""

import json
import secrets
from dataclasses import dataclass
from typing import Any, Literal

import boto3
from botocore.config import Config

from cliffhanger import ids
from local.layout import CREDENTIALS, Place
from local.processes import LocalError


def client(service: Any, *, endpoint: str, region: str) -> Any:
    """Return a client with the local cloud's own credentials."""
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        config=Config(retries={"mode": "standard", "total_max_attempts": 4}),
    )


def endpoints(place: Place) -> dict[str, Any]:
    """Return what the running local cloud says of itself.

    Raises:
        LocalError: it is not running.
    """
    try:
        found: dict[str, Any] = json.loads(place.endpoints.read_text())
    except FileNotFoundError as error:
        raise LocalError("The local cloud is not running. Start it with `make run`.") from error
    return found


@dataclass(frozen=True)
class SignedIn:
    """A user of the local pool with a fresh access token."""

    user_name: str
    access_token: str


def sign_in(endpoints: dict[str, Any], *, group: Literal["studio"] | None = None) -> SignedIn:
    """Make a user, in a group or in none, and sign in as them.

    Args:
        endpoints: what the function of that name returns.
        group: the group to put the user in.
    """
    cognito = client(
        "cognito-idp", endpoint=endpoints["aws_endpoint_url"], region=endpoints["region"]
    )
    pool, name = endpoints["user_pool_id"], ids.new("vwr")
    password = f"Aa0!{secrets.token_urlsafe(24)}"
    cognito.admin_create_user(UserPoolId=pool, Username=name, MessageAction="SUPPRESS")
    cognito.admin_set_user_password(
        UserPoolId=pool, Username=name, Password=password, Permanent=True
    )
    if group:
        cognito.admin_add_user_to_group(UserPoolId=pool, Username=name, GroupName=group)
    answer = cognito.admin_initiate_auth(
        UserPoolId=pool,
        ClientId=endpoints["user_pool_client_id"],
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": name, "PASSWORD": password},
    )
    return SignedIn(name, answer["AuthenticationResult"]["AccessToken"])
