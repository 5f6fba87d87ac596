"""What the stand-in refuses, in the form of Google's APIs."""

from http import HTTPStatus
from typing import Any


class ApiError(Exception):
    """A refusal: a status, and Google's word for the reason."""

    def __init__(self, status: HTTPStatus, reason: str, message: str) -> None:
        super().__init__(message)
        self.status, self.reason, self.message = status, reason, message

    def document(self) -> dict[str, Any]:
        """The body, as Google writes it."""
        return {
            "error": {
                "code": self.status.value,
                "message": self.message,
                "errors": [
                    {"message": self.message, "domain": "androidpublisher", "reason": self.reason}
                ],
                "status": self.status.name,
            }
        }


def unknown_token() -> ApiError:
    """No purchase has this token."""
    return ApiError(
        HTTPStatus.NOT_FOUND, "purchaseTokenNotFound", "The purchase token was not found."
    )


def bad(message: str, reason: str = "invalid") -> ApiError:
    """The request makes no sense, or not in this state."""
    return ApiError(HTTPStatus.BAD_REQUEST, reason, message)
