"""The README's commands, run as they stand there."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from local.demo_products import PRODUCTS
from local.layout import ROOT
from tests.cloud.clips import decode, real_clip, vertical_clip
from tests.cloud.conftest import Studio


@pytest.mark.parametrize("kind", ["real", "vertical"])
def test_the_five_steps_lead_from_a_file_to_a_url_that_plays(
    cloud: dict[str, Any], studio: Studio, kind: str, tmp_path: Path
) -> None:
    clip = real_clip() if kind == "real" else vertical_clip(tmp_path / "clip.mp4")
    steps = commands_below("## The API in five steps") + 'echo "$DRAMA"'
    *_, url, drama_id = run(cloud, steps, CLIP=str(clip))
    studio.published.append(drama_id)
    assert decode(url) == ""


def test_what_the_command_line_buys_is_claimed_and_refunded(cloud: dict[str, Any]) -> None:
    steps = commands_below("Money moves here too.")
    purchase, refunded, subscribed, renewed, again, audit, *_ = run(cloud, steps)
    claimed = json.loads(purchase)
    pack = PRODUCTS["coins-100"]  # bought for the first time, and no more than it says
    wallet = claimed["wallet"]
    assert (wallet["paid"], wallet["bonus"]) == (pack["coins"], pack["bonus_coins"])
    assert set(json.loads(refunded)) == {"store", "signed_transaction"}
    assert subscribed == renewed
    assert len(json.loads(again)["notification_uuids"]) == 1
    assert "0 that disagree" in audit


def commands_below(words: str) -> str:
    """The first commands that follow some words of the README."""
    text = (ROOT / "README.md").read_text().partition(words)[2]
    found = re.search(r"```bash\n(.*?)```", text, re.DOTALL)
    assert found is not None
    return found[1]


def run(cloud: dict[str, Any], steps: str, **env: str) -> list[str]:
    """Run commands on a local cloud, each of which must succeed; return the lines they print."""
    state = cloud["state"]
    steps = steps.replace("http://127.0.0.1:8787", cloud["base_url"])
    steps = re.sub(r"(local (token|apple|google|ledger \w+)) ", rf"\1 --state {state} ", steps)
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", steps],
        cwd=ROOT,
        env=os.environ | env,
        check=True,
        capture_output=True,
        text=True,
        timeout=300,
    )
    return ran.stdout.strip().splitlines()
