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
