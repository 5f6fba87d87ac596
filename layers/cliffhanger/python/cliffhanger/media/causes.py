"""Why a job failed: MediaConvert's code, as a cause that is counted and a sentence for a studio.

Source: AWS Elemental MediaConvert User Guide, "MediaConvert error codes".
"""

from cliffhanger.media.models import AssetError

_OURS = "This is our fault; operations has been told. Upload the file again tomorrow."
_SENTENCES = {
    1010: "The file could not be opened or decoded. Export it again and upload it.",
    1030: "A codec in the file is not supported. Export it as H.264 with AAC.",
    1040: f"The settings of the transcoding do not go with this file. {_OURS}",
    1401: f"We were not allowed to read the file or to write the video. {_OURS}",
    1404: "The file is gone. Upload it again.",
    1432: f"The transcoder was not let in to our files. {_OURS}",
    1433: f"The transcoder was not let in to our files. {_OURS}",
}

OUTPUTS_INCOMPLETE = AssetError(
    code="outputs_incomplete",
    detail="Not every file of the video was made. Upload it again; if it goes on, ask.",
)

OURS = frozenset(
    [OUTPUTS_INCOMPLETE.code, *(f"transcode_{code}" for code in (1040, 1401, 1432, 1433))]
)
"""The causes that no other file mends: somebody of ours has to."""


def of(error_code: int | None) -> AssetError:
    """Return the cause of a job's ERROR. What MediaConvert says in words is not for studios."""
    code = error_code or 0
    detail = "The transcoding failed. Upload the file again; if it goes on, ask."
    return AssetError(code=f"transcode_{code}", detail=_SENTENCES.get(code, detail))
