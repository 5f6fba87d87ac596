"""Who gets through the gate, and who no longer does."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.unit.edge.conftest import KEY, KID, SEGMENT, Viewer, base64url, new_id, signed
from tests.unit.edge.edge_process import Answer, Edge
from tests.unit.edge.fake_aws import FakeAws

HOUR = timedelta(hours=1)


def test_a_minted_token_opens_every_slot_of_its_grant(edge: Edge, viewer: Viewer) -> None:
    token = viewer.token(slots=[1, 7, 8, 9])
    played = [slot for slot in range(13) if edge.ask(viewer.path(token, slot)).status == 200]
    assert played == [1, 7, 8, 9]
    assert edge.ask(viewer.path(token, 8)).body == SEGMENT


def test_slot_zero_is_a_slot_like_any_other(edge: Edge, viewer: Viewer) -> None:
    assert edge.ask(viewer.path(viewer.token(slots=[0]), 0)).status == 200
    assert edge.ask(viewer.path(viewer.token(slots=[1]), 0)).code == "slot_not_open"


def test_a_token_of_a_thousand_slots_passes(edge: Edge, viewer: Viewer) -> None:
    assert edge.ask(viewer.path(viewer.token(slots=range(1, 1_001)), 7)).status == 200


def test_a_token_opens_from_not_before_until_expiry(
    refused: Callable[..., str], viewer: Viewer
) -> None:
    now = datetime.now(UTC)
    old = viewer.token(not_before=now - 2 * HOUR, expires_at=now)
    early = viewer.token(not_before=now + HOUR, expires_at=now + 2 * HOUR)
    assert refused(viewer.path(old)) == "token_expired"
    assert refused(viewer.path(early)) == "token_not_yet_valid"


@pytest.mark.parametrize("slot", [11, 12, 16, 79, 80, 4_000, 99_999])
def test_a_slot_that_is_not_in_the_set_is_closed(
    refused: Callable[..., str], viewer: Viewer, slot: int
) -> None:
    assert refused(viewer.path(viewer.token(), slot)) == "slot_not_open"


def test_a_token_opens_no_other_drama(refused: Callable[..., str], viewer: Viewer) -> None:
    other = Viewer()
    assert refused(other.path(viewer.token())) == "drama_not_open"
    assert refused(viewer.path(viewer.token()).replace("/drm_", "/DRM_")) == "drama_not_open"
    lower = viewer.drama_id.replace("drm_", "DRM_").swapcase()
    assert refused(viewer.path(viewer.token()).replace(viewer.drama_id, lower)) == "drama_not_open"


def test_a_key_that_the_store_does_not_know_opens_nothing(
    refused: Callable[..., str], aws: FakeAws, viewer: Viewer
) -> None:
    for kid in ("unknown", "revoked"):
        assert refused(viewer.path(viewer.token()).replace(KID, kid, 1)) == "token_invalid"
    aws.keys["key:short"] = base64url(KEY[:16])
    short = viewer.path(signed(viewer.claims(), key=KEY[:16])).replace(KID, "short", 1)
    assert refused(short) == "token_invalid"


def test_a_new_key_works_beside_the_old_one(edge: Edge, aws: FakeAws, viewer: Viewer) -> None:
    aws.keys["key:k2026b"] = base64url(bytes(32))
    rotated = viewer.path(signed(viewer.claims(), key=bytes(32))).replace(KID, "k2026b", 1)
    assert edge.ask(rotated).status == 200
    assert edge.ask(viewer.path(viewer.token())).status == 200


@pytest.mark.parametrize("what", ["session", "viewer", "drama", "slot"])
def test_what_is_revoked_stays_shut(
    refused: Callable[..., str], edge: Edge, aws: FakeAws, viewer: Viewer, what: str
) -> None:
    name = {
        "session": viewer.session_id,
        "viewer": viewer.viewer_id,
        "drama": viewer.drama_id,
        "slot": f"{viewer.drama_id}/1",
    }[what]
    aws.keys[f"revoked:{name}"] = "1893456000"
    assert refused(viewer.path(viewer.token())) == "revoked"
    if what == "slot":
        assert edge.ask(viewer.path(viewer.token(), 2)).status == 200


def test_a_revocation_ends_a_sitting_within_seconds(
    edge: Edge, aws: FakeAws, viewer: Viewer
) -> None:
    target = viewer.path(viewer.token())
    assert edge.ask(target).status == 200
    aws.keys[f"revoked:{viewer.session_id}"] = "1893456000"
    deadline = time.monotonic() + 3
    while (answer := edge.ask(target)).status == 200 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert answer.code == "revoked"
    other = Viewer(new_id("ses"), viewer.viewer_id, viewer.drama_id)
    assert edge.ask(other.path(other.token())).status == 200


def test_a_store_that_does_not_answer_opens_nothing(
    refused: Callable[..., str], aws: FakeAws, viewer: Viewer
) -> None:
    target = viewer.path(viewer.token())
    aws.kvs_down = True
    try:
        assert refused(target) in {"edge_error", "token_invalid"}
    finally:
        aws.kvs_down = False


def test_a_preflight_is_answered_without_a_token(edge: Edge, aws: FakeAws, viewer: Viewer) -> None:
    before = aws.origin_requests.total()
    answer: Answer = edge.ask(
        viewer.path("x" * 60),
        "OPTIONS",
        origin="https://app.example",
        access_control_request_method="GET",
        access_control_request_headers="range",
    )
    assert answer.status == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "GET" in answer.headers["access-control-allow-methods"]
    assert answer.headers["access-control-allow-headers"] == "*"
    assert aws.origin_requests.total() == before


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE"])
def test_other_methods_are_refused(edge: Edge, aws: FakeAws, viewer: Viewer, method: str) -> None:
    before = aws.origin_requests.total()
    answer = edge.ask(viewer.path(viewer.token()), method)
    assert (answer.status, answer.code) == (403, "method_not_allowed")
    assert aws.origin_requests.total() == before
