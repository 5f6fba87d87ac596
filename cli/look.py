"""How things stand now."""

from cli.api import Api, Json
from cli.errors import ApiProblem
from cli.outcome import Outcome
from cli.state import FolderRecord


def of_folder(api: Api, record: FolderRecord) -> list[Outcome]:
    """Return how each episode of a folder stands now; raises as `Api.get` does."""
    outcomes = []
    for _, episode in sorted(record.episodes.items()):
        upload, asset = episode.upload, None
        if upload and upload.asset_id:
            try:
                asset = api.get(f"/studio/assets/{upload.asset_id}")
            except ApiProblem as problem:
                if problem.status != 404:
                    raise
                outcomes.append(Outcome(episode, refusal=problem))
                continue
        outcomes.append(Outcome(episode, asset))
    return outcomes


def on_the_shelf(api: Api, drama_id: str) -> list[Json]:
    """Return the episodes of a drama as viewers see them; raises as `Api.get` does."""
    path = f"/dramas/{drama_id}/episodes?limit=100"
    items: list[Json] = []
    cursor: str | None = ""
    while cursor is not None:
        page = api.get(path + (f"&cursor={cursor}" if cursor else ""))
        items += page["items"]
        cursor = page["next_cursor"]
    return items
