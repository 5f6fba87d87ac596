"""The errors of MediaConvert's API, by the names that botocore turns into exception classes."""

from http import HTTPStatus


class ApiError(Exception):
    """An answer other than success: `name` goes into the x-amzn-ErrorType header."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR
    name = "InternalServerErrorException"


class BadRequest(ApiError):  # noqa: N818 - named as the API names it
    """The request, or the file that it names, cannot be processed."""

    status = HTTPStatus.BAD_REQUEST
    name = "BadRequestException"


class Forbidden(ApiError):  # noqa: N818
    """S3 denied the file."""

    status = HTTPStatus.FORBIDDEN
    name = "ForbiddenException"


class NotFound(ApiError):  # noqa: N818
    """No such job, file or operation."""

    status = HTTPStatus.NOT_FOUND
    name = "NotFoundException"


class Conflict(ApiError):  # noqa: N818
    """The job is in another state than the request needs."""

    status = HTTPStatus.CONFLICT
    name = "ConflictException"


class Unprocessable(ApiError):  # noqa: N818
    """A media file that was recognized, but is malformed or corrupt."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    name = "UnprocessableEntityException"


class TooManyRequests(ApiError):  # noqa: N818
    """Throttled."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    name = "TooManyRequestsException"


class JobFailed(Exception):  # noqa: N818
    """A job that ends in ERROR, with MediaConvert's error code.

    https://docs.aws.amazon.com/mediaconvert/latest/ug/mediaconvert_error_codes.html
    """

    CANNOT_OPEN = 1010
    CODEC = 1030
    SETTINGS = 1040
    S3_DENIED = 1401
    S3_MISSING = 1404
    UNKNOWN = 1999

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
