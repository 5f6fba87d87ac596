"""Targets as an attacker would send them, byte for byte: nothing is decoded or tidied up."""

from collections.abc import Callable

import pytest

from tests.unit.edge.conftest import KID, Viewer
from tests.unit.edge.edge_process import Edge
from tests.unit.edge.fake_aws import FakeAws

# Each changes a good target. `{drama}` and `{token}` are those of the viewer.
TAMPERED = {
    "an encoded slash": ("/1/3/", "/1%2F3/"),
    "an encoded slash, lower case": ("/1/3/", "/1%2f3/"),
    "an encoded dot": ("segment_1.m4s", "segment_1%2em4s"),
    "an encoded letter": ("segment", "%73egment"),
    "an encoded slot": ("/1/3/", "/%31/3/"),
    "a twice encoded slash": ("/1/3/", "/1%252F3/"),
    "an overlong slash": ("/1/3/", "/1%c0%af3/"),
    "encoded dot segments": ("/1/3/", "/1/%2e%2e/12/3/"),
    "dot segments to a closed slot": ("/1/3/", "/1/../12/3/"),
    "dot segments at the end": ("segment_1.m4s", "../../12/3/segment_1.m4s"),
    "a dot segment": ("/1/3/", "/1/./3/"),
    "a segment of three dots": ("/1/3/", "/1/.../3/"),
    "a hidden file": ("segment_1.m4s", ".segment"),
    "a doubled slash": ("/1/3/", "/1//3/"),
    "a doubled slash before the drama": ("/drm_", "//drm_"),
    "a trailing slash": ("segment_1.m4s", "segment_1.m4s/"),
    "no file": ("/segment_1.m4s", ""),
    "a backslash": ("/1/3/", "/1\\3/"),
    "backslash dot segments": ("/1/3/", "/1\\..\\12/3/"),
    "a slot with a leading zero": ("/1/3/", "/01/3/"),
    "a negative slot": ("/1/3/", "/-1/3/"),
    "a slot with a plus": ("/1/3/", "/+1/3/"),
    "a slot with an exponent": ("/1/3/", "/1e0/3/"),
    "a hexadecimal slot": ("/1/3/", "/0x1/3/"),
    "a slot too large to be one": ("/1/3/", "/4294967297/3/"),
    "a null byte": ("segment_1.m4s", "segment_1.m4s%00.m3u8"),
    "path parameters": ("/1/3/", "/1;v=12/3/"),
    "a fragment": ("segment_1.m4s", "segment_1.m4s#x"),
    "a star": ("segment_1.m4s", "*"),
    "a question mark before the drama": ("/drm_", "?/drm_"),
    "a question mark before the file": ("/segment_1", "?/segment_1"),
    "no token": (".{token}", ""),
    "an empty token": ("{token}", ""),
    "no key id": (KID, ""),
    "a key id with a colon": (KID, f"key:{KID}"),
    "two tokens": ("{token}", "{token}.{token}"),
    "a padded token": ("{token}", "{token}=="),
    "a token cut in two": ("2D3RhEOh", "2D3R/hEOh"),
    "the token after the drama": ("{token}/{drama}", "{drama}/{token}"),
    "a very long token": ("{token}", "{token}" + "A" * 1_500),
    "a very long file": ("segment_1", "s" * 9_000),
    "very many segments": ("segment_1", "a/" * 20 + "segment_1"),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_a_target_that_is_not_plain_is_refused_at_the_edge(
    refused: Callable[..., str], viewer: Viewer, name: str
) -> None:
    token = viewer.token()
    old, new = (part.format(token=token, drama=viewer.drama_id) for part in TAMPERED[name])
    good = viewer.path(token)
    assert old in good
    code = refused(good.replace(old, new, 1).encode())
    assert code in {"path_invalid", "token_invalid"}


@pytest.mark.parametrize(
    "outside",
    ["/MEDIA/", "/Media/", "//media/", "/./media/", "/x/../media/", "/%6dedia/", "/media%2F"],
)
def test_another_spelling_of_the_media_path_reaches_no_object(
    edge: Edge, aws: FakeAws, viewer: Viewer, outside: str
) -> None:
    before = aws.origin_requests.total()
    answer = edge.ask(viewer.path(viewer.token()).replace("/media/", outside, 1))
    assert answer.status in {403, 404}
    assert aws.origin_requests.total() == before


def test_an_absolute_target_reaches_no_object(edge: Edge, aws: FakeAws, viewer: Viewer) -> None:
    before = aws.origin_requests.total()
    answer = edge.ask("http://edge.test" + viewer.path(viewer.token()))
    assert answer.status == 403
    assert aws.origin_requests.total() == before


@pytest.mark.parametrize(
    "query", ["?", "?a=1", "?slot=12", "?response-content-type=text/html&x", "?a=1&a=2"]
)
def test_a_query_neither_opens_nor_shuts_nor_reaches_the_bucket(
    edge: Edge, aws: FakeAws, viewer: Viewer, query: str
) -> None:
    token = viewer.token()
    assert edge.ask(viewer.path(token) + query).status == 200
    assert edge.ask(viewer.path(token, 12) + query).code == "slot_not_open"
    assert [key for key in aws.origin_requests if "?" in key] == []


def test_bytes_that_are_no_ascii_reach_no_object(edge: Edge, aws: FakeAws, viewer: Viewer) -> None:
    before = aws.origin_requests.total()
    good = viewer.path(viewer.token()).encode()
    for raw in (b"/\xd9\xa1/3/", b"/1\xc0\xaf3/", b"/1/3/\xff"):
        assert edge.ask(good.replace(b"/1/3/", raw)).status in {400, 403}
    assert aws.origin_requests.total() == before


def test_a_target_longer_than_any_header_is_refused(edge: Edge, aws: FakeAws) -> None:
    before = aws.origin_requests.total()
    assert edge.ask("/media/" + "a" * 40_000).status in {403, 414, 431}
    assert aws.origin_requests.total() == before
    assert edge.ask("/_edge/health").status == 200
