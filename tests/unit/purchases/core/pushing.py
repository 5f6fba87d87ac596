"""Pushes of Google's that the stand-in would not send by itself."""

import base64
import json
import secrets
from typing import Any

from tests.unit.gateway import Answer
from tests.unit.local_google.running import AUDIENCE, PACKAGE, PUSHER, SUBSCRIPTION, Play
from tests.unit.purchases.core.market import Market


def body(message_id: str | None = None, **told: Any) -> dict[str, Any]:
    """A push as Pub/Sub makes it."""
    notification = {"version": "1.0", "packageName": PACKAGE, "eventTimeMillis": "1788264000123"}
    data = base64.b64encode(json.dumps(notification | told).encode()).decode()
    message = {"data": data, "messageId": message_id or secrets.token_hex(8)}
    return {"message": message, "subscription": SUBSCRIPTION}


def hand_made(market: Market, play: Play, message_id: str | None = None, **told: Any) -> Answer:
    """Bring a push that says this to the door."""
    token = play.keys.identity_token(audience=AUDIENCE, email=PUSHER)
    return market.knock(f"Bearer {token}", body(message_id, **told))
