"""A folder becomes a drama on the shelf."""

import os
from collections import Counter
from pathlib import Path

import pytest

from cli import state
from tests.unit.cli.conftest import Person, Publish
from tests.unit.cli.fake_studio import NO_VIDEO, SILENT, UNLUCKY, FakeStudio, Fault

PUT = r"PUT /storage/\w+/\d+"


def shelf(studio: FakeStudio) -> dict[int, bytes]:
    """What viewers would see: the newest ready file of each published episode."""
    (drama,) = studio.dramas.values()
    assert drama["status"] == "published"
    return {
        studio.episodes[upload["episode_id"]]["number"]: studio.content(upload)
        for upload in studio.uploads.values()
        if studio.assets[upload["asset_id"]]["status"] == "ready"
        and studio.episodes[upload["episode_id"]]["status"] == "published"
    }


def files(folder: Path) -> dict[int, bytes]:
    return {int(one.stem[2:]): one.read_bytes() for one in folder.glob("ep*")}


def test_every_file_of_the_folder_becomes_an_episode(
    publishes: Publish, studio: FakeStudio, folder: Path
) -> None:
    run = publishes("--synopsis", "Nobody knew.", "--free", "2", "--price", "40")
    assert run.exit_code == 0, run.output
    assert shelf(studio) == files(folder)
    (drama,) = studio.dramas.values()
    assert drama["title"] == {"en": "The Heiress"}
    assert drama["synopsis"] == {"en": "Nobody knew."}
    assert (drama["free_episodes"], drama["episode_price"]) == (2, 40)
    assert studio.of_number(10)["title"] == {"en": "Episode 10"}
    assert [row.split()[:7] for row in run.stdout.splitlines() if " 2.5 kB " in row] == [
        [number, f"ep{number}.mp4", "2.5", "kB", "1:23", "720p", "360p"]
        for number in ("1", "2", "10")
    ]


def test_doing_it_again_does_nothing_again(publishes: Publish, studio: FakeStudio) -> None:
    assert publishes().exit_code == 0
    studio.requests.clear()
    assert publishes().exit_code == 0
    assert {request.split("/")[0] for request in studio.requests} == {"GET "}


def test_a_file_that_is_no_good_is_named_with_the_reason_and_what_to_do(
    publishes: Publish, studio: FakeStudio, folder: Path
) -> None:
    (folder / "ep2.mp4").write_bytes(NO_VIDEO)
    (folder / "ep10.mp4").write_bytes(SILENT)
    run = publishes()
    assert run.exit_code == 1
    assert set(shelf(studio)) == {1, 10}, "the good ones are not held up"
    assert "Episode 2, ep2.mp4: rejected (not_media)" in run.stdout
    assert "This file is not a video. Export it as MP4." in run.stdout
    assert "Put the mended file in the place of ep2.mp4, and publish again." in run.stdout
    assert "published, no sound" in run.stdout
    assert "Not published: episode 2." in run.stdout

    uploads = len(studio.uploads)
    assert publishes().exit_code == 1
    assert len(studio.uploads) == uploads, "the same file would be rejected again"

    (folder / "ep2.mp4").unlink()
    (folder / "ep2.mov").write_bytes(b"mended")
    assert publishes().exit_code == 0
    assert shelf(studio) == files(folder)
    assert len(studio.episodes) == 3


def test_a_transcoding_that_failed_is_tried_anew(
    publishes: Publish, studio: FakeStudio, folder: Path
) -> None:
    (folder / "ep2.mp4").write_bytes(UNLUCKY)
    run = publishes()
    assert run.exit_code == 1
    assert "failed (internal)" in run.stdout
    assert publishes().exit_code == 1
    assert len(studio.uploads) == 4


def test_a_changed_file_is_the_next_generation_and_a_touched_one_is_not(
    publishes: Publish, studio: FakeStudio, folder: Path
) -> None:
    assert publishes().exit_code == 0
    os.utime(folder / "ep1.mp4", (1, 1))
    (folder / "ep2.mp4").write_bytes(b"Y" * 2500)  # as long as before
    assert publishes().exit_code == 0
    assert shelf(studio) == files(folder)
    assert [studio.of_number(number)["generation"] for number in (1, 2, 10)] == [1, 2, 1]


