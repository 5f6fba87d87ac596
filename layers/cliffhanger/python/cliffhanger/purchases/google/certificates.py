"""The certificates of Google's keys, kept for as long as Google says."""

import json
import re
import time
import urllib.request
from collections.abc import Mapping

from cliffhanger.log import logger
from cliffhanger.purchases.errors import StoreUnavailable

_DEFAULT_SECONDS = 3600
_ASK_AGAIN_SECONDS = 60
"""How soon an unknown key may make us ask again, so that forged tokens cannot make us busy."""
_TIMEOUT_SECONDS = 3
_cache: dict[str, tuple[float, float, Mapping[str, str]]] = {}


def certificates(url: str, key_id: str) -> Mapping[str, str]:
    """Return certificates in PEM by key id, fresh enough to know a key that was rotated in.

    Args:
        url: where they stand, as one JSON object.
        key_id: the key that is looked for. It may be missing from the answer all the same.

    Raises:
        StoreUnavailable: they cannot be had now.
    """
    now, kept = time.monotonic(), _cache.get(url)
    if kept:
        asked_at, good_until, found = kept
        if now < good_until and (key_id in found or now < asked_at + _ASK_AGAIN_SECONDS):
            return found
    found, seconds = _asked(url)
    _cache[url] = (now, now + seconds, found)
    return found


def _asked(url: str) -> tuple[Mapping[str, str], int]:
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 - ours
            found: Mapping[str, str] = json.load(answer)
            age = re.search(r"max-age=(\d+)", answer.headers.get("Cache-Control", ""))
    except (OSError, ValueError) as error:
        logger().warning("google's certificates cannot be had", reason=type(error).__name__)
        raise StoreUnavailable from error
    return found, int(age[1]) if age else _DEFAULT_SECONDS
