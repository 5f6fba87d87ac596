"""What viewers may see of their own wallet: the balance, and the ledger, newest first."""

import re
from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field

from cliffhanger import clock, dynamo
from cliffhanger.identity import viewers
from cliffhanger.ids import DramaId, EpisodeId
from cliffhanger.model import Model
from cliffhanger.pages import Page, PageQuery, decode_cursor, encode_cursor
from cliffhanger.purchases.store import Environment
from cliffhanger.wallet import balance, ledger, wallets
from cliffhanger.wallet.balance import Balance
from cliffhanger.wallet.entries import CauseKind, Entry, EntryKind
from cliffhanger.wallet.wallets import Wallet

_PLACE = re.compile("led_[0-7][0-9A-HJKMNP-TV-Z]{25}")
_Asked = Annotated[
    Environment,
    Field(
        description="`sandbox`: what was bought in a store's sandbox, which never mixes with the"
        " rest."
    ),
]


class WalletQuery(Model):
    """Which of the two wallets."""

    model_config = ConfigDict(extra="forbid")

    environment: _Asked = "production"


class EntriesQuery(PageQuery):
    """Which of the two ledgers, how much of it, and from where."""

    environment: _Asked = "production"


class EntryCause(Model):
    """Why an entry was made."""

    kind: CauseKind
    id: str | None = Field(description="The purchase, the episodes, ...; null for an operator.")


class LedgerEntry(Model):
    """A change of the wallet. It is never changed itself; mistakes are corrected by another."""

    id: str
    kind: EntryKind
    at: datetime
    paid: int = Field(description="Coins that came, or went when below zero.")
    bonus: int = Field(description="The same of coins that were not paid for.")
    promotional: int = Field(description="How many of `bonus` are promotional.")
    debt: int = Field(description="What is owed more, or less when below zero.")
    cause: EntryCause
    drama_id: DramaId | None = Field(description="Of what was unlocked; null of all else.")
    episode_id: EpisodeId | None = Field(
        description="The episode that was unlocked. Null for a whole drama, and of all else."
    )


def wallet(viewer_id: str, query: WalletQuery) -> Balance:
    """Return what a viewer has.

    Raises:
        ViewerDeleted: the access token has outlived its viewer, or the account of a guest.
    """
    return balance.of_wallet(_read(viewer_id, query.environment), clock.now())


def entries(viewer_id: str, query: EntriesQuery) -> Page[LedgerEntry]:
    """Return a page of a viewer's ledger.

    Raises:
        ViewerDeleted: the access token has outlived its viewer, or the account of a guest.
        InvalidPayload: the cursor is not one of this list.
    """
    before = decode_cursor(query.cursor, str, _PLACE) if query.cursor else None
    found, last = ledger.newest(
        _read(viewer_id, query.environment).viewer_id,
        query.environment,
        limit=query.limit,
        before=before,
    )
    return Page[LedgerEntry](
        items=[_shown(entry) for entry in found],
        next_cursor=encode_cursor(last) if last else None,
    )


def _read(viewer_id: str, environment: Environment) -> Wallet:
    viewer, item = dynamo.batch_get(
        viewers.place(viewer_id), wallets.place(viewer_id, environment), consistent=True
    )
    viewers.require_account(viewer)
    return wallets.current(viewer_id, environment, item)


def _shown(entry: Entry) -> LedgerEntry:
    posted = entry.postings
    promotional = posted.get("promotional", 0)
    by_operator = entry.cause.kind == "operator"
    return LedgerEntry(
        id=entry.id,
        kind=entry.kind,
        at=entry.at,
        paid=posted.get("paid", 0),
        bonus=posted.get("bonus", 0) + promotional,
        promotional=promotional,
        debt=-posted.get("debt", 0),
        cause=EntryCause(kind=entry.cause.kind, id=None if by_operator else entry.cause.id),
        drama_id=entry.cause.drama_id,
        episode_id=entry.cause.episode_id,
    )
