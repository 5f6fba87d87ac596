"""A table as it was: restored by DynamoDB into a table beside the damaged one."""

import time
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from cliffhanger import clock
from operations.errors import OperationError
from operations.target import Target

_POLL_SECONDS = 5


def table_of(target: Target, name: str) -> str:
    """Return the name in AWS of the table `content` or `commerce`."""
    return target.output("data", f"{name.capitalize()}Table")


def make_backup(target: Target, table: str) -> str:
    """Back a table up now and return the backup's ARN. It stays until somebody deletes it."""
    label = f"{target.stage.name}-{clock.now():%Y%m%d-%H%M%S}"
    answer = target.client("dynamodb").create_backup(TableName=table, BackupName=label)
    return str(answer["BackupDetails"]["BackupArn"])


def restored_at(target: Target, table: str, moment: datetime) -> str:
    """Restore a table as it was at a moment of the last 35 days, into a new one; return its name.

    Raises:
        OperationError: DynamoDB refused.
    """
    dynamodb = target.client("dynamodb")
    return _restored(
        dynamodb,
        table,
        lambda beside: dynamodb.restore_table_to_point_in_time(
            SourceTableName=table, TargetTableName=beside, RestoreDateTime=moment
        ),
    )


def restored_from(target: Target, table: str, backup_arn: str) -> str:
    """Restore an on-demand backup of a table into a new one; return its name.

    Raises:
        OperationError: DynamoDB refused.
    """
    dynamodb = target.client("dynamodb")
    return _restored(
        dynamodb,
        table,
        lambda beside: dynamodb.restore_table_from_backup(
            TargetTableName=beside, BackupArn=backup_arn
        ),
    )


def _restored(dynamodb: Any, table: str, start: Any) -> str:
    beside = f"{table}-restored-{clock.now():%Y%m%d%H%M%S}"
    try:
        start(beside)
    except ClientError as error:
        raise OperationError(f"DynamoDB does not restore {table}: {error}") from error
    while dynamodb.describe_table(TableName=beside)["Table"]["TableStatus"] != "ACTIVE":
        time.sleep(_POLL_SECONDS)
    return beside
