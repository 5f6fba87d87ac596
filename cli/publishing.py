"""The command `publish`: from the command line to the flow and back to the screen."""

import threading
from typing import Annotated

import typer
from rich.console import Console

from cli import drama as dramas
from cli import folder as folders
from cli import show, state
from cli.outcome import Outcome
from cli.publish import Publisher
from cli.shell import BAD, Folder, Profile, going_on, screen, told
from cli.shell import api as api_of
from cli.state import Journal
from cli.transport import Transport
from cli.upload import Uploader


def publish(
    folder: Folder,
    *,
    title: Annotated[str | None, typer.Option(help="The title. A new drama needs one.")] = None,
    language: Annotated[
        str | None, typer.Option(help="The original language, such as en or pt-BR.")
    ] = None,
    synopsis: Annotated[str | None, typer.Option(help="What it is about.")] = None,
    free: Annotated[
        int | None, typer.Option(help=f"Free episodes. A new drama has {dramas.FREE_EPISODES}.")
    ] = None,
    price: Annotated[
        int | None,
        typer.Option(help=f"Coins an episode. In a new drama it is {dramas.EPISODE_PRICE}."),
    ] = None,
    drama: Annotated[
        str | None, typer.Option(metavar="ID", help="Add to a drama that is there already.")
    ] = None,
    episode_title: Annotated[
        str, typer.Option(help="The title of each new episode.")
    ] = "Episode {number}",
    no_publish: Annotated[
        bool, typer.Option("--no-publish", help="Upload, and show viewers nothing.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say which file is which episode.")
    ] = False,
    jobs: Annotated[int, typer.Option(min=1, max=16, help="Files to upload at once.")] = 3,
    profile: Profile = "default",
) -> None:
    """Upload a folder of episodes, follow them until they are ready, and publish them.

    Run it again to go on after a break, to replace a file that was mended, or to add episodes.
    """
    wanted = dramas.Wanted(title, language, synopsis, free, price, drama)
    console = screen()
    with told(), state.only_one(folder):
        known = state.load(folder)
        files = {one.number: one.file for one in known.episodes.values()} if known else {}
        plan = folders.plan(folder, files)
        show.numbering(console, plan, every=dry_run)
        if dry_run:
            return
        transport = Transport(connections=4 * jobs)
        api = api_of(profile, transport)
        journal = dramas.journal(folder, api.url, wanted)
        with going_on():
            dramas.settle(api, journal, wanted)
            stop = threading.Event()
            with show.Screen(console, {one.number: one.path.name for one in plan.files}) as bars:
                uploader = Uploader(api, transport, journal, stop)
                publisher = Publisher(
                    api, uploader, journal, bars, stop, jobs=jobs, goes_public=not no_publish
                )
                outcomes = publisher.run(plan.files, episode_title)
    show.summary(console, outcomes)
    _say_where(console, journal, outcomes)
    raise typer.Exit(BAD if any(one.is_bad for one in outcomes) else 0)


def _say_where(console: Console, journal: Journal, outcomes: list[Outcome]) -> None:
    drama = journal.record.drama
    if not drama.is_published:
        console.print(f"Viewers do not see drama {drama.id} yet.")
        return
    console.print(f"Drama {drama.id} is on the shelf.")
    missing = [str(one.episode.number) for one in outcomes if one.state != "published"]
    if missing:
        console.print(f"Not published: episode {', '.join(missing)}.")
