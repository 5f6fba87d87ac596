"""The README's five steps, run as they stand there."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from local.layout import ROOT
from tests.cloud.clips import decode, real_clip, vertical_clip
from tests.cloud.conftest import Studio


@pytest.mark.parametrize("kind", ["real", "vertical"])
def test_the_five_steps_lead_from_a_file_to_a_url_that_plays(
    cloud: dict[str, Any], studio: Studio, kind: str, tmp_path: Path
) -> None:
    clip = real_clip() if kind == "real" else vertical_clip(tmp_path / "clip.mp4")
    text = (ROOT / "README.md").read_text().partition("## The API in five steps")[2]
    found = re.search(r"```bash\n(.*?)```", text, re.DOTALL)
    assert found is not None
    state = os.environ.get("CLIFFHANGER_STATE", ".local-test")
    steps = found[1].replace("http://127.0.0.1:8787", cloud["base_url"])
    steps = steps.replace("token --group", f"token --state {state} --group")
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", steps + '\necho "$DRAMA"'],
        cwd=ROOT,
        env=os.environ | {"CLIP": str(clip)},
        check=True,
        capture_output=True,
        text=True,
        timeout=300,
    )
    *_, url, drama_id = ran.stdout.strip().splitlines()
    studio.published.append(drama_id)
    assert decode(url) == ""
