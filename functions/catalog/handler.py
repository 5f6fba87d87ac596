"""The HTTP side of the public catalogue."""

from cliffhanger import aws, snapshot
from cliffhanger.catalog import browse
from cliffhanger.catalog.models import PublicDrama, PublicEpisode
from cliffhanger.http import Api, Call
from cliffhanger.pages import Page, PageQuery

from .routes import ROUTES

handler = Api(ROUTES)
snapshot.prepare(aws.dynamodb)


@handler.operation
def list_dramas(call: Call[PageQuery]) -> Page[PublicDrama]:
    """List the published dramas."""
    return browse.dramas(call.payload, call.headers.get("accept-language"))


@handler.operation
def get_drama(call: Call[None]) -> PublicDrama:
    """Look at one drama."""
    return browse.drama(call.path["drama_id"], call.headers.get("accept-language"))


@handler.operation
def list_episodes(call: Call[PageQuery]) -> Page[PublicEpisode]:
    """List the visible episodes of a drama."""
    language = call.headers.get("accept-language")
    return browse.episodes(call.path["drama_id"], call.payload, language)
