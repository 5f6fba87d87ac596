"""The HTTP side of the studio."""

from cliffhanger import aws, snapshot
from cliffhanger.catalog import rollback, studio, takedown
from cliffhanger.catalog.models import (
    Drama,
    DramaInput,
    DramaPatch,
    Episode,
    EpisodeInput,
    EpisodePatch,
)
from cliffhanger.catalog.takedown import Revocation, RevocationInput
from cliffhanger.http import Api, Call
from cliffhanger.media import assets, captions, uploads
from cliffhanger.media.models import (
    Asset,
    CaptionsInput,
    CompletionInput,
    SignedParts,
    StartedUpload,
    Upload,
    UploadInput,
)
from cliffhanger.media.settings import UploadSettings
from cliffhanger.pages import Page, PageQuery
from cliffhanger.settings import load

from .routes import ROUTES

handler = Api(ROUTES)
snapshot.prepare(aws.dynamodb, aws.s3, aws.events, aws.sqs)


@handler.operation
def create_drama(call: Call[DramaInput]) -> Drama:
    """Create a drama."""
    return studio.create_drama(call.payload, call.idempotency)


@handler.operation
def list_all_dramas(call: Call[PageQuery]) -> Page[Drama]:
    """List all dramas."""
    return studio.list_dramas(call.payload)


@handler.operation
def get_any_drama(call: Call[None]) -> Drama:
    """Look at a drama."""
    return studio.find_drama(call.path["drama_id"])


@handler.operation
def edit_drama(call: Call[DramaPatch]) -> Drama:
    """Change a drama."""
    return studio.edit_drama(call.path["drama_id"], call.payload)


@handler.operation
def publish_drama(call: Call[None]) -> Drama:
    """Put a drama on the shelf."""
    return studio.publish_drama(call.path["drama_id"])


@handler.operation
def unpublish_drama(call: Call[None]) -> Drama:
    """Take a drama off the shelf."""
    return studio.unpublish_drama(call.path["drama_id"])


@handler.operation
def create_episode(call: Call[EpisodeInput]) -> Episode:
    """Create an episode."""
    return studio.create_episode(call.path["drama_id"], call.payload, call.idempotency)


@handler.operation
def list_all_episodes(call: Call[PageQuery]) -> Page[Episode]:
    """List the episodes of a drama."""
    return studio.list_episodes(call.path["drama_id"], call.payload)


@handler.operation
def edit_episode(call: Call[EpisodePatch]) -> Episode:
    """Change an episode."""
    return studio.edit_episode(call.path["drama_id"], call.path["episode_id"], call.payload)


@handler.operation
def publish_episode(call: Call[None]) -> Episode:
    """Let viewers see an episode."""
    return studio.publish_episode(call.path["drama_id"], call.path["episode_id"])


@handler.operation
def unpublish_episode(call: Call[None]) -> Episode:
    """Hide an episode."""
    return studio.unpublish_episode(call.path["drama_id"], call.path["episode_id"])


@handler.operation
def roll_back_episode(call: Call[None]) -> Episode:
    """Go back to the generation before."""
    return rollback.roll_back(call.path["episode_id"], call.idempotency_key)


@handler.operation
def start_upload(call: Call[UploadInput]) -> StartedUpload:
    """Open an upload."""
    return uploads.start(call.payload, call.idempotency)


@handler.operation
def get_upload(call: Call[None]) -> Upload:
    """Look at an upload."""
    return uploads.look(call.path["upload_id"])


@handler.operation
def sign_parts(call: Call[None]) -> SignedParts:
    """Sign the missing parts again."""
    return uploads.sign_again(call.path["upload_id"])


@handler.operation
def complete_upload(call: Call[CompletionInput]) -> Asset:
    """Complete an upload."""
    return uploads.complete(call.path["upload_id"], call.payload)


@handler.operation
def abort_upload(call: Call[None]) -> None:
    """Abort an upload."""
    uploads.abort(call.path["upload_id"])


@handler.operation
def get_asset(call: Call[None]) -> Asset:
    """Look at an asset."""
    return assets.find(load(UploadSettings).content_table, call.path["asset_id"])


@handler.operation
def put_captions(call: Call[CaptionsInput]) -> Asset:
    """Give an asset captions."""
    return captions.put(call.path["asset_id"], call.path["language"], call.payload)


@handler.operation
def remove_captions(call: Call[None]) -> Asset:
    """Take captions away."""
    return captions.remove(call.path["asset_id"], call.path["language"])


@handler.operation
def revoke(call: Call[RevocationInput]) -> Revocation:
    """Refuse something at the edge."""
    return takedown.revoke(call.payload, call.caller.id, call.idempotency)
