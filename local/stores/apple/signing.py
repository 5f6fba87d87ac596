"""Signs as Apple does: a JWS with ES256 whose header carries the whole chain."""

import base64
from typing import Any

import jwt

from local.stores.apple.chain import Chain


def sign(chain: Chain, payload: dict[str, Any]) -> str:
    """Return the JWS of a payload. What is None is left out, as Apple leaves it out."""
    told = {name: value for name, value in payload.items() if value is not None}
    x5c = [base64.b64encode(one).decode() for one in chain.certificates]
    # PyJWT adds `typ` unless told not to; Apple's headers have alg and x5c alone.
    return jwt.encode(told, chain.leaf.key, algorithm="ES256", headers={"x5c": x5c, "typ": None})
