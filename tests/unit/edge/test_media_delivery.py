"""What a player gets once the gate has opened: bytes, ranges, types, and one shared cache."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.unit.edge.conftest import SEGMENT, Viewer, new_id
from tests.unit.edge.edge_process import Edge, running_edge
from tests.unit.edge.fake_aws import FakeAws


def test_all_viewers_share_one_cache_entry(edge: Edge, aws: FakeAws, viewer: Viewer) -> None:
    other = Viewer(drama_id=viewer.drama_id)
    first = edge.ask(viewer.path(viewer.token()))
    second = edge.ask(other.path(other.token()) + "?viewer=other")
    assert first.headers["x-cache"] == "Miss from cloudfront"
    assert second.headers["x-cache"] == "Hit from cloudfront"
    assert first.body == second.body == SEGMENT
    assert aws.origin_requests[f"media/{viewer.drama_id}/1/3/segment_1.m4s"] == 1


def test_a_premiere_asks_the_bucket_once(edge: Edge, aws: FakeAws, viewer: Viewer) -> None:
    viewers = [Viewer(drama_id=viewer.drama_id) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda one: edge.ask(one.path(one.token())), viewers))
    assert {answer.body for answer in answers} == {SEGMENT}
    assert aws.origin_requests[f"media/{viewer.drama_id}/1/3/segment_1.m4s"] == 1


@pytest.mark.parametrize("when", ["on a miss", "on a hit"])
@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-99", 0, 99),
        ("bytes=100-", 100, 10_239),
        ("bytes=-5", 10_235, 10_239),
        ("bytes=5-99999", 5, 10_239),
    ],
)
def test_a_range_is_answered_with_its_bytes(
    edge: Edge, viewer: Viewer, asked: str, first: int, last: int, when: str
) -> None:
    target = viewer.path(viewer.token())
    if when == "on a hit":
        edge.ask(target)
    answer = edge.ask(target, range=asked)
    assert answer.status == 206
    assert answer.body == SEGMENT[first : last + 1]
    assert answer.headers["content-range"] == f"bytes {first}-{last}/10240"
    assert answer.headers["content-length"] == str(last - first + 1)


def test_a_range_beyond_the_end_is_416(edge: Edge, viewer: Viewer) -> None:
    answer = edge.ask(viewer.path(viewer.token()), range="bytes=10240-")
    assert (answer.status, answer.headers["content-range"]) == (416, "bytes */10240")


@pytest.mark.parametrize(
    "asked", ["bytes=0-1,5-9", "bytes=9-5", "items=0-1", "bytes=x-y", "bytes=-"]
)
def test_a_range_that_cannot_be_served_gives_the_whole(
    edge: Edge, viewer: Viewer, asked: str
) -> None:
    answer = edge.ask(viewer.path(viewer.token()), range=asked)
    assert (answer.status, answer.body) == (200, SEGMENT)


def test_a_copy_that_is_still_right_is_not_sent_again(edge: Edge, viewer: Viewer) -> None:
    target = viewer.path(viewer.token())
    etag = edge.ask(target).headers["etag"]
    again = edge.ask(target, if_none_match=f'"other", W/{etag}')
    assert (again.status, again.body) == (304, b"")
    assert edge.ask(target, if_none_match='"other"').status == 200
    assert edge.ask(target, range="bytes=0-9", if_range=etag).status == 206
    assert edge.ask(target, range="bytes=0-9", if_range='"other"').status == 200


def test_head_tells_the_size_and_sends_nothing(edge: Edge, viewer: Viewer) -> None:
    answer = edge.ask(viewer.path(viewer.token()), "HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["content-length"] == "10240"


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("main.m3u8", "application/vnd.apple.mpegurl"),
        ("video_1.mp4", "video/mp4"),
        ("en.vtt", "text/vtt"),
        ("poster.jpg", "image/jpeg"),
    ],
)
def test_a_web_player_can_read_and_keep_what_it_gets(
    edge: Edge, aws: FakeAws, viewer: Viewer, name: str, content_type: str
) -> None:
    aws.objects[f"media/{viewer.drama_id}/1/3/video/{name}"] = b"data"
    answer = edge.ask(viewer.path(viewer.token(), 1, f"video/{name}"), origin="https://app.example")
    assert answer.headers["content-type"] == content_type
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "content-range" in answer.headers["access-control-expose-headers"]
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_an_object_that_is_not_there_is_403_as_behind_oac(edge: Edge, viewer: Viewer) -> None:
    answer = edge.ask(viewer.path(viewer.token(), 1, "missing.m4s"))
    assert answer.status == 403
    assert b"AccessDenied" in answer.body
    assert answer.headers["x-cache"] == "Error from cloudfront"


def test_what_was_missing_is_found_once_it_is_there(
    edge: Edge, aws: FakeAws, viewer: Viewer
) -> None:
    target = viewer.path(viewer.token(), 1, "late.vtt")
    assert edge.ask(target).status == 403
    aws.objects[f"media/{viewer.drama_id}/1/3/late.vtt"] = b"WEBVTT"
    assert edge.ask(target).body == b"WEBVTT"


def test_a_large_object_is_streamed_with_its_ranges(
    edge: Edge, aws: FakeAws, viewer: Viewer
) -> None:
    large = SEGMENT * 900
    aws.objects[f"media/{viewer.drama_id}/1/3/source.mp4"] = large
    target = viewer.path(viewer.token(), 1, "source.mp4")
    assert edge.ask(target).body == large
    part = edge.ask(target, range="bytes=9000000-9000099")
    assert (part.status, part.body) == (206, large[9_000_000:9_000_100])


def test_every_read_of_the_origin_is_signed(edge: Edge, aws: FakeAws, viewer: Viewer) -> None:
    assert edge.ask(viewer.path(viewer.token())).status == 200
    assert aws.unsigned == []


@pytest.mark.parametrize("form", ["text", "hex", "base64", "base64url"])
def test_a_revoked_session_is_found_however_cloudfront_gives_byte_strings(
    aws: FakeAws, tmp_path: Path, form: str
) -> None:
    gone, watching = Viewer(), Viewer(new_id("ses"))
    aws.keys[f"revoked:{gone.session_id}"] = "1893456000"
    aws.objects[f"media/{watching.drama_id}/1/3/segment_1.m4s"] = SEGMENT
    with running_edge(aws.url, tmp_path, byte_strings=form) as edge:
        assert edge.ask(gone.path(gone.token())).code == "revoked"
        assert edge.ask(watching.path(watching.token())).status == 200
