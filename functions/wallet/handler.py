"""The HTTP side of the wallet."""

from cliffhanger import aws, snapshot
from cliffhanger.http import Api, Call
from cliffhanger.pages import Page
from cliffhanger.wallet import corrections, statements
from cliffhanger.wallet.balance import Balance
from cliffhanger.wallet.correction_models import Correction, CorrectionInput
from cliffhanger.wallet.statements import EntriesQuery, LedgerEntry, WalletQuery

from .routes import ROUTES

handler = Api(ROUTES)
snapshot.prepare(aws.dynamodb)


@handler.operation
def get_wallet(call: Call[WalletQuery]) -> Balance:
    """Look at one's own coins."""
    return statements.wallet(call.caller.id, call.payload)


@handler.operation
def list_entries(call: Call[EntriesQuery]) -> Page[LedgerEntry]:
    """List what happened to them."""
    return statements.entries(call.caller.id, call.payload)


@handler.operation
def correct_wallet(call: Call[CorrectionInput]) -> Correction:
    """Give a viewer coins, or take some."""
    return corrections.apply(call.path["viewer_id"], call.payload, call.caller.id, call.idempotency)
