"""What a person types, and what they see. A token is never among it."""

import logging
import stat
from pathlib import Path

import pytest
from typer.testing import Result

from cli import state
from tests.unit.cli.conftest import NEW, Person, Publish
from tests.unit.cli.fake_studio import NO_VIDEO, FakeStudio, Fault

DEAD = "http://127.0.0.1:1/v1"
SECRETS = ("good-token", "fresh-token", "refresh-me", "stolen", "signature=")


@pytest.fixture
def stranger(monkeypatch: pytest.MonkeyPatch) -> Person:
    """Someone who is not signed in."""
    return Person()


def said(run: Result) -> str:
    assert "Traceback" not in run.output
    assert run.exception is None or isinstance(run.exception, SystemExit), run.exception
    return run.output


def test_a_refresh_token_opens_a_session_that_other_commands_use(
    stranger: Person, studio: FakeStudio, folder: Path, tmp_path: Path
) -> None:
    signed = stranger.types("login", "--api", studio.url, "--refresh-token", "refresh-me")
    assert signed.exit_code == 0, signed.output
    assert "It renews itself." in signed.stdout
    kept = tmp_path / "config" / "cliffhanger" / "default.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stranger.types("publish", folder, *NEW).exit_code == 0


@pytest.mark.parametrize(
    ("words", "reads"),
    [(["--token", "-"], "good-token\n"), (["--refresh-token", "-"], "refresh-me\n"), ([], "x\n")],
)
def test_tokens_can_stay_out_of_the_shells_history(
    stranger: Person, studio: FakeStudio, words: list[str], reads: str
) -> None:
    studio.refresh_tokens.add("x")
    run = stranger.types("login", "--api", studio.url, *words, reads=reads)
    assert run.exit_code == 0, run.output
    assert not [secret for secret in SECRETS if secret in run.output]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--token", "stolen"], "has ended"),
        (["--refresh-token", "stolen"], "has ended"),
        (["--api", "http://api.example.com", "--token", "stolen"], "must begin with https://"),
        (["--api", DEAD, "--token", "stolen"], "it refuses the connection"),
        (["--profile", "../x", "--token", "stolen"], "no name for a profile"),
        (["--local", "--local-state", "/nowhere"], "The local cloud is not running"),
    ],
)
def test_a_login_that_fails_keeps_nothing_and_says_why(
    stranger: Person, studio: FakeStudio, tmp_path: Path, words: list[str], says: str
) -> None:
    run = stranger.types("login", "--api", studio.url, *words)
    assert run.exit_code == 2
    assert says in said(run)
    assert not (tmp_path / "config").exists()


def test_a_viewers_token_is_turned_away_at_the_door(stranger: Person, studio: FakeStudio) -> None:
    problem = {"code": "forbidden", "title": "Not allowed", "detail": "Only the studio."}
    studio.faults.append(Fault(r"GET /v1/studio/assets/\w+", 403, body=problem))
    run = stranger.types("login", "--api", studio.url, "--token", "good-token")
    assert run.exit_code == 2
    assert "not one of the studio" in run.stderr


def test_status_shows_how_each_episode_stands(
    publishes: Publish, person: Person, studio: FakeStudio, folder: Path
) -> None:
    (folder / "ep2.mp4").write_bytes(NO_VIDEO)
    publishes()
    studio.assets[studio.uploads[last(folder, 10)]["asset_id"]] |= {
        "status": "transcoding",
        "progress": 40,
    }
    run = person.types("status", folder)
    assert run.exit_code == 1
    assert "transcoding 40%" in run.stdout
    assert "rejected (not_media)" in run.stdout
    assert studio.of_number(1)["id"] in run.stdout


def last(folder: Path, number: int) -> str:
    upload = state.episode(folder, str(number)).upload
    assert upload
    assert upload.id
    return upload.id


def test_status_of_a_drama_is_what_viewers_see(
    publishes: Publish, person: Person, studio: FakeStudio
) -> None:
    assert publishes().exit_code == 0
    (drama,) = studio.dramas
    run = person.types("status", "--drama", drama)
    assert run.exit_code == 0
    assert "The Heiress" in run.stdout
    assert "1:23" in run.stdout


