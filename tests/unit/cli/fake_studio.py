"""What a small API has in memory, with the storage beside it. It can be told to go wrong."""

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
PART = 1000
NO_VIDEO = b"This is not a video."
SILENT = b"silent"
UNLUCKY = b"unlucky"
_NOT_MEDIA = {"code": "not_media", "detail": "This file is not a video. Export it as MP4."}


@dataclass
class Fault:
    """What to answer instead, for so many requests that match `METHOD /path`."""

    request: str
    status: int
    times: int = 1
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)


class Refused(Exception):  # noqa: N818 - as the API's own are called
    def __init__(self, status: int, code: str, detail: str = "Because.", **members: Any) -> None:
        super().__init__(code)
        self.status = status
        self.document = {
            "type": f"urn:{code}",
            "title": f"Refused: {code}",
            "status": status,
            "detail": detail,
            "code": code,
            **members,
        }


class FakeStudio:
    """Everything that was made, every request, and the tokens that are good."""

    def __init__(self) -> None:
        self.url = ""
        self.storage_url = ""
        self.tokens = {"good-token"}
        self.refresh_tokens = {"refresh-me"}
        self.dramas: dict[str, Json] = {}
        self.episodes: dict[str, Json] = {}
        self.uploads: dict[str, Json] = {}
        self.assets: dict[str, Json] = {}
        self.captions: dict[tuple[str, str], Json] = {}
        self.faults: list[Fault] = []
        self.requests: list[str] = []
        self.sent: list[tuple[str, int]] = []
        self.keys: list[str] = []
        self.signature = 1
        self.on_request: Callable[[str], None] = lambda _: None
        self._results: dict[tuple[str, str], tuple[str, str]] = {}
        self._count = 0
        self.lock = threading.RLock()

    def forget(self) -> None:
        """Be as new, at the same address."""
        for store in (self.dramas, self.episodes, self.uploads, self.assets, self.sent):
            store.clear()

    def id(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}_{self._count:026d}"

    def fault(self, method: str, path: str) -> Fault | None:
        for fault in self.faults:
            if fault.times and re.fullmatch(fault.request, f"{method} {path}"):
                fault.times -= 1
                return fault
        return None

    def content(self, upload: Json) -> bytes:
        return b"".join(data for _, data in sorted(upload["data"].items()))

    def of_number(self, number: int) -> Json:
        (found,) = [one for one in self.episodes.values() if one["number"] == number]
        return found

    # One method an operation, found by `answer`.

    def once(self, operation: str, key: str, body: Json) -> str | None:
        said = json.dumps(body, sort_keys=True)
        made, before = self._results.get((operation, key), (None, said))
        if before != said:
            raise Refused(422, "idempotency_key_reused")
        return made

    def remember(self, operation: str, key: str, body: Json, made: str) -> None:
        self._results[operation, key] = (made, json.dumps(body, sort_keys=True))

    def create_drama(self, key: str, body: Json) -> tuple[int, Json]:
        if not re.fullmatch(r"[a-z]{2}(-[A-Z]{2})?", body["original_language"]):
            fault = {"pointer": "/original_language", "code": "bad", "detail": "Not a language"}
            raise Refused(422, "invalid_payload", errors=[fault])
        made = self.once("drama", key, body)
        if made is None:
            made = self.id("drm")
            self.dramas[made] = {"id": made, "synopsis": {}, "status": "draft"} | body
            self.remember("drama", key, body, made)
        return 201, self.dramas[made]

    def edit_drama(self, _: str, body: Json, drama_id: str) -> tuple[int, Json]:
        self.drama(drama_id).update(body)
        return 200, self.drama(drama_id)

    def see_drama(self, _: str, __: Json, drama_id: str) -> tuple[int, Json]:
        return 200, self.drama(drama_id)

    def drama(self, drama_id: str) -> Json:
        if drama_id not in self.dramas:
            raise Refused(404, "drama_not_found")
        return self.dramas[drama_id]

    def create_episode(self, key: str, body: Json, drama_id: str) -> tuple[int, Json]:
        self.drama(drama_id)
        made = self.once("episode", key, body)
        if made is None:
            for one in self.episodes.values():
                if (one["drama_id"], one["number"]) == (drama_id, body["number"]):
                    raise Refused(409, "episode_number_taken")
            made = self.id("ep")
            new = {"id": made, "drama_id": drama_id, "status": "draft", "generation": 0}
            self.episodes[made] = new | body
            self.remember("episode", key, body, made)
        return 201, self.episodes[made]

    def publish_episode(self, _: str, __: Json, drama_id: str, episode_id: str) -> tuple[int, Json]:
        self.episodes[episode_id]["status"] = "published"
        return 200, self.episodes[episode_id]

    def publish_drama(self, _: str, __: Json, drama_id: str) -> tuple[int, Json]:
        self.drama(drama_id)["status"] = "published"
        return 200, self.drama(drama_id)

    def roll_back(self, _: str, __: Json, episode_id: str) -> tuple[int, Json]:
        if episode_id not in self.episodes:
            raise Refused(404, "episode_not_found")
        self.episodes[episode_id]["generation"] -= 1
        return 200, self.episodes[episode_id]

    def start_upload(self, key: str, body: Json) -> tuple[int, Json]:
        if body["size"] > 1_000_000:
            raise Refused(413, "upload_too_large", "Encode it smaller.")
        made = self.once("upload", key, body)
        if made is None:
            made, asset = self.id("upl"), self.id("ast")
            self.uploads[made] = body | {
                "id": made,
                "asset_id": asset,
                "status": "open",
                "part_size": PART,
                "data": {},
            }
            self.assets[asset] = {
                "id": asset,
                "episode_id": body["episode_id"],
                "status": "awaiting_upload",
                "progress": 0,
                "error": None,
                "renditions": [],
                "source": {"duration_ms": None, "has_audio": None},
            }
            self.remember("upload", key, body, made)
        upload = self.uploads[made]
        started = {name: upload[name] for name in ("id", "asset_id", "part_size")}
        return 201, started | {"parts": self.signed(upload)}

    def signed(self, upload: Json, *, missing: bool = False) -> list[Json]:
        base = f"{self.storage_url}/{upload['id']}"
        return [
            {"number": number, "url": f"{base}/{number}?signature={self.signature}"}
            for number in range(1, -(-upload["size"] // PART) + 1)
            if not (missing and number in upload["data"])
        ]

    def open(self, upload_id: str) -> Json:
        upload = self.upload(upload_id)
        if upload["status"] != "open" or upload.get("expired"):
            raise Refused(409, "upload_closed")
        return upload

    def upload(self, upload_id: str) -> Json:
        if upload_id not in self.uploads:
            raise Refused(404, "upload_not_found")
        return self.uploads[upload_id]

    def see_upload(self, _: str, __: Json, upload_id: str) -> tuple[int, Json]:
        upload = self.upload(upload_id)
        received = [
            {"number": number, "etag": f'"{number}"', "size": len(data)}
            for number, data in sorted(upload["data"].items())
        ]
        seen = {name: value for name, value in upload.items() if name != "data"}
        return 200, seen | {"received": received if upload["status"] == "open" else []}

    def sign_parts(self, _: str, __: Json, upload_id: str) -> tuple[int, Json]:
        return 200, {"parts": self.signed(self.open(upload_id), missing=True)}

    def complete(self, _: str, body: Json, upload_id: str) -> tuple[int, Json]:
        upload = self.upload(upload_id)
        asset = self.assets[upload["asset_id"]]
        if upload["status"] != "completed":
            self.open(upload_id)
            if [one["number"] for one in body["parts"]] != sorted(upload["data"]):
                raise Refused(409, "parts_mismatch")
            if len(self.content(upload)) != upload["size"]:
                raise Refused(409, "parts_mismatch")
            upload["status"], asset["status"] = "completed", "uploaded"
        return 200, asset

    def abort(self, _: str, __: Json, upload_id: str) -> tuple[int, Json]:
        self.open(upload_id)["status"] = "aborted"
        return 204, {}

    def see_asset(self, _: str, __: Json, asset_id: str) -> tuple[int, Json]:
        if asset_id not in self.assets:
            raise Refused(404, "asset_not_found")
        asset = self.assets[asset_id]
        seen = json.loads(json.dumps(asset))
        self._move(asset)
        return 200, seen

    def _move(self, asset: Json) -> None:
        (upload,) = [one for one in self.uploads.values() if one["asset_id"] == asset["id"]]
        content = self.content(upload)
        if asset["status"] == "uploaded" and content.startswith(NO_VIDEO):
            asset |= {"status": "rejected", "error": _NOT_MEDIA}
        elif asset["status"] == "uploaded" and content.startswith(UNLUCKY):
            error = {"code": "internal", "detail": "The transcoder broke down."}
            asset |= {"status": "failed", "error": error}
        elif asset["status"] == "uploaded":
            asset |= {
                "status": "ready",
                "progress": 100,
                "renditions": [{"name": "720p"}, {"name": "360p"}],
                "source": {"duration_ms": 83_000, "has_audio": not content.startswith(SILENT)},
            }
            self.episodes[asset["episode_id"]]["generation"] += 1

    def put_captions(self, _: str, body: Json, asset_id: str, language: str) -> tuple[int, Json]:
        self.captions[asset_id, language] = body
        return 200, {}

    def see_shelf(self, _: str, __: Json, drama_id: str) -> tuple[int, Json]:
        drama = self.drama(drama_id)
        if drama["status"] != "published":
            raise Refused(404, "drama_not_found")
        return 200, drama | {"title": next(iter(drama["title"].values()))}

    def see_episodes(self, _: str, __: Json, drama_id: str) -> tuple[int, Json]:
        items = [
            one | {"title": "A title", "duration_seconds": 83.0, "access": "priced", "price": 60}
            for one in self.episodes.values()
            if one["drama_id"] == drama_id
        ]
        return 200, {"items": items, "next_cursor": None}
