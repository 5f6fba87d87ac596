"""Clients of AWS, each made at its first use and kept for the life of the function."""

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.session import Session
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_mediaconvert import MediaConvertClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient


@cache
def _session() -> "Session":
    import botocore.session  # noqa: PLC0415 - the slowest import of a cold start, only when used

    return botocore.session.get_session()


def client(service: str, **config: Any) -> Any:
    """Make a client with short timeouts: a function that waits is paid for."""
    from botocore.config import Config  # noqa: PLC0415

    defaults: dict[str, Any] = {
        "connect_timeout": 2,
        "read_timeout": 8,
        "retries": {"mode": "standard", "max_attempts": 3},
        "tcp_keepalive": True,
    }
    return _session().create_client(service, config=Config(**(defaults | config)))


@cache
def dynamodb() -> "DynamoDBClient":
    """Return the client of the tables."""
    made: DynamoDBClient = client("dynamodb")
    return made


@cache
def s3() -> "S3Client":
    """Return the client of the buckets.

    It sends no checksums unasked: an upload that was opened with one wants it on every part, and a
    presigned part brings none. S3 then computes its own over the whole file.
    """
    made: S3Client = client(
        "s3", signature_version="s3v4", request_checksum_calculation="when_required"
    )
    return made


@cache
def cognito() -> "CognitoIdentityProviderClient":
    """Return the client of the user pool."""
    made: CognitoIdentityProviderClient = client("cognito-idp")
    return made


@cache
def events() -> "EventBridgeClient":
    """Return the client of the event bus."""
    made: EventBridgeClient = client("events")
    return made


@cache
def secrets() -> "SecretsManagerClient":
    """Return the client of the secrets."""
    made: SecretsManagerClient = client("secretsmanager")
    return made


@cache
def kms() -> Any:
    """Return the client of the keys that never leave AWS."""
    return client("kms")


@cache
def sqs() -> "SQSClient":
    """Return the client of the queues."""
    made: SQSClient = client("sqs")
    return made


@cache
def mediaconvert() -> "MediaConvertClient":
    """Return the client of the transcoder.

    Probe reads the file, so its answer may take a while. CreateJob is throttled at a few calls a
    second, so it is tried for some fifteen seconds before the message goes back to its queue.
    """
    made: MediaConvertClient = client(
        "mediaconvert", read_timeout=30, retries={"mode": "standard", "total_max_attempts": 6}
    )
    return made
