"""The HTTP side of viewing."""

from cliffhanger import aws, snapshot
from cliffhanger.entitlements import whole_drama
from cliffhanger.entitlements.models import DramaUnlock
from cliffhanger.http import Api, Call
from cliffhanger.pages import Page, PageQuery
from cliffhanger.playback import sitting
from cliffhanger.playback.models import DramaAccess, Playback, PlaybackInput
from cliffhanger.watching import history, progress
from cliffhanger.watching.models import HistoryRow, Progress, ProgressInput

from .routes import ROUTES

handler = Api(ROUTES)
snapshot.prepare(aws.dynamodb, aws.secrets, aws.events)


@handler.operation
def open_playback(call: Call[PlaybackInput]) -> Playback:
    """Open a sitting."""
    return sitting.open_sitting(
        call.path["episode_id"], call.caller.id, call.payload, call.idempotency_key
    )


@handler.operation
def unlock_drama(call: Call[None]) -> DramaUnlock:
    """Unlock a whole drama."""
    return whole_drama.unlock(call.path["drama_id"], call.caller.id, call.idempotency)


@handler.operation
def list_access(call: Call[PageQuery]) -> DramaAccess:
    """List what the viewer may watch of a drama."""
    return sitting.access(call.path["drama_id"], call.caller.id, call.payload)


@handler.operation
def report_progress(call: Call[ProgressInput]) -> Progress:
    """Take a batch of reports."""
    return progress.record(call.caller.id, call.payload)


@handler.operation
def list_history(call: Call[PageQuery]) -> Page[HistoryRow]:
    """List what the viewer has watched."""
    return history.read(call.caller.id, call.payload)
