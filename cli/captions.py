"""Caption files: WebVTT and SubRip, in UTF-8."""

from pathlib import Path

from cli.api import Json
from cli.errors import Failure

_FORMATS = {".vtt": "vtt", ".srt": "srt"}


def read(file: Path) -> Json:
    """Return the body that PUT /studio/assets/{id}/captions/{language} takes.

    Raises:
        Failure: it is not a caption file that can be read.
    """
    kind = _FORMATS.get(file.suffix.lower())
    if kind is None:
        raise Failure(f"{file.name} is not a caption file.", advice="It ends in .vtt or .srt.")
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Failure(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise Failure(
            f"{file.name} is not in UTF-8.",
            advice="Open it in the caption editor and save it as UTF-8.",
        ) from error
    return {"format": kind, "text": text}