def test_an_episode_rolls_back_by_its_number_or_its_id(
    publishes: Publish, person: Person, studio: FakeStudio, folder: Path
) -> None:
    publishes()
    episode = studio.of_number(2)
    episode["generation"] = 3
    run = person.types("rollback", "2", "--folder", folder)
    assert run.exit_code == 0
    assert "Episode 2 plays generation 2 again" in run.stdout
    assert person.types("rollback", episode["id"]).exit_code == 0
    assert episode["generation"] == 1
    assert person.types("rollback", "77", "--folder", folder).exit_code == 2


@pytest.mark.parametrize("kind", ["vtt", "srt"])
def test_captions_go_to_the_newest_asset_of_an_episode(
    publishes: Publish, person: Person, studio: FakeStudio, folder: Path, tmp_path: Path, kind: str
) -> None:
    publishes()
    file = tmp_path / f"ep2.{kind}"
    file.write_text("\ufeffWEBVTT\n\n¿Quién?", encoding="utf-8")
    run = person.types("captions", "add", 2, file, "--language", "es", "--folder", folder)
    assert run.exit_code == 0, run.output
    asset = studio.uploads[last(folder, 2)]["asset_id"]
    body = {"format": kind, "text": "WEBVTT\n\n¿Quién?"}
    assert studio.captions == {(asset, "es"): body}
    run = person.types("captions", "add", 2, file, "--language", "pt-BR", "--asset", "ast_1")
    assert run.exit_code == 0, run.output
    assert studio.captions["ast_1", "pt-BR"] == body


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("ep2.txt", b"x", "is not a caption file"),
        ("ep2.srt", "¿Quién?".encode("cp1252"), "is not in UTF-8"),
        ("none.srt", None, "cannot be read"),
    ],
)
def test_captions_that_cannot_be_read_are_told(
    person: Person, tmp_path: Path, name: str, content: bytes | None, says: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    run = person.types(
        *("captions", "add", 2, tmp_path / name), *("--language", "es", "--asset", "ast_1")
    )
    assert run.exit_code == 2
    assert says in said(run)


def test_problems_are_told_with_every_fault(
    person: Person, studio: FakeStudio, folder: Path
) -> None:
    problem = {
        "code": "invalid_payload",
        "title": "The payload is not valid",
        "detail": "Mend the values named in errors.",
        "errors": [{"pointer": "/language", "code": "x", "detail": "Not a language"}],
    }
    studio.faults.append(Fault(r"PUT .*captions.*", 422, body=problem))
    file = folder / "x.vtt"
    file.write_text("WEBVTT")
    run = person.types("captions", "add", 1, file, "--language", "!", "--asset", "ast_1")
    assert run.exit_code == 2
    for words in ("The payload is not valid", "Mend the values", "/language: Not a language"):
        assert words in run.stderr


@pytest.mark.parametrize("body", [None, "<html>", ["x"], {"message": "Forbidden"}])
def test_an_answer_that_is_not_the_apis_is_told_too(
    person: Person, studio: FakeStudio, body: object
) -> None:
    studio.faults.append(Fault(r"POST .*rollback", 418, body=body))
    run = person.types("rollback", "ep_1")
    assert run.exit_code == 2
    assert "The API answered with status 418" in said(run)


def test_no_token_and_no_signature_is_ever_shown(
    publishes: Publish,
    person: Person,
    stranger: Person,
    studio: FakeStudio,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    real, studio.storage_url = studio.storage_url, "http://127.0.0.1:1/storage"
    shown = [publishes().output]
    assert "127.0.0.1:1 cannot be reached: it refuses the connection." in shown[0]
    studio.storage_url = real
    studio.faults.append(Fault(r"PUT /storage/\w+/\d+", 403, times=20))
    shown += [publishes().output, publishes().output, person.types("status", folder).output]
    monkeypatch.setenv("CLIFFHANGER_TOKEN", "stolen")
    shown += [person.types("status", folder).output, person.types("rollback", "ep_1").output]
    shown += [
        person.types("login", "--api", studio.url, "--refresh-token", "refresh-me").output,
        person.types("login", "--api", studio.url, "--token", "stolen").output,
    ]
    assert all(shown)
    # urllib3 warns of retries with the URL in it; the command has no handler that would show it.
    for output in shown:
        assert not [secret for secret in SECRETS if secret in output]
    kept = (folder / state.NAME).read_text()
    assert not [secret for secret in SECRETS if secret in kept]
