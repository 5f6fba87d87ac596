"""A running edge over a fake AWS, and viewers with tokens."""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import cbor2
import pytest

from cliffhanger.playback.token import Grant, cose_mac0, mint, slot_set
from tests.unit.edge.edge_process import Edge, running_edge
from tests.unit.edge.fake_aws import FakeAws, fake_aws

KID = "k2026a"
KEY = secrets.token_bytes(32)
SEGMENT = bytes(range(256)) * 40


def new_id(prefix: str) -> str:
    """Return an id of the house's form that no other test has."""
    return (
        prefix
        + "_"
        + "".join(secrets.choice("0123456789ABCDEFGHJKMNPQRSTVWXYZ") for _ in range(26))
    )


def base64url(data: bytes) -> str:
    """Return base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """Return the bytes of base64url without padding."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Viewer:
    """One viewer of one drama, whose slots 1 to 10 are open."""

    session_id: str = field(default_factory=lambda: new_id("ses"))
    viewer_id: str = field(default_factory=lambda: new_id("vwr"))
    drama_id: str = field(default_factory=lambda: new_id("drm"))
    slots: Sequence[int] = range(1, 11)

    def token(self, **changes: Any) -> str:
        """Return a token as the API mints it; `changes` are fields of the grant."""
        now = datetime.now(UTC)
        fields: dict[str, Any] = {
            "session_id": self.session_id,
            "viewer_id": self.viewer_id,
            "drama_id": self.drama_id,
            "slots": self.slots,
            "issued_at": now,
            "not_before": now - timedelta(seconds=30),
            "expires_at": now + timedelta(hours=1),
            **changes,
        }
        return mint(Grant(**fields), issuer="cliffhanger", key=KEY)

    def claims(self, **changes: Any) -> dict[int, Any]:
        """Return the claims of a good token; `c4=None` leaves the claim 4 out."""
        now = int(datetime.now(UTC).timestamp())
        claims: dict[int, Any] = {
            1: "cliffhanger",
            2: self.viewer_id,
            4: now + 3600,
            5: now - 30,
            6: now,
            7: self.session_id.encode(),
            310: 1,
            312: {3: {1: f"/media/{self.drama_id}/"}},
            -65537: slot_set(self.slots),
        }
        claims |= {int(name[1:]): value for name, value in changes.items()}
        return {number: value for number, value in claims.items() if value is not None}

    def path(self, token: str, slot: object = 1, name: str = "segment_1.m4s") -> str:
        """Return the target of one file of one slot, under this token."""
        return f"/media/{KID}.{token}/{self.drama_id}/{slot}/3/{name}"


def signed(claims: object, key: bytes = KEY, **options: Any) -> str:
    """Return a token over any claims, with a right MAC."""
    return base64url(cose_mac0(cbor2.dumps(claims, canonical=True), key=key, **options))


@pytest.fixture(scope="session")
def aws() -> Iterator[FakeAws]:
    """Return the fake AWS of this session."""
    with fake_aws() as aws:
        aws.keys[f"key:{KID}"] = base64url(KEY)
        yield aws


@pytest.fixture(scope="session")
def edge(aws: FakeAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """Return the one edge that the tests of this session share."""
    secret = {"X-Origin-Verify": "of-the-edge"}
    with running_edge(aws.url, tmp_path_factory.mktemp("edge"), api_headers=secret) as edge:
        yield edge


@pytest.fixture
def viewer(aws: FakeAws) -> Viewer:
    """Return a viewer of a new drama, whose slots 1 to 12 have a segment in the bucket."""
    viewer = Viewer()
    for slot in range(13):
        aws.objects[f"media/{viewer.drama_id}/{slot}/3/segment_1.m4s"] = SEGMENT
    return viewer


@pytest.fixture
def refused(edge: Edge, aws: FakeAws) -> Callable[..., str]:
    """Return a call that asks for a target, sees it refused at the edge, and gives the code."""

    def ask(target: str | bytes) -> str:
        before = aws.origin_requests.total()
        answer = edge.ask(target)
        assert answer.status == 403
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["access-control-allow-origin"] == "*"
        assert aws.origin_requests.total() == before
        return answer.code

    return ask
