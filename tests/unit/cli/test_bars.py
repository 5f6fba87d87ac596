"""A bar for each episode, through upload and transcode."""

import re
from io import StringIO

from rich.console import Console

from cli.show import Screen


def test_each_episode_has_a_bar_that_fills_through_upload_and_transcode() -> None:
    paper = StringIO()
    console = Console(file=paper, force_terminal=True, width=120, color_system=None)

    def drawn() -> str:
        """The lines that the last drawing has put on the screen."""
        paper.seek(0)
        paper.truncate()
        bars.draw()
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", paper.getvalue())

    with Screen(console, {1: "ep1.mp4", 2: "ep2.mp4"}) as bars:
        assert "ep1.mp4" not in drawn(), "it has not begun"
        bars.uploading(1, 500, 1000)
        bars.uploading(2, 1000, 1000)
        first, second = (line for line in drawn().splitlines() if ".mp4" in line)
        assert re.match(r"1  ep1\.mp4 +\S+ +25% uploading, 500 bytes of 1\.0 kB", first)
        assert re.match(r"2  ep2\.mp4 +\S+ +50% all sent", second)
        bars.transcoding(2, {"status": "transcoding", "progress": 60})
        assert re.search(r"2  ep2\.mp4 +\S+ +80% transcoding, 60%", drawn())
