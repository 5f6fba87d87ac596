"""Publish short dramas: a folder of video files becomes a drama on the shelf."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from cli import captions as caption_files
from cli import login as logins
from cli import look, show, state
from cli.errors import Failure
from cli.publishing import publish
from cli.session import SessionFile
from cli.shell import BAD, Folder, OfFolder, Profile, Which, screen, told
from cli.shell import api as api_of
from cli.transport import Transport

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__
)
captions_app = typer.Typer(no_args_is_help=True, help="Captions of an episode.")
app.add_typer(captions_app, name="captions")


@app.command()
def login(
    *,
    api: Annotated[str | None, typer.Option(help="The address of the API.", metavar="URL")] = None,
    token: Annotated[str | None, typer.Option(help="An access token; - reads it.")] = None,
    refresh_token: Annotated[str | None, typer.Option(help="A refresh token; - reads it.")] = None,
    local: Annotated[bool, typer.Option("--local", help="Sign in at the local cloud.")] = False,
    local_state: Annotated[
        Path | None, typer.Option(hidden=True, help="Where the local cloud keeps its things.")
    ] = None,
    profile: Profile = "default",
) -> None:
    """Sign in, and keep the session for the other commands.

    An operator with AWS credentials gets the tokens of a studio user with `aws cognito-idp
    admin-initiate-auth` and hands over the refresh token. With it the session renews itself; an
    access token alone lasts an hour. With neither option, the refresh token is asked for.
    In CI, set CLIFFHANGER_API and CLIFFHANGER_TOKEN instead.
    """
    with told():
        kept, transport = SessionFile.of(profile, os.environ), Transport()
        if local:
            session = logins.on_local_cloud(kept, transport, local_state)
        else:
            if api is None:
                raise Failure("Where to? Give --api URL, or --local for the local cloud.")
            if token is None and refresh_token is None:
                refresh_token = typer.prompt("Refresh token", hide_input=True)
            session = logins.with_tokens(
                kept, transport, api, _secret(token), _secret(refresh_token)
            )
    lasts = "It renews itself." if session.refresh_token else "It ends with its access token."
    screen().print(Text(f"Signed in at {session.api_url} (profile {profile}). {lasts}"))


def _secret(given: str | None) -> str | None:
    return sys.stdin.readline().strip() if given == "-" else given


app.command()(publish)


@app.command()
def status(
    folder: Folder = Path(),
    drama: Annotated[
        str | None, typer.Option(metavar="ID", help="A drama as viewers see it, with no folder.")
    ] = None,
    profile: Profile = "default",
) -> None:
    """Show how the episodes of a folder stand now."""
    console = screen()
    with told():
        api = api_of(profile, Transport())
        if drama:
            show.shelf(console, api.get(f"/dramas/{drama}"), look.on_the_shelf(api, drama))
            return
        record = state.load(folder)
        if record is None:
            raise Failure(f"{folder} was not published from here. Give a folder, or --drama ID.")
        outcomes = look.of_folder(api, record)
    show.summary(console, outcomes, with_ids=True)
    console.print(f"Drama {record.drama.id or 'is not created yet'}")
    raise typer.Exit(BAD if any(one.is_bad for one in outcomes) else 0)


@app.command()
def rollback(which: Which, folder: OfFolder = Path(), profile: Profile = "default") -> None:
    """Play the generation before the present one again, at once."""
    with told():
        episode_id = which if which.startswith("ep_") else state.episode(folder, which).id
        now = api_of(profile, Transport()).post(f"/studio/episodes/{episode_id}/rollback")
    screen().print(
        f"Episode {now['number']} plays generation {now['generation']} again, until it is published"
        " anew."
    )


@captions_app.command("add")
def add_captions(
    which: Which,
    *,
    file: Annotated[Path, typer.Argument(help="A .vtt or .srt file in UTF-8.")],
    language: Annotated[str, typer.Option(help="Their language, such as en or pt-BR.")],
    asset: Annotated[
        str | None, typer.Option(metavar="ID", help="The asset; else the folder's newest.")
    ] = None,
    folder: OfFolder = Path(),
    profile: Profile = "default",
) -> None:
    """Give an episode captions, or other captions, with no re-encode."""
    with told():
        body = caption_files.read(file)
        if asset is None:
            upload = state.episode(folder, which).upload
            asset = upload.asset_id if upload else None
        if asset is None:
            raise Failure(f"Nothing was uploaded for episode {which} yet.")
        api_of(profile, Transport()).put(f"/studio/assets/{asset}/captions/{language}", body)
    screen().print(Text(f"Episode {which} has captions in {language}."))
