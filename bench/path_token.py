"""The path token: made, checked by the edge's own function in Node, and its size."""

import json
import subprocess
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from bench.clockwork import Times, in_turn, repeated
from bench.row import Line, Progress, Row, at_most
from cliffhanger import clock, ids
from cliffhanger.playback.keyring import new_key
from cliffhanger.playback.token import Grant, mint
from local.layout import ROOT

FUNCTION = ROOT / "functions" / "edge" / "playback.js"
DRAMAS = (10, 80, 100, 1000)
MAKE_MS, CODE_BYTES, TOKEN_BYTES = 0.1, 10 * 1024, 512
_ROUNDS, _CALLS = 15, 300


def grant(episodes: int) -> Grant:
    """Return a sitting that opens every episode of a drama."""
    now = clock.now()
    return Grant(
        session_id=ids.new("ses"),
        viewer_id=ids.new("vwr"),
        drama_id=ids.new("drm"),
        slots=range(1, episodes + 1),
        issued_at=now,
        not_before=now - timedelta(seconds=30),
        expires_at=now + timedelta(hours=4),
    )


def token_bytes(episodes: int) -> int:
    """Return the length of a token as it stands in a URL."""
    return len(mint(grant(episodes), issuer="cliffhanger", key=new_key().bytes))


def code_bytes() -> int:
    """Return the size of the edge's function as it is deployed."""
    return len(FUNCTION.read_bytes())


def measure(progress: Progress) -> Sequence[Line]:
    """Make and check tokens of short and long dramas."""
    progress("making")
    key = new_key().bytes
    grants = {episodes: grant(episodes) for episodes in DRAMAS}
    makers = {
        str(episodes): repeated(partial(mint, one, issuer="cliffhanger", key=key), _CALLS)
        for episodes, one in grants.items()
    }
    lines = [
        Line(
            what=f"make, {name} episodes",
            measured=found.text("us"),
            **at_most(found.least * 1e3, MAKE_MS, "ms"),
        )
        for name, found in in_turn(makers, _ROUNDS).items()
    ]
    for episodes in (DRAMAS[0], DRAMAS[-1]):
        progress(f"checking, {episodes} episodes")
        what = f"check at the edge, {episodes} episodes"
        lines.append(Line(what=what, measured=checked(episodes).text("us")))
    for episodes in DRAMAS:
        size = token_bytes(episodes)
        judged = at_most(size, TOKEN_BYTES, "bytes")
        lines.append(Line(what=f"token, {episodes} episodes", measured=f"{size} bytes", **judged))
    size = code_bytes()
    judged = at_most(size, CODE_BYTES, "bytes")
    lines.append(Line(what="code of the function", measured=f"{size} bytes", **judged))
    return lines


def checked(episodes: int) -> Times:
    """Return the CPU of one check by the function, in Node."""
    sitting, key = grant(episodes), new_key()
    token = mint(sitting, issuer="cliffhanger", key=key.bytes)
    uri = f"/media/{key.id}.{token}/{sitting.drama_id}/{episodes}/1/index_720p_000000001.cmfv"
    script = str(ROOT / "bench" / "edge_check.mjs")
    arguments = [str(FUNCTION), key.id, key.secret, uri, "2000", str(_ROUNDS)]
    command = ["node", "--no-warnings", "--experimental-vm-modules", script, *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return Times(tuple(one / 1e6 for one in json.loads(ran.stdout)))


ROW = Row(
    name="path_token",
    title="Path token: make, check and size",
    measure=measure,
    reading=(
        "Made by the code of the viewing function. Checked by the very file that CloudFront runs,"
        " under Node with the key store in memory: the whole function, with its four look-ups of"
        " revocations and an HMAC in JavaScript's own library, where CloudFront's is native. Its"
        " share of CloudFront's CPU limit can only be seen there. A token grows by a bit for each"
        " slot, so one of a thousand episodes has a third more characters than its bytes."
    ),
)
