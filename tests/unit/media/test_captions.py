"""Captions that come with the episode, or weeks later, in any number of languages."""

from typing import Any

import pytest

from cliffhanger import aws, dynamo
from functions.studio.handler import handler
from tests.unit.gateway import Answer, event, studio
from tests.unit.pipeline import Transcoder, arrived, asset, complete, deliver, told, upload

ROUTE = "/v1/studio/assets/{asset_id}/captions/{language}"
WORDS = "WEBVTT\n\n00:00.500 --> 00:02.000\nHello\n"


@pytest.fixture
def ready(transcoder: Transcoder, episode: Any) -> str:
    asset_id = upload(episode)
    deliver(arrived(asset_id))
    deliver(complete(transcoder.jobs[-1]))
    return asset_id


def caption(asset_id: str, language: str = "en", text: str = WORDS, kind: str = "vtt") -> Answer:
    path = {"asset_id": asset_id, "language": language}
    return studio(handler, f"PUT {ROUTE}", {"format": kind, "text": text}, path=path)


def file(episode: Any, name: str, generation: int = 1) -> str:
    key = f"media/{episode['drama_id']}/1/{generation}/{name}"
    return aws.s3().get_object(Bucket="media", Key=key)["Body"].read().decode()


def playing(episode: Any) -> dict[str, Any]:
    item = dynamo.get("content", dynamo.key(episode["drama_id"], "EP#0001"), consistent=True)
    assert item is not None
    return item


def test_late_captions_are_a_new_master_beside_the_old_one(episode: Any, ready: str) -> None:
    before = playing(episode)["master"]
    answer = caption(ready)
    assert (answer.status, answer.body["captions"][0]["name"]) == (200, "English")
    master = playing(episode)["master"]
    assert master != before == "index.m3u8"
    text = file(episode, master)
    assert 'TYPE=SUBTITLES,GROUP-ID="subs",LANGUAGE="en",NAME="English"' in text
    streams = [line for line in text.splitlines() if line.startswith("#EXT-X-STREAM-INF")]
    assert len(streams) == 2
    assert all('SUBTITLES="subs"' in line for line in streams)
    assert "SUBTITLES" not in file(episode, before), "who plays the old one goes on with it"
    words = answer.body["captions"][0]["file"]
    assert words in file(episode, words.replace(".vtt", ".m3u8"))
    assert file(episode, words).endswith("00:00:00.500 --> 00:00:02.000\nHello\n")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("text/vtt", WORDS),
        ("text/vtt; charset=utf-8", WORDS),
        ("application/x-subrip", "1\n00:00:01,000 --> 00:00:02,000\nOi"),
        ("text/srt", "1\n00:00:01,000 --> 00:00:02,000\nOi"),
    ],
)
@pytest.mark.parametrize("is_encoded", [False, True], ids=["as text", "as base64"])
def test_a_file_may_be_sent_as_it_is(ready: str, kind: str, text: str, is_encoded: bool) -> None:
    answer = captions_file(ready, kind, text.encode(), is_encoded=is_encoded)
    assert (answer.status, answer.body["captions"][0]["cues"]) == (200, 1)


def test_a_file_with_faults_or_in_another_encoding_is_told_so(ready: str) -> None:
    faulty = captions_file(ready, "text/vtt", b"1\n00:01 --> 00:02\nHi", is_encoded=False)
    assert (faulty.status, faulty.body["code"]) == (422, "captions_invalid")
    foreign = captions_file(ready, "text/vtt", b"WEBVTT\n\n\xff\xfe", is_encoded=True)
    assert (foreign.status, foreign.body["errors"][0]["pointer"]) == (422, "/text")


def captions_file(asset_id: str, kind: str, content: bytes, *, is_encoded: bool) -> Answer:
    path = {"asset_id": asset_id, "language": "en"}
    headers = {"content-type": kind}
    sent = event(f"PUT {ROUTE}", groups="[studio]", path=path, headers=headers, raw=content)
    if not is_encoded:
        sent |= {"body": content.decode(), "isBase64Encoded": False}
    answer = handler(sent, None)
    return Answer(answer["statusCode"], answer["headers"], answer["body"])


