"""A viewer leaves. Every step can be repeated, so a call that failed half-way is simply sent again.

What was personal is removed: settings, consent, market, what was watched and how far, the account
in the user pool. What is kept for the books (wallet, ledger, unlocks, VIP, the stores' keys) names
an id that leads to nobody.
"""

from cliffhanger import aws, clock, dynamo
from cliffhanger.edge import queue, revocations
from cliffhanger.errors import Busy
from cliffhanger.identity import viewers
from cliffhanger.identity.settings import IdentitySettings
from cliffhanger.settings import load
from cliffhanger.watching import forgetting


def delete(viewer_id: str) -> None:
    """Delete a viewer: first for the API, then for the edge, and in the user pool at last.

    From the first write on, tokens that still live are refused; the edge follows within seconds.
    The account goes last, so that whoever has to send it again can still sign in for it.

    Raises:
        Busy: the user pool throttles, or more was watched than one call forgets. What is done
            stays done.
    """
    now = clock.now()
    dynamo.transact(viewers.bury(viewer_id, now), revocations.revoke(viewer_id, now))
    queue.tell(viewer_id)
    forgetting.forget(viewer_id)
    _leave_the_pool(viewer_id)


def _leave_the_pool(viewer_id: str) -> None:
    from botocore.exceptions import ClientError  # noqa: PLC0415

    user = {"UserPoolId": load(IdentitySettings).user_pool_id, "Username": viewer_id}
    try:
        aws.cognito().admin_user_global_sign_out(**user)
        aws.cognito().admin_delete_user(**user)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "TooManyRequestsException":
            raise Busy("The viewer is shut out already. Send it again to finish.") from error
        if code != "UserNotFoundException":
            raise
