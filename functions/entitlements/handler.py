"""The HTTP side of entitlements."""

from cliffhanger import aws, snapshot
from cliffhanger.entitlements import overview, signing
from cliffhanger.entitlements.models import Entitlements, EntitlementsQuery
from cliffhanger.entitlements.signing import JsonWebKeySet
from cliffhanger.http import Api, Call

from .routes import ROUTES

handler = Api(ROUTES)
snapshot.prepare(aws.dynamodb, aws.kms)


@handler.operation
def get_entitlements(call: Call[EntitlementsQuery]) -> Entitlements:
    """Look at one's own rights."""
    return overview.read(call.caller.id, call.payload)


@handler.operation
def get_statement_keys(_: Call[None]) -> JsonWebKeySet:
    """Hand out the public key."""
    return signing.key_set()