def test_languages_come_one_after_the_other_and_stay(episode: Any, ready: str) -> None:
    caption(ready, "pt-BR", "1\n00:00:01,000 --> 00:00:02,000\nOi", "srt")
    answer = caption(ready, "en")
    assert [one["language"] for one in answer.body["captions"]] == ["en", "pt-BR"]
    text = file(episode, playing(episode)["master"])
    assert text.count("TYPE=SUBTITLES") == 2
    assert text.count('SUBTITLES="subs"') == 2, "once for each variant"


def test_the_same_captions_again_change_nothing(episode: Any, ready: str) -> None:
    first = caption(ready).body["captions"]
    before = playing(episode)
    assert caption(ready).body["captions"] == first
    assert playing(episode) == before


def test_other_words_are_another_file(episode: Any, ready: str) -> None:
    first = caption(ready).body["captions"][0]["file"]
    second = caption(ready, text=WORDS.replace("Hello", "Hi")).body["captions"][0]["file"]
    assert first != second
    assert "Hello" in file(episode, first)
    assert "Hi" in file(episode, second)


def test_captions_that_came_before_the_end_are_there_when_it_is_ready(
    transcoder: Transcoder, episode: Any
) -> None:
    asset_id = upload(episode)
    assert caption(asset_id).status == 200
    deliver(arrived(asset_id))
    assert caption(asset_id, "es").status == 200
    deliver(complete(transcoder.jobs[-1]))
    assert file(episode, playing(episode)["master"]).count("TYPE=SUBTITLES") == 2


def test_captions_that_come_while_it_gets_ready_are_not_lost(
    transcoder: Transcoder, episode: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset_id = upload(episode)
    deliver(arrived(asset_id))
    write = dynamo.transact
    interrupted: list[bool] = []

    def in_between(*writes: dynamo.Write) -> None:
        if not interrupted:
            interrupted.append(True)
            assert caption(asset_id).status == 200
        write(*writes)

    monkeypatch.setattr(dynamo, "transact", in_between)
    assert deliver(complete(transcoder.jobs[-1])) == []
    assert asset(asset_id)["status"] == "ready"
    assert "TYPE=SUBTITLES" in file(episode, playing(episode)["master"])


def test_captions_of_a_generation_that_does_not_play_wait_for_their_turn(
    transcoder: Transcoder, episode: Any, ready: str
) -> None:
    newer = upload(episode)
    deliver(arrived(newer))
    deliver(complete(transcoder.jobs[-1]))
    before = playing(episode)
    assert caption(ready).status == 200
    assert playing(episode) == before
    path = {"episode_id": episode["id"]}
    studio(handler, "POST /v1/studio/episodes/{episode_id}/rollback", path=path)
    assert "TYPE=SUBTITLES" in file(episode, playing(episode)["master"])


def test_captions_can_be_taken_away(episode: Any, ready: str) -> None:
    caption(ready)
    path = {"asset_id": ready, "language": "en"}
    answer = studio(handler, f"DELETE {ROUTE}", path=path)
    assert (answer.status, answer.body["captions"]) == (200, [])
    assert playing(episode)["master"] == "index.m3u8"
    assert studio(handler, f"DELETE {ROUTE}", path=path).body["code"] == "captions_not_found"


def test_faults_are_told_with_their_lines_and_nothing_changes(episode: Any, ready: str) -> None:
    before = playing(episode)
    answer = caption(ready, text="WEBVTT\n\n00:02.000 --> 00:01.000\nHello")
    assert (answer.status, answer.body["code"]) == (422, "captions_invalid")
    assert answer.body["errors"][0]["detail"].startswith("Line 3: ")
    assert playing(episode) == before


@pytest.mark.parametrize("language", ["english", "../x", "EN", "e", "en_US"])
def test_what_is_no_language_is_refused(ready: str, language: str) -> None:
    answer = caption(ready, language)
    assert (answer.status, answer.body["code"]) == (422, "language_invalid")


def test_an_asset_that_will_not_play_takes_no_captions(
    transcoder: Transcoder, episode: Any
) -> None:
    asset_id = upload(episode)
    deliver(arrived(asset_id))
    deliver(told(transcoder.jobs[0], "ERROR", errorCode=1010))
    answer = caption(asset_id)
    assert (answer.status, answer.body["code"]) == (409, "asset_ended")


def test_an_asset_that_never_was_takes_none(stage: None) -> None:
    assert caption("ast_01JD0000000000000000000000").body["code"] == "asset_not_found"
