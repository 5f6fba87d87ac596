"""Every wallet against its ledger, in any table: the live one, or a restored copy.

The audit reads its table from the environment once, as functions do, so each runs in a process of
its own: `python -m operations.wallets` prints what it finds as JSON.
"""

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass

from cliffhanger.settings import variables
from cliffhanger.wallet.audit import audit_all
from cliffhanger.wallet.settings import WalletSettings
from local.layout import CREDENTIALS, ROOT
from operations.errors import OperationError
from operations.target import Target


@dataclass(frozen=True)
class Found:
    """How many wallets there are, and a sentence for each that disagrees with its ledger."""

    wallets: int
    faults: list[str]


def check_wallets(target: Target, table: str) -> Found:
    """Audit all wallets of a table.

    Raises:
        OperationError: the audit could not run.
    """
    environment = os.environ | {"AWS_DEFAULT_REGION": target.stage.region}
    environment |= variables(WalletSettings(commerce_table=table))
    if target.place:
        environment |= {**CREDENTIALS, "AWS_ENDPOINT_URL": target.place.url("aws")}
    ran = subprocess.run(
        [sys.executable, "-m", "operations.wallets"],
        check=False,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    if ran.returncode:
        raise OperationError(f"The audit of {table} could not run: {ran.stderr[-600:]}")
    return Found(**json.loads(ran.stdout))


def _main() -> None:
    run = audit_all()
    faults = [f"{one.viewer_id} ({one.environment}): {'; '.join(one.faults)}" for one in run.faulty]
    sys.stdout.write(json.dumps(asdict(Found(run.wallets, faults))))


if __name__ == "__main__":
    _main()
