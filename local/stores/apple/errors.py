"""What the stand-in refuses, in the words of Apple's Server API."""

from http import HTTPStatus


class StoreError(Exception):
    """An answer other than success.

    https://developer.apple.com/documentation/appstoreserverapi/error-codes
    """

    def __init__(self, status: HTTPStatus, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


class Unauthenticated(StoreError):  # noqa: N818 - the API's word
    """The caller's token is no good. Apple says no more than that."""

    def __init__(self) -> None:
        super().__init__(HTTPStatus.UNAUTHORIZED, 4010000, "Unauthenticated")


def bad_request(message: str, code: int = 4000000) -> StoreError:
    """Return the refusal of a request that makes no sense."""
    return StoreError(HTTPStatus.BAD_REQUEST, code, message)


def not_found(message: str, code: int = 4040010) -> StoreError:
    """Return the refusal of something that is not here; a transaction, unless told otherwise."""
    return StoreError(HTTPStatus.NOT_FOUND, code, message)
