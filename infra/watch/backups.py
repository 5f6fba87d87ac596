"""AWS Backup: a daily copy of a table that was not made."""

from infra.watch.alarms import Alarms, Watch
from infra.watch.metric import of_aws


def watch_backups(alarms: Alarms, vault: str) -> None:
    """Watch the jobs of a vault: those that failed, and those that never began in their window."""
    for end, told in (("Failed", "failed"), ("Expired", "did not begin within its hour")):
        alarms.add(
            f"Backup{end}",
            of_aws("Backup", f"NumberOfBackupJobs{end}", {"BackupVaultName": vault}),
            Watch(
                what=f"A daily backup of a table {told}.", entry="A backup is not made", threshold=1
            ),
        )