def test_a_changed_file_takes_the_place_of_an_upload_that_was_not_finished(
    publishes: Publish, studio: FakeStudio, folder: Path
) -> None:
    studio.faults.append(Fault(r"POST /v1/studio/uploads/\w+/complete", 404, times=3))
    assert publishes().exit_code == 1
    (folder / "ep1.mp4").write_bytes(b"Y" * 2500)
    assert publishes().exit_code == 0
    assert shelf(studio) == files(folder)
    assert Counter(one["status"] for one in studio.uploads.values()) == {
        "completed": 3,
        "aborted": 1,
    }


@pytest.mark.parametrize("gone", ["expired", "aborted", "forgotten"])
def test_an_upload_that_has_closed_is_started_anew(
    publishes: Publish, studio: FakeStudio, folder: Path, gone: str
) -> None:
    studio.faults.append(Fault(r"POST /v1/studio/uploads/\w+/complete", 404, times=3))
    assert publishes().exit_code == 1
    for upload in list(studio.uploads.values()):
        if gone == "expired":
            upload["expired"] = True
        elif gone == "aborted":
            upload["status"] = "aborted"
        else:
            del studio.uploads[upload["id"]]
    assert publishes().exit_code == 0
    assert shelf(studio) == files(folder)


def test_urls_that_expire_on_the_way_are_signed_again(
    publishes: Publish, studio: FakeStudio, folder: Path
) -> None:
    expires_after = [1, 4]

    def expire(request: str) -> None:
        if request.startswith("PUT") and len(studio.sent) in expires_after:
            expires_after.remove(len(studio.sent))
            studio.signature += 1

    studio.on_request = expire
    run = publishes("--jobs", "1")
    assert run.exit_code == 0, run.output
    assert shelf(studio) == files(folder)
    assert any(request.endswith("/parts") for request in studio.requests)
    assert max(Counter(studio.sent).values()) == 1


def test_a_storage_that_refuses_for_good_is_told(
    publishes: Publish, studio: FakeStudio, folder: Path
) -> None:
    studio.faults.append(Fault(PUT, 403, times=10_000))
    run = publishes()
    assert run.exit_code == 1
    assert "refused (part_refused)" in run.stdout
    assert "Check that this machine's clock is right." in run.stdout


def test_a_storage_that_stumbles_gets_the_whole_part_again(
    publishes: Publish, studio: FakeStudio, folder: Path
) -> None:
    studio.faults.append(Fault(PUT, 503, times=4))
    assert publishes().exit_code == 0
    assert shelf(studio) == files(folder)


def test_parts_that_got_lost_are_sent_again(
    publishes: Publish, studio: FakeStudio, folder: Path
) -> None:
    def lose(request: str) -> None:
        if request.endswith("/complete") and not studio.requests.count(request):
            studio.uploads[request.split("/")[-2]]["data"].pop(2)

    studio.on_request = lose
    assert publishes().exit_code == 0
    assert shelf(studio) == files(folder)


def test_a_file_that_is_still_being_written_is_not_completed(
    publishes: Publish, studio: FakeStudio, folder: Path
) -> None:
    def export(request: str) -> None:
        if request.startswith("PUT"):
            with (folder / "ep2.mp4").open("ab") as file:
                file.write(b"more")

    studio.on_request = export
    run = publishes("--jobs", "1")
    assert run.exit_code == 1
    assert "Episode 2, ep2.mp4: refused (file_changed)" in run.stdout
    studio.on_request = lambda _: None
    assert publishes().exit_code == 0
    assert shelf(studio) == files(folder)


def test_an_episode_that_is_refused_does_not_hold_up_the_others(
    publishes: Publish, studio: FakeStudio, folder: Path
) -> None:
    (folder / "ep2.mp4").write_bytes(b"x" * 1_000_001)
    run = publishes()
    assert run.exit_code == 1
    assert "Episode 2, ep2.mp4: refused (upload_too_large)" in run.stdout
    assert "Encode it smaller." in run.stdout
    (folder / "ep2.mp4").write_bytes(b"smaller")
    assert publishes().exit_code == 0
    assert shelf(studio) == files(folder)


