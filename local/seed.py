"""The demo drama and its shop, published through the public API as a studio would."""

import json
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from local import demo_captions
from local.aws import sign_in
from local.demo_captions import LANGUAGES
from local.demo_clips import make_clip
from local.demo_products import PRODUCTS
from local.processes import LocalError

EPISODES = 6
FREE = 5
_READY_SECONDS = 300

_TITLE = {"en": "The Heiress Next Door", "es": "La heredera de al lado"}
_SYNOPSIS = {
    "en": "She came home as the new maid. Nobody knew that the house was hers.",
    "es": "Volvió como la nueva criada. Nadie sabía que la casa era suya.",
}
_EPISODES = (
    {"en": "The Wrong Door", "es": "La puerta equivocada"},
    {"en": "A Name on the Deed", "es": "Un nombre en la escritura"},
    {"en": "Dinner for Enemies", "es": "Cena para enemigos"},
    {"en": "The Letter", "es": "La carta"},
    {"en": "Say It Again", "es": "Dilo otra vez"},
    {"en": "The Cliff", "es": "El precipicio"},
)


class _Studio:
    """A studio user's calls."""

    def __init__(self, endpoints: dict[str, Any]) -> None:
        self._api = endpoints["api_url"]
        self._token = sign_in(endpoints, group="studio").access_token

    def call(
        self, method: str, path: str, body: object = None, *, key: str | None = None
    ) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        request = urllib.request.Request(
            self._api + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers=headers,
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                found: dict[str, Any] = json.load(answer)
                return found
        except urllib.error.HTTPError as error:
            said = error.read().decode(errors="replace")
            raise LocalError(f"{method} {path} was answered {error.code}: {said}") from error


def seed(endpoints: dict[str, Any], mark: Path, progress: Callable[[str], None]) -> None:
    """Publish the demo drama and the products of its shop, unless this local cloud has them.

    Args:
        endpoints: where everything is.
        mark: the file that says what is there.
        progress: told each step.

    Raises:
        LocalError: a call was refused, or an episode did not get ready.
    """
    pool = endpoints["user_pool_id"]  # a fresh deployment has another, and no drama
    known = json.loads(mark.read_text()) if mark.exists() else {}
    if known.get("user_pool_id") == pool and known.get("products") == PRODUCTS:
        progress("is there already")
        return
    studio = _Studio(endpoints)
    for slug, product in PRODUCTS.items():
        studio.call("PUT", f"/studio/products/{slug}", product)
    drama_id = known.get("drama_id") if known.get("user_pool_id") == pool else None
    drama_id = drama_id or _drama(studio, pool, progress)
    told = {"user_pool_id": pool, "drama_id": drama_id, "products": PRODUCTS}
    mark.write_text(json.dumps(told))


def _drama(studio: _Studio, pool: str, progress: Callable[[str], None]) -> str:
    drama = studio.call(
        "POST",
        "/studio/dramas",
        {
            "title": _TITLE,
            "synopsis": _SYNOPSIS,
            "original_language": "en",
            "free_episodes": FREE,
            "episode_price": 60,
        },
        key=f"demo-{pool}",
    )
    assets = {}
    for number, title in enumerate(_EPISODES, start=1):
        progress(f"making and uploading episode {number} of {EPISODES}")
        body = {"number": number, "title": title}
        path = f"/studio/dramas/{drama['id']}/episodes"
        episode = studio.call("POST", path, body, key=f"demo-{pool}-{number}")
        with tempfile.TemporaryDirectory() as scratch:
            clip = Path(scratch) / f"episode-{number:02d}.mp4"
            make_clip(clip, number=number)
            assets[number] = _upload(studio, episode["id"], clip, key=f"demo-{pool}-{number}")
        for language in LANGUAGES:
            captions = {"format": "vtt", "text": demo_captions.captions(number, language)}
            studio.call("PUT", f"/studio/assets/{assets[number]}/captions/{language}", captions)
        studio.call("POST", f"{path}/{episode['id']}/publish")
    _wait(studio, assets, progress)
    studio.call("POST", f"/studio/dramas/{drama['id']}/publish")
    return str(drama["id"])


def _upload(studio: _Studio, episode_id: str, clip: Path, *, key: str) -> str:
    data = clip.read_bytes()
    body = {
        "episode_id": episode_id,
        "filename": clip.name,
        "size": len(data),
        "content_type": "video/mp4",
    }
    upload = studio.call("POST", "/studio/uploads", body, key=key)
    parts = []
    for part in upload["parts"]:
        start = (part["number"] - 1) * upload["part_size"]
        request = urllib.request.Request(
            part["url"], method="PUT", data=data[start : start + upload["part_size"]]
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            parts.append({"number": part["number"], "etag": answer.headers["ETag"]})
    studio.call("POST", f"/studio/uploads/{upload['id']}/complete", {"parts": parts})
    return str(upload["asset_id"])


def _wait(studio: _Studio, assets: dict[int, str], progress: Callable[[str], None]) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    waiting = dict(assets)
    while waiting:
        for number, asset_id in sorted(waiting.items()):
            asset = studio.call("GET", f"/studio/assets/{asset_id}")
            if asset["status"] == "ready":
                del waiting[number]
            elif asset["status"] in {"rejected", "failed", "canceled"}:
                raise LocalError(f"Episode {number} is {asset['status']}: {asset['error']}")
        progress(f"transcoding, {len(assets) - len(waiting)} of {len(assets)} episodes are ready")
        if time.monotonic() > deadline:
            raise LocalError(
                f"After {_READY_SECONDS} s episodes {sorted(waiting)} are not ready. Look into"
                " .local/logs/mediaconvert.log and aws.log."
            )
        time.sleep(0.5)
