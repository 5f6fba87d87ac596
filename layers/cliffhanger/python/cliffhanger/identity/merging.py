"""A guest joins an account: coins, debt, VIP and unlocks go over, each step as often as needed.

The guest's viewer item names the account first. From then on whoever still knows the guest, a store
or an old token, is led to the account. Then wallet, VIP and unlocks are moved; a call that dies in
between may be sent again, with the same Idempotency-Key, and if it is not, a sweep does the rest:
see `moving`. What the guest watched is forgotten: the account cannot reach it, and its deletion
would not find it.
"""

from collections.abc import Sequence
from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from cliffhanger import base64url, clock, dynamo, idempotency
from cliffhanger.errors import Busy, Problem
from cliffhanger.idempotency import IdempotencyKey
from cliffhanger.identity import joins, moving, sessions, viewers
from cliffhanger.identity.sessions import RefreshInput, RefreshRefused
from cliffhanger.identity.viewers import Viewer
from cliffhanger.model import Model
from cliffhanger.wallet.merging import MergedElsewhere

_TRIES = 4


class NotMergeable(Problem):
    """This guest cannot join this account."""

    status, code, title = 409, "not_mergeable", "The guest cannot join this account"


class MergeInput(Model):
    """The guest that joins the caller's account; the refresh token proves whose it is."""

    model_config = ConfigDict(extra="forbid")

    guest_refresh_token: Annotated[str, StringConstraints(min_length=1, max_length=8192)] = Field(
        description="It ends by this."
    )


def merge(account_id: str, sent: MergeInput, key: IdempotencyKey, country: str | None) -> Viewer:
    """Let a guest join the caller's account, and return the account. Again changes nothing.

    Raises:
        ViewerDeleted: the caller or the guest was deleted.
        NotMergeable: the guest is the caller, has joined another account, or is not proved.
        IdempotencyKeyReused: the key came with another guest.
        Busy: others went on changing the same things. Send it again with the same key.
    """
    table, _ = viewers.place(account_id)
    viewers.find(account_id, country)  # makes the item, so that it can be a condition
    keys = (key, _key_of_token(account_id, sent))
    guest_id = _earlier(table, *keys)
    try:
        if guest_id is None:
            guest_id = _guest_of(sent)
            now = clock.now()
            guards = [idempotency.guard(table, one, guest_id, now) for one in keys]
            _point(guest_id, account_id, guards)
        moving.move(guest_id, account_id)
    except MergedElsewhere as error:
        raise NotMergeable("The coins of this guest are in another account.") from error
    return viewers.find(account_id, country)


def _key_of_token(account_id: str, sent: MergeInput) -> IdempotencyKey:
    """Return what a merge is known by under any key: a merge ends the token that proves the guest.

    A guard keeps the hash of what it is made from, never the token.
    """
    token = sent.guest_refresh_token
    return IdempotencyKey.of(caller=account_id, operation="merged_token", key=token, body="")


def _earlier(table: str, *keys: IdempotencyKey) -> str | None:
    """Return the guest that an earlier call with one of these has let join, if one has."""
    places = [idempotency.place(table, one) for one in keys]
    guards = dynamo.batch_get(*places, consistent=True)
    found = [idempotency.result_of(one, key) for one, key in zip(guards, keys, strict=True)]
    return next(filter(None, found), None)


def _guest_of(sent: MergeInput) -> str:
    """Return whose a refresh token is: only the user pool can turn it into an access token."""
    try:
        session = sessions.refresh(RefreshInput(refresh_token=sent.guest_refresh_token))
    except RefreshRefused as error:  # no 401: the caller's own session is in order
        raise NotMergeable(
            "The guest's refresh token is good for nothing: the guest has joined an account, was"
            " deleted, or never was."
        ) from error
    return str(base64url.unverified(session.access_token)["username"])


def _point(guest_id: str, account_id: str, guards: Sequence[dynamo.Write]) -> None:
    """Let the guest name the account, once; it may be that the same call has done so just now."""
    if guest_id == account_id:
        raise NotMergeable("This guest is the account itself.")
    for _ in range(_TRIES):
        for other_id, whose_id in joins.unfinished(guest_id, account_id):
            moving.move(other_id, whose_id)
        joining = joins.joining(guest_id, account_id)
        if joining is None:
            raise NotMergeable("Guests have joined this guest, one by one, too many times.")
        try:
            return dynamo.transact(*guards, *joining)
        except dynamo.ConditionFailed as error:
            is_joining = joins.is_joining(guest_id, account_id)
            if is_joining:
                return None
            if is_joining is False:
                raise NotMergeable("One of them has joined another account already.") from error
        # Others have joined one of them at the same moment: they go first.
    raise Busy("Others are joining too. Send it again with the same key.")
