"""Words that nobody should send, and how often they are tried."""

import base64
import json
import os
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

EFFORT = int(os.environ.get("CLIFFHANGER_FUZZ_EFFORT", "1"))
"""How many times as long as in every run of the tests."""


def tried(times: int) -> settings:
    """How a property is tried: the same words each time, and other ones with more effort."""
    return settings(
        max_examples=times * EFFORT,
        derandomize=EFFORT == 1,
        database=None,
        deadline=30_000,  # milliseconds: whatever takes longer hangs
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )


ULIDS = st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=26, max_size=26)
IDS = st.builds(
    "{}_{}".format, st.sampled_from(["drm", "ep", "upl", "ast", "vwr", "ses", "led", "pur"]), ULIDS
)
ODD = st.sampled_from(["", "..", "%00", "\0", "null", "-1", "#", "é"])
WORDS = st.text(max_size=60) | IDS | ODD

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=10,
)


def encoded(value: Any) -> str:
    """JSON in base64url, as cursors and the parts of tokens are."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


CURSORS = WORDS | st.builds(encoded, anything | IDS)


@st.composite
def damaged(draw: Any, good: str) -> str:
    """A text with something of it changed, taken away, doubled or put in."""
    start = draw(st.integers(0, len(good)))
    end = draw(st.integers(start, min(len(good), start + 40)))
    middle = draw(st.text("AZaz09-_.=%{}", max_size=20) | st.just(good[start:end] * 2))
    return good[:start] + str(middle) + good[end:]
