"""Who is signed in, where, and for how long."""

import base64
import json
import stat
import time
from pathlib import Path

import pytest

from cli.api import Api
from cli.errors import Failure, SignedOut
from cli.session import Session, SessionFile, address, current, expiry
from cli.transport import Transport
from tests.unit.cli.fake_studio import FakeStudio, Fault

URL = "https://api.example.com/v1"


@pytest.fixture
def kept(tmp_path: Path) -> SessionFile:
    return SessionFile.of("prod", {"XDG_CONFIG_HOME": str(tmp_path / "config")})


def test_a_session_is_for_its_owners_eyes(kept: SessionFile) -> None:
    session = Session(URL, "access", "refresh", 123)
    kept.save(session)
    assert kept.load() == session
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.path.parent.stat().st_mode) == 0o700
    assert "access" not in repr(session).replace("access_token", "")
    assert "refresh" not in repr(session).replace("refresh_token", "")


def test_the_environment_goes_first(kept: SessionFile) -> None:
    kept.save(Session(URL, "stored"))
    assert current(kept, {}).access_token == "stored"
    assert current(kept, {"CLIFFHANGER_TOKEN": "mine"}) == Session(URL, "mine")
    both = {"CLIFFHANGER_TOKEN": "mine", "CLIFFHANGER_API": "https://other.example.com/v1/"}
    assert current(kept, both) == Session("https://other.example.com/v1", "mine")


def test_a_stored_token_never_goes_to_another_address(kept: SessionFile) -> None:
    kept.save(Session(URL, "stored"))
    assert current(kept, {"CLIFFHANGER_API": URL}).access_token == "stored"
    with pytest.raises(Failure, match="another address"):
        current(kept, {"CLIFFHANGER_API": "https://other.example.com/v1"})


@pytest.mark.parametrize("environ", [{}, {"CLIFFHANGER_TOKEN": "t"}])
def test_without_a_session_it_says_how_to_get_one(
    kept: SessionFile, environ: dict[str, str]
) -> None:
    with pytest.raises(Failure, match=r"not signed in|CLIFFHANGER_API is not"):
        current(kept, environ)


def test_a_damaged_session_is_no_session(kept: SessionFile) -> None:
    kept.save(Session(URL, "stored"))
    kept.path.write_text("{")
    with pytest.raises(SignedOut):
        current(kept, {})


def test_addresses_are_made_whole_and_never_in_the_clear() -> None:
    assert address("https://api.example.com/") == URL
    assert address("http://127.0.0.1:8787/v1/") == "http://127.0.0.1:8787/v1"
    for wrong in ("http://api.example.com/v1", "api.example.com", "ftp://x", ""):
        with pytest.raises(Failure):
            address(wrong)
    with pytest.raises(Failure, match="no name"):
        SessionFile.of("../../etc/passwd", {})


def test_a_jwt_says_when_it_ends_and_anything_else_does_not() -> None:
    claims = base64.urlsafe_b64encode(json.dumps({"exp": 99}).encode()).decode().rstrip("=")
    assert expiry(f"head.{claims}.tail") == 99
    for other in ("", "opaque", "a.b.c", "a.W10.c"):
        assert expiry(other) is None


@pytest.mark.parametrize("session", ["ended by the clock", "ended early"])
def test_a_session_with_a_refresh_token_goes_on_by_itself(
    studio: FakeStudio, kept: SessionFile, session: str
) -> None:
    ends = int(time.time()) - 1 if session == "ended by the clock" else None
    old = Session(studio.url, "ended", "refresh-me", ends)
    api = Api(old, Transport(), keep=kept.save)
    assert api.post("/studio/dramas", {"original_language": "en"})["id"].startswith("drm_")
    fresh = kept.load()
    assert fresh
    assert fresh.access_token in studio.tokens
    assert fresh.refresh_token == "refresh-me"
    assert fresh.expires_at
    assert fresh.expires_at > time.time()
    assert len(studio.dramas) == 1


@pytest.mark.parametrize("refresh_token", [None, "revoked"])
def test_a_session_that_cannot_go_on_says_so(studio: FakeStudio, refresh_token: str | None) -> None:
    with pytest.raises(SignedOut, match="has ended"):
        Api(Session(studio.url, "ended", refresh_token), Transport()).get("/studio/assets/x")


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_passes_by_itself_is_tried_again_with_the_same_key(
    studio: FakeStudio, status: int
) -> None:
    fault = Fault("POST /v1/studio/dramas", status, times=3, headers={"Retry-After": "0"})
    studio.faults.append(fault)
    Api(Session(studio.url, "good-token"), Transport()).post(
        "/studio/dramas", {"original_language": "en"}
    )
    assert studio.requests.count("POST /v1/studio/dramas") == 4
    assert len(set(studio.keys)) == 1


def test_a_proxy_is_used_and_never_for_this_machine(
    studio: FakeStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("http_proxy", studio.url.removesuffix("/v1"))
    send = Transport().send
    assert send("GET", f"{studio.url}/dramas/x", headers={}).status == 401
    assert send("GET", "http://api.example.invalid/v1/x", headers={}).status == 401
    assert studio.requests[-1] == "GET http://api.example.invalid/v1/x"