def test_nothing_is_public_until_it_is_meant_to_be(
    publishes: Publish, studio: FakeStudio, folder: Path
) -> None:
    run = publishes("--no-publish")
    assert run.exit_code == 0
    assert {one["status"] for one in studio.episodes.values()} == {"draft"}
    (drama,) = studio.dramas.values()
    assert drama["status"] == "draft"
    assert f"Viewers do not see drama {drama['id']} yet." in run.stdout
    assert publishes().exit_code == 0
    assert shelf(studio) == files(folder)


def test_publishing_again_does_not_undo_a_rollback(
    publishes: Publish, studio: FakeStudio, folder: Path
) -> None:
    assert publishes().exit_code == 0
    studio.requests.clear()
    (folder / "ep3.mp4").write_bytes(b"one more")
    assert publishes().exit_code == 0
    again = [request for request in studio.requests if request.endswith("/publish")]
    assert len(again) == 2, "the new episode and the drama"


def test_other_words_change_the_drama_and_leave_its_other_languages(
    publishes: Publish, person: Person, studio: FakeStudio, folder: Path
) -> None:
    assert publishes().exit_code == 0
    (drama,) = studio.dramas.values()
    drama["title"]["es"] = "La heredera"
    assert person.types("publish", folder, "--title", "The Heir", "--free", 9).exit_code == 0
    assert drama["title"] == {"en": "The Heir", "es": "La heredera"}
    assert (drama["free_episodes"], drama["episode_price"]) == (9, 60)


def test_episodes_can_go_to_a_drama_that_is_there(
    person: Person, studio: FakeStudio, folder: Path
) -> None:
    _, drama = studio.create_drama("k", {"original_language": "en", "title": {"en": "x"}})
    studio.create_episode("k", {"number": 2, "title": {"en": "x"}}, drama["id"])
    run = person.types("publish", folder, "--drama", drama["id"], "--language", "en")
    assert run.exit_code == 1
    assert "Episode 2, ep2.mp4: refused (episode_number_taken)" in run.stdout
    assert set(shelf(studio)) == {1, 10}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param((), "needs --language", id="nothing said"),
        pytest.param(("--language", "en"), "needs a --title", id="no title"),
        pytest.param(("--language", "english", "--title", "x"), "/original_language", id="422"),
        pytest.param(("--language", "en", "--drama", "drm_no"), "has no drama drm_no", id="404"),
    ],
)
def test_what_is_wrong_with_the_command_is_said_with_2(
    person: Person, studio: FakeStudio, folder: Path, words: tuple[str, ...], says: str
) -> None:
    run = person.types("publish", folder, *words)
    assert run.exit_code == 2
    assert says in run.stderr
    assert "Traceback" not in run.output
    if "--drama" not in words:
        assert person.types("publish", folder, "--language", "en", "--title", "x").exit_code == 0


def test_a_folder_does_not_go_to_two_places(
    publishes: Publish, person: Person, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert publishes().exit_code == 0
    monkeypatch.setenv("CLIFFHANGER_API", "https://other.example.com/v1")
    run = person.types("publish", folder)
    assert run.exit_code == 2
    assert "was published to" in run.stderr


def test_a_dry_run_says_the_numbers_and_asks_nobody(
    person: Person, studio: FakeStudio, folder: Path
) -> None:
    (folder / "trailer.mp4").write_bytes(b"x")
    run = person.types("publish", folder, "--dry-run")
    assert run.exit_code == 0
    assert [line.split() for line in run.stdout.splitlines()[:4]] == [
        ["1", "ep1.mp4"],
        ["2", "ep2.mp4"],
        ["3", "ep10.mp4"],
        ["4", "trailer.mp4"],
    ]
    assert "numbered in order" in run.stdout
    assert studio.requests == []
    assert not (folder / state.NAME).exists()
