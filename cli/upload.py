"""Uploads: which one a file belongs to, and when it is done. Nothing is sent twice."""

import threading
from pathlib import Path

from cli.api import Api, Json, new_key
from cli.errors import ApiProblem, Refusal
from cli.folder import CONTENT_TYPES, sha256
from cli.part import unreadable
from cli.sending import Sending, Told
from cli.state import EpisodeRecord, Journal, UploadRecord
from cli.transport import Transport

_ROUNDS = 4
_DEAD = {"upload_closed", "upload_not_found"}


class Uploader:
    """Brings files to the storage. Threads may share it, one episode each."""

    def __init__(
        self, api: Api, transport: Transport, journal: Journal, stop: threading.Event
    ) -> None:
        """Take what all uploads share. When `stop` is set they leave things as they stand."""
        self._api = api
        self._transport = transport
        self._journal = journal
        self._stop = stop

    def bring(self, episode: EpisodeRecord, file: Path, told: Told) -> None:
        """Have the file uploaded as the newest generation of its episode.

        What was uploaded before and has not changed since is not sent again, unless its
        transcoding failed or was canceled.

        Raises:
            Refusal: the API or the storage refuses, or the file changed or cannot be read.
            ConnectionLost, SignedOut: as `Api.get` says.
            Stopped: `stop` was set.
        """
        try:
            told(0, file.stat().st_size)
            upload, started = self._earlier(episode, file), None
            for _ in range(_ROUNDS):
                if upload is None:
                    upload, started = self._start(episode, file)
                if upload.is_sent or self._has_arrived(upload, file, told, started):
                    return
                upload = None
        except OSError as error:
            raise unreadable(error) from error
        raise Refusal("upload_closed", "The upload was closed", "Somebody closes it every time.")

    def _earlier(self, episode: EpisodeRecord, file: Path) -> UploadRecord | None:
        """Return the upload to go on with, or None if there has to be another."""
        upload = episode.upload
        if upload is None:
            return None
        if not self._is_same(upload, file):
            self._give_up(upload)
            return None
        try:
            if upload.id is None:  # a crash came before the answer
                self._open(episode, upload)
            if not upload.is_sent:
                return upload
            asset = self._api.get(f"/studio/assets/{upload.asset_id}")
        except ApiProblem as problem:
            if problem.code not in _DEAD | {"asset_not_found"}:
                raise
            return None
        return None if asset["status"] in {"failed", "canceled"} else upload

    def _is_same(self, upload: UploadRecord, file: Path) -> bool:
        found = file.stat()
        if found.st_size != upload.size or file.name != upload.filename:
            return False
        if found.st_mtime_ns != upload.mtime_ns:  # touched, or copied: its content decides
            if sha256(file) != upload.sha256:
                return False
            with self._journal.step():
                upload.mtime_ns = found.st_mtime_ns
        return True

    def _give_up(self, upload: UploadRecord) -> None:
        if upload.id is None or upload.is_sent:
            return
        try:
            self._api.delete(f"/studio/uploads/{upload.id}")
        except ApiProblem as problem:
            if problem.code not in _DEAD:
                raise

    def _start(self, episode: EpisodeRecord, file: Path) -> tuple[UploadRecord, Json]:
        found = file.stat()
        upload = UploadRecord(
            key=new_key(),
            filename=file.name,
            size=found.st_size,
            mtime_ns=found.st_mtime_ns,
            sha256=sha256(file),
        )
        with self._journal.step():
            episode.upload = upload
        return upload, self._open(episode, upload)

    def _open(self, episode: EpisodeRecord, upload: UploadRecord) -> Json:
        body = {
            "episode_id": episode.id,
            "filename": upload.filename,
            "size": upload.size,
            "content_type": CONTENT_TYPES[Path(upload.filename).suffix.lower()],
        }
        started = self._api.post("/studio/uploads", body, key=upload.key)
        with self._journal.step():
            upload.id, upload.asset_id = started["id"], started["asset_id"]
        return started

    def _has_arrived(
        self, upload: UploadRecord, file: Path, told: Told, started: Json | None
    ) -> bool:
        """Send what is missing and complete the upload; False if it is closed."""
        sending = Sending(self._api, self._transport, upload, file, told=told, stop=self._stop)
        try:
            if started:
                sending.send_all(started)
            for _ in range(_ROUNDS):
                seen = self._api.get(f"/studio/uploads/{upload.id}")
                if seen["status"] == "aborted":
                    return False
                if seen["status"] == "completed" or self._is_complete(sending, seen):
                    with self._journal.step():
                        upload.is_sent = True
                    return True
        except ApiProblem as problem:
            if problem.code not in _DEAD:
                raise
            return False
        raise Refusal("parts_mismatch", "The parts do not fit", "Parts of it get lost on the way.")

    def _is_complete(self, sending: Sending, seen: Json) -> bool:
        if sending.send_missing(seen):
            return False
        sending.check_unchanged()
        parts = [{"number": one["number"], "etag": one["etag"]} for one in seen["received"]]
        try:
            self._api.post(f"/studio/uploads/{seen['id']}/complete", {"parts": parts})
        except ApiProblem as problem:
            if problem.code != "parts_mismatch":
                raise
            return False
        return True
