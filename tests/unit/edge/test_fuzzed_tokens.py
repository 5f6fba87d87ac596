"""Any token in a URL: the function of the edge refuses it, and never breaks."""

import base64
import string
from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.edge.conftest import SEGMENT, Viewer, from_base64url, signed
from tests.unit.edge.edge_process import Edge
from tests.unit.fuzz.anything import damaged, tried

TIMES = 150
REFUSED = {
    *("token_invalid", "token_expired", "token_not_yet_valid", "drama_not_open", "slot_not_open"),
    *("path_invalid", "edge_error"),
}
BASE64URL = st.text(string.ascii_letters + string.digits + "-_", max_size=700)

# Everything that CBOR can say but what the claim needs; `None` would leave it out.
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.booleans() | st.floats() | st.text(max_size=40) | st.binary(max_size=40),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.integers(-400, 400) | st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
WRONG = {
    "c2": VALUES.filter(lambda value: not isinstance(value, str) or not value),
    "c4": VALUES,
    "c5": VALUES,
    "c7": VALUES.filter(lambda value: not isinstance(value, bytes)),
    "c310": VALUES,
    "c312": VALUES,
    "c-65537": VALUES.filter(lambda value: not isinstance(value, bytes)),
}


def test_a_damaged_token_opens_nothing(refused: Callable[..., str], viewer: Viewer) -> None:
    good = viewer.token()

    @tried(TIMES)
    @given(token=(damaged(good) | BASE64URL).filter(lambda token: token != good))
    def asked(token: str) -> None:
        plain = "".join(letter for letter in token if letter not in "{}%")
        if plain != good:
            assert refused(viewer.path(plain)) in REFUSED

    asked()


def test_bytes_that_were_changed_open_nothing(refused: Callable[..., str], viewer: Viewer) -> None:
    good = from_base64url(viewer.token())

    @tried(TIMES)
    @given(at=st.integers(0, len(good) - 1), byte=st.binary(max_size=9), gone=st.integers(0, 9))
    def asked(at: int, byte: bytes, gone: int) -> None:
        changed = good[:at] + byte + good[at + gone :]
        if changed != good:
            token = base64.urlsafe_b64encode(changed).decode().rstrip("=")
            assert refused(viewer.path(token)) in REFUSED

    asked()


def test_a_claim_of_anything_but_its_own_kind_opens_nothing(
    refused: Callable[..., str], viewer: Viewer
) -> None:
    """Signed with the right key, so nothing but the claim itself can be the reason."""
    one = st.sampled_from(sorted(WRONG)).flatmap(lambda name: st.tuples(st.just(name), WRONG[name]))

    @tried(TIMES)
    @given(changed=one)
    def asked(changed: tuple[str, Any]) -> None:
        name, value = changed
        assert refused(viewer.path(signed(viewer.claims(**{name: value})))) in REFUSED

    asked()


def test_claims_that_are_anything_at_all_open_nothing(
    refused: Callable[..., str], viewer: Viewer
) -> None:
    @tried(TIMES)
    @given(claims=VALUES)
    def asked(claims: Any) -> None:
        assert refused(viewer.path(signed(claims))) in REFUSED

    asked()


def test_the_edge_goes_on_after_all_of_it(edge: Edge, viewer: Viewer) -> None:
    answer = edge.ask(viewer.path(viewer.token()))
    assert (answer.status, answer.body) == (200, SEGMENT)
