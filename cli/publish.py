"""The flow of `publish`: a drama, its episodes, their files; what gets ready goes to viewers."""

import threading
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Protocol

from cli.api import Api, Json, new_key
from cli.errors import ApiProblem, Failure, Refusal, SignedOut
from cli.folder import VideoFile
from cli.outcome import Outcome, has_ended
from cli.state import EpisodeRecord, Journal
from cli.upload import Uploader

_TICK_SECONDS = 0.2
_SHORTEST_LOOK_SECONDS = 1.0
_LOOKS_A_SECOND = 4


class Watcher(Protocol):
    """Who is told what happens.

    `uploading` comes from worker threads, all else from the thread of the flow.
    """

    def draw(self) -> None:
        """Show what was told. It comes a few times a second."""

    def uploading(self, number: int, arrived: int, size: int) -> None:
        """Tell how much of an episode's file has arrived, in bytes."""

    def transcoding(self, number: int, asset: Json) -> None:
        """Tell how far an asset is."""

    def settled(self, outcome: Outcome) -> None:
        """Tell what became of an episode."""


@dataclass(frozen=True)
class Publisher:
    """One run over one folder."""

    api: Api
    uploader: Uploader
    journal: Journal
    watcher: Watcher
    stop: threading.Event
    jobs: int
    goes_public: bool

    def run(self, files: list[VideoFile], episode_title: str) -> list[Outcome]:
        """Publish files of a drama that is there; return what became of each, by number.

        What the journal knows as done is not done again.

        Raises:
            Failure: nothing more can be done for any of them.
            KeyboardInterrupt: Ctrl-C; the journal knows how far it went.
        """
        drama_id = str(self.journal.record.drama.id)
        outcomes: dict[int, Outcome] = {}
        waiting = []
        for file in files:
            try:
                self._episode(drama_id, file, episode_title)
                waiting.append(file)
            except Refusal as refusal:
                self._settle(outcomes, file.number, refusal=refusal)
        with ThreadPoolExecutor(self.jobs) as pool:
            try:
                self._follow(pool, waiting, outcomes)
            except BaseException:
                self.stop.set()
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        self._publish_drama(outcomes)
        return [outcomes[number] for number in sorted(outcomes)]

    def _episode(self, drama_id: str, file: VideoFile, title: str) -> None:
        record = self.journal.record
        episode = record.episodes.get(file.number)
        if episode is None or episode.file != file.path.name:
            words = {record.language: title.replace("{number}", str(file.number))}
            with self.journal.step():
                episode = episode or EpisodeRecord(
                    number=file.number, title=words, key=new_key(), file=""
                )
                episode.file = file.path.name
                record.episodes[file.number] = episode
        if episode.id is None:
            body = {"number": episode.number, "title": episode.title}
            made = self.api.post(f"/studio/dramas/{drama_id}/episodes", body, key=episode.key)
            with self.journal.step():
                episode.id = made["id"]

    def _follow(
        self, pool: ThreadPoolExecutor, files: list[VideoFile], outcomes: dict[int, Outcome]
    ) -> None:
        uploads = {pool.submit(self._bring, file): file.number for file in files}
        due: dict[int, float] = {}
        while uploads or due:
            done: set[Future[None]] = set()
            if uploads:
                done = wait(uploads, _TICK_SECONDS, FIRST_COMPLETED).done
            else:
                time.sleep(_TICK_SECONDS)
            self.watcher.draw()
            for future in done:
                number = uploads.pop(future)
                try:
                    future.result()
                    due[number] = 0
                except Refusal as refusal:
                    self._settle(outcomes, number, refusal=refusal)
            for number in [one for one, at in due.items() if at <= time.monotonic()]:
                if self._look(number, outcomes):
                    del due[number]
                else:
                    due[number] = time.monotonic() + _pause(len(due))

    def _bring(self, file: VideoFile) -> None:
        self.uploader.bring(
            self.journal.record.episodes[file.number],
            file.path,
            lambda arrived, size: self.watcher.uploading(file.number, arrived, size),
        )

    def _look(self, number: int, outcomes: dict[int, Outcome]) -> bool:
        """Look at an episode's asset; publish it if it is ready. True when it has ended."""
        episode = self.journal.record.episodes[number]
        assert episode.upload is not None  # noqa: S101 - it was brought
        try:
            asset = self.api.get(f"/studio/assets/{episode.upload.asset_id}")
            if not has_ended(asset):
                self.watcher.transcoding(number, asset)
                return False
            if asset["status"] == "ready" and self.goes_public:
                self._publish_episode(episode)
        except Refusal as refusal:
            self._settle(outcomes, number, refusal=refusal)
            return True
        self._settle(outcomes, number, asset=asset)
        return True

    def _publish_episode(self, episode: EpisodeRecord) -> None:
        upload, drama = episode.upload, self.journal.record.drama
        if upload is None or upload.is_published:
            return  # publishing again would undo a rollback that came after
        self.api.post(f"/studio/dramas/{drama.id}/episodes/{episode.id}/publish")
        with self.journal.step():
            upload.is_published = True
            drama.is_published = False

    def _settle(
        self,
        outcomes: dict[int, Outcome],
        number: int,
        *,
        asset: Json | None = None,
        refusal: Refusal | None = None,
    ) -> None:
        if isinstance(refusal, ApiProblem) and refusal.status == 403:
            raise SignedOut(refusal.sentence, advice=refusal.detail) from refusal
        record = self.journal.record
        if isinstance(refusal, ApiProblem) and refusal.code == "drama_not_found":
            raise Failure(
                f"The API has no drama {record.drama.id}.",
                advice="Delete .cliffhanger.json in the folder to begin anew.",
            ) from refusal
        outcomes[number] = Outcome(record.episodes[number], asset, refusal)
        if refusal and refusal.code == "invalid_payload" and outcomes[number].episode.id is None:
            with self.journal.step():
                del record.episodes[number]  # the next try may say it better
        self.watcher.settled(outcomes[number])

    def _publish_drama(self, outcomes: dict[int, Outcome]) -> None:
        drama = self.journal.record.drama
        has_public = any(one.state == "published" for one in outcomes.values())
        if not self.goes_public or drama.is_published or not has_public:
            return
        self.api.post(f"/studio/dramas/{drama.id}/publish")
        with self.journal.step():
            drama.is_published = True


def _pause(assets: int) -> float:
    """Return the seconds between two looks at an asset, so that many do not mean many calls."""
    return max(_SHORTEST_LOOK_SECONDS, assets / _LOOKS_A_SECOND)
