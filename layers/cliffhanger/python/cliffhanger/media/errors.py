"""The refusals of uploads and assets."""

from cliffhanger.errors import Problem


class UploadNotFound(Problem):
    """No such upload."""

    status, code, title = 404, "upload_not_found", "There is no such upload"


class AssetNotFound(Problem):
    """No such asset."""

    status, code, title = 404, "asset_not_found", "There is no such asset"


class UploadTooLarge(Problem):
    """The file is larger than this deployment takes."""

    status, code, title = 413, "upload_too_large", "The file is too large"


class UploadClosed(Problem):
    """The upload was completed, aborted or has expired."""

    status, code, title = 409, "upload_closed", "This upload is closed"


class PartsMismatch(Problem):
    """The parts named are not the parts that arrived, or do not make up the declared size."""

    status, code, title = 409, "parts_mismatch", "The parts do not fit"


class SizeMismatch(Problem):
    """All parts have arrived, and they make a file of another size than declared."""

    status, code, title = 409, "size_mismatch", "The file has another size than declared"


class CaptionsInvalid(Problem):
    """The captions cannot be read. `errors` has each fault with its line."""

    status, code, title = 422, "captions_invalid", "The captions cannot be read"


class LanguageInvalid(Problem):
    """The language in the path is not a language tag."""

    status, code, title = 422, "language_invalid", "This is not a language"


class CaptionsNotFound(Problem):
    """The asset has no captions in this language."""

    status, code, title = 404, "captions_not_found", "There are no such captions"


class AssetEnded(Problem):
    """The asset will never play, so it takes no captions."""

    status, code, title = 409, "asset_ended", "This asset will not play"
