"""The drama of a folder: created once, gone on with, changed when other words are given."""

from dataclasses import dataclass
from pathlib import Path

from cli import state
from cli.api import Api, Json, new_key
from cli.errors import ApiProblem, Failure
from cli.state import DramaRecord, FolderRecord, Journal

FREE_EPISODES = 5
EPISODE_PRICE = 60


@dataclass(frozen=True)
class Wanted:
    """What was said of the drama on the command line. None is what was not said."""

    title: str | None = None
    language: str | None = None
    synopsis: str | None = None
    free: int | None = None
    price: int | None = None
    drama_id: str | None = None

    def fields(self, language: str) -> Json:
        """Return what was said, as the API takes it."""
        said = {
            "title": self.title and {language: self.title},
            "synopsis": self.synopsis and {language: self.synopsis},
            "free_episodes": self.free,
            "episode_price": self.price,
        }
        return {name: value for name, value in said.items() if value is not None}


def journal(folder: Path, api_url: str, wanted: Wanted) -> Journal:
    """Open what is remembered of a folder, or begin to remember.

    Raises:
        Failure: too little was said for a new drama, or something that does not fit this one.
    """
    record = state.load(folder)
    if record is None:
        begun = Journal(folder / state.NAME, _begin(api_url, wanted))
        with begun.step():
            return begun  # its key is on the disk before it is used
    path = folder / state.NAME
    if record.api_url != api_url:
        raise Failure(
            f"This folder was published to {record.api_url}, and you are signed in at {api_url}.",
            advice=f"Take the right --profile; or delete {path} to publish it here anew.",
        )
    if wanted.drama_id not in {None, record.drama.id}:
        raise Failure(
            f"This folder belongs to {record.drama.id or 'a drama of its own'}.",
            advice=f"Leave out --drama; or delete {path} to publish it anew.",
        )
    if wanted.language not in {None, record.language}:
        raise Failure(
            f"The language of this drama is {record.language} already.",
            advice="Leave out --language.",
        )
    return Journal(path, record)


def _begin(api_url: str, wanted: Wanted) -> FolderRecord:
    if wanted.language is None:
        raise Failure("A folder that is new needs --language, such as en or pt-BR.")
    if wanted.drama_id is not None:
        drama = DramaRecord(id=wanted.drama_id)
    elif wanted.title is None:
        raise Failure("A new drama needs a --title.")
    else:
        body = {
            "original_language": wanted.language,
            "free_episodes": FREE_EPISODES,
            "episode_price": EPISODE_PRICE,
        }
        drama = DramaRecord(key=new_key(), body=body | wanted.fields(wanted.language))
    return FolderRecord(api_url=api_url, language=wanted.language, drama=drama)


def settle(api: Api, journal: Journal, wanted: Wanted) -> None:
    """Create the drama if it is not there, and change what is said of it otherwise now.

    Raises:
        Failure: the drama was there before this folder, so it is not changed from here.
        ApiProblem, SignedOut, ConnectionLost: as `Api.get` says.
    """
    drama, language = journal.record.drama, journal.record.language
    said = wanted.fields(language)
    if drama.id is None:
        try:
            made = api.post("/studio/dramas", drama.body, key=drama.key)
        except ApiProblem as problem:
            if problem.code == "invalid_payload":  # the next try may say it better
                journal.forget()
            raise
        with journal.step():
            drama.id = made["id"]
    if drama.body is None:
        if said:
            raise Failure(
                "This drama was there before this folder: only its episodes come from here.",
                advice="Leave out --title, --synopsis, --free and --price.",
            )
        return
    changed = {name: value for name, value in said.items() if drama.body.get(name) != value}
    if not changed:
        return
    path = f"/studio/dramas/{drama.id}"
    there = api.get(path)  # a map is replaced as a whole, and may have got more languages
    merged = {
        name: there[name] | value if isinstance(value, dict) else value
        for name, value in changed.items()
    }
    api.patch(path, merged)
    with journal.step():
        drama.body = drama.body | changed
