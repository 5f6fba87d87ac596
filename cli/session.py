"""Sessions: one file a profile in the user's config folder, which its owner alone can read."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from cli import atomic
from cli.errors import Failure, SignedOut
from cli.transport import LOOPBACK

_SPARE_SECONDS = 60


@dataclass(frozen=True)
class Session:
    """Who the studio user is, and where. Its tokens do not show in its repr.

    `expires_at` is in seconds since 1970, UTC; None where the token does not tell.
    """

    api_url: str
    access_token: str = field(repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    expires_at: int | None = None

    def is_stale(self, now: float) -> bool:
        """Whether the access token has ended or is about to."""
        return self.expires_at is not None and now > self.expires_at - _SPARE_SECONDS


@dataclass(frozen=True)
class SessionFile:
    """Where a profile keeps its session."""

    path: Path

    @classmethod
    def of(cls, profile: str, environ: Mapping[str, str]) -> "SessionFile":
        """Find a profile's file in the config folder (XDG Base Directory Specification).

        Raises:
            Failure: the name is not one for a file.
        """
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", profile):
            raise Failure(
                f"{profile!r} is no name for a profile.", advice="Take letters, digits, - and _."
            )
        base = environ.get("XDG_CONFIG_HOME") or ""
        config = Path(base) if Path(base).is_absolute() else Path.home() / ".config"
        return cls(config / "cliffhanger" / f"{profile}.json")

    def load(self) -> Session | None:
        """Return the session, or None if there is none that can be read."""
        try:
            return Session(**json.loads(self.path.read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def save(self, session: Session) -> None:
        """Keep a session, in place of an earlier one."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        atomic.write(self.path, json.dumps(asdict(session), indent=2), mode=0o600)


def current(kept: SessionFile, environ: Mapping[str, str]) -> Session:
    """Return the session to use: that of the environment, or else that of the profile.

    CLIFFHANGER_TOKEN and CLIFFHANGER_API go before what the profile says. A token is never sent
    to another address than the one that it was stored with.

    Raises:
        SignedOut: there is none.
        Failure: the environment names an address that the token does not belong to.
    """
    token, api = environ.get("CLIFFHANGER_TOKEN"), environ.get("CLIFFHANGER_API")
    stored = kept.load()
    if token:
        if not (api or stored):
            raise Failure("CLIFFHANGER_TOKEN is set, but CLIFFHANGER_API is not.")
        url = address(api) if api else (stored.api_url if stored else "")
        return Session(url, token, expires_at=expiry(token))
    if stored is None:
        raise SignedOut(
            "You are not signed in.",
            advice="Sign in with `cliffhanger login --api URL`, or `--local` for the local cloud.",
        )
    if api and address(api) != stored.api_url:
        raise Failure(
            "CLIFFHANGER_API names another address than this profile was signed in at.",
            advice="Set CLIFFHANGER_TOKEN as well, or sign in there under another --profile.",
        )
    return stored


def address(url: str) -> str:
    """Return the address of an API as we keep it: with its version, without a slash at the end.

    Raises:
        Failure: it is none, or tokens would travel in the clear.
    """
    parts = urlsplit(url.strip().rstrip("/"))
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Failure(
            f"{url!r} is no address of an API.", advice="It looks like https://api.example.com/v1."
        )
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise Failure("The API address must begin with https://, or anyone could read the token.")
    return parts._replace(path=parts.path or "/v1", query="", fragment="").geturl()


def expiry(access_token: str) -> int | None:
    """Return when a JWT says that it ends, unverified, or None if it does not say."""
    try:
        claims = access_token.split(".")[1]
        found = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
        return int(found["exp"])
    except (IndexError, KeyError, TypeError, ValueError, binascii.Error):
        return None
