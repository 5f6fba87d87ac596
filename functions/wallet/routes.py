"""The routes of the wallet."""

from cliffhanger.identity.viewers import ViewerDeleted
from cliffhanger.pages import Page
from cliffhanger.routing import Access, Route
from cliffhanger.wallet.balance import Balance
from cliffhanger.wallet.correction_models import Correction, CorrectionInput
from cliffhanger.wallet.errors import InsufficientCoins, ViewerNotFound
from cliffhanger.wallet.statements import EntriesQuery, LedgerEntry, WalletQuery

ROUTES = (
    Route(
        method="GET",
        path="/wallet",
        operation="get_wallet",
        access=Access.VIEWER,
        summary="See your coins",
        query=WalletQuery,
        answer=Balance,
        problems=(ViewerDeleted,),
    ),
    Route(
        method="GET",
        path="/wallet/entries",
        operation="list_entries",
        access=Access.VIEWER,
        summary="List what happened to your coins, the latest first",
        query=EntriesQuery,
        answer=Page[LedgerEntry],
        problems=(ViewerDeleted,),
    ),
    Route(
        method="POST",
        path="/studio/wallets/{viewer_id}/corrections",
        operation="correct_wallet",
        access=Access.STUDIO,
        summary="Give a viewer coins or take some, with a reason",
        status=201,
        idempotent=True,
        body=CorrectionInput,
        answer=Correction,
        problems=(ViewerNotFound, InsufficientCoins),
    ),
)
