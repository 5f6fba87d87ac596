"""What an operator can mend."""

from botocore.exceptions import BotoCoreError, ClientError

_SIGN_IN = "Sign in (`aws sso login`, or set AWS_PROFILE)"
_STRANGERS = {"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId"} | {
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
_FORBIDDEN = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}


class OperationError(Exception):
    """An operation cannot go on. The message says what to do."""


def refused(error: BotoCoreError | ClientError) -> OperationError:
    """Return what AWS refused, or why it was not asked, with what to do about it."""
    if not isinstance(error, ClientError):
        return OperationError(f"AWS was not asked: {error}. {_SIGN_IN}, or look at the network.")
    code = error.response["Error"]["Code"]
    if code in _STRANGERS:
        return OperationError(f"AWS does not know who you are: {error} {_SIGN_IN}.")
    if code in _FORBIDDEN:
        return OperationError(f"AWS refused: {error} Give these credentials that right.")
    return OperationError(f"AWS refused: {error}")
