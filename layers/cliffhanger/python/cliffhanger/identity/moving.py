"""What a guest has goes over to the account that they have joined: by the call, or by a sweep.

Every step may be done again, and whoever dies leaves the rest to the next: the guest's viewer item
stands in the index of due items until all is done. Until then the guest's coins are in nobody's
reach, so they must not wait for an app that was closed in between. Whoever asks for a drama in the
meantime does not wait either: see `rights.read`.
"""

from datetime import timedelta

from cliffhanger import aws, clock, dynamo
from cliffhanger.entitlements import merging as entitlements
from cliffhanger.identity import joins
from cliffhanger.identity.settings import IdentitySettings, ViewerSettings
from cliffhanger.log import logger
from cliffhanger.settings import load
from cliffhanger.tables import PK
from cliffhanger.wallet import merging as wallets
from cliffhanger.watching import forgetting

_AT_ONCE = 20
_AGAIN = timedelta(minutes=15)


def move(guest_id: str, account_id: str) -> None:
    """Move all that a guest has. Doing it again, or going on after a death, moves the rest.

    Raises:
        MergedElsewhere: the guest's wallet is in another account.
        Busy: others went on changing the same items. What was moved stays moved.
    """
    try:
        wallets.merge(guest_id, account_id)
    except wallets.MergedElsewhere:
        joins.has_come(guest_id, account_id)  # nobody need wait for them
        raise
    entitlements.merge(guest_id, account_id)
    joins.has_come(guest_id, account_id)
    forgetting.forget(guest_id)
    _end_sessions(guest_id)
    dynamo.write(joins.has_moved(guest_id))


def sweep() -> dict[str, int]:
    """Move what was left by calls that died; return how many guests have moved, and how many not.

    What fails does not stand in the way of others: it is put off before it is tried.
    """
    count = {"moved": 0, "not_moved": 0}
    table, now = load(ViewerSettings).commerce_table, clock.now()
    until, again = clock.iso(now), clock.iso(now + _AGAIN)
    for item in dynamo.due(table, joins.MERGE_DUE, until=until, limit=_AT_ONCE):
        try:
            if not dynamo.put_off(table, item, again):
                continue  # it has moved since the index was read
            move(item[PK], item["merged_into"])
        except Exception:  # noqa: BLE001 - logged, and counted
            logger().exception("not moved", viewer_id=item[PK])
            count["not_moved"] += 1
        else:
            count["moved"] += 1
    return count


def _end_sessions(guest_id: str) -> None:
    from botocore.exceptions import ClientError  # noqa: PLC0415

    try:
        aws.cognito().admin_user_global_sign_out(
            UserPoolId=load(IdentitySettings).user_pool_id, Username=guest_id
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "UserNotFoundException":
            raise
