"""Signing in: with what an operator handed over, or on the local cloud."""

from pathlib import Path

from cli.api import Api
from cli.errors import ApiProblem, Failure, SignedOut
from cli.session import Session, SessionFile, address, expiry
from cli.transport import Transport

_NO_ASSET = "ast_" + "0" * 26


def with_tokens(
    kept: SessionFile, transport: Transport, api: str, token: str | None, refresh_token: str | None
) -> Session:
    """Sign in at a deployed stage and keep the session.

    Args:
        kept: where to keep it.
        transport: the connections.
        api: the address of the API.
        token: an access token, or None where the refresh token is to get one.
        refresh_token: a refresh token; None is a session that ends with its access token.

    Raises:
        SignedOut: the API takes neither, or the user is not one of the studio.
    """
    session = Session(address(api), token or "", refresh_token, expiry(token) if token else None)
    fresh = [session]
    client = Api(session, transport, keep=fresh.append)
    if not token:
        client.refresh()
    _check(client)
    kept.save(fresh[-1])
    return fresh[-1]


def on_local_cloud(kept: SessionFile, transport: Transport, state: Path | None) -> Session:
    """Sign in at the local cloud that is running and keep the session.

    Args:
        kept: where to keep it.
        transport: the connections.
        state: where the local cloud keeps its things; None is the checkout's own.

    Raises:
        Failure: it is not running, or this is not a checkout.
    """
    try:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        from local import aws  # noqa: PLC0415 - there is none where only the command is installed
        from local.layout import Place  # noqa: PLC0415
        from local.processes import LocalError  # noqa: PLC0415
    except ImportError as error:
        raise Failure(
            "The local cloud is a part of the repository, and this is not a checkout of it."
        ) from error
    try:
        endpoints = aws.endpoints(Place(state.resolve()) if state else Place())
        token = aws.sign_in(endpoints, group="studio").access_token
    except LocalError as error:
        raise Failure(str(error)) from error
    except (BotoCoreError, ClientError) as error:
        raise Failure(
            "The local cloud does not answer.", advice="Stop it and start it with `make run`."
        ) from error
    return with_tokens(kept, transport, endpoints["api_url"], token, None)


def _check(client: Api) -> None:
    """Ask for what cannot be there: only a member of the studio is told so."""
    try:
        client.get(f"/studio/assets/{_NO_ASSET}")
    except ApiProblem as problem:
        if problem.status == 403:
            raise SignedOut(
                "This user is not one of the studio.",
                advice="An operator adds them to the group `studio` of the user pool.",
            ) from problem
        if problem.code != "asset_not_found":
            raise
