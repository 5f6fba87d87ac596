"""Base64 as JOSE and URLs have it: with two signs of its own, and without padding (RFC 7515)."""

import base64


def decode(text: str) -> bytes:
    """Return what a text without padding stands for.

    Raises:
        ValueError: it stands for nothing.
    """
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
