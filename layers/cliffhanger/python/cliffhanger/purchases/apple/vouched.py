"""Chains of certificates that Apple vouched for a moment ago.

Its library remembers for a quarter of an hour that a chain was good, in the verifier of one
environment, and asks Apple nothing about it for so long. This says for which chains that holds. The
header of a JWS is its chain and nothing else, so tokens of one chain have the same header.
"""

import time

from cliffhanger.purchases.apple.settings import AppleEnvironment

_REMEMBERED_SECONDS = 15 * 60  # by the library
_MARGIN_SECONDS = 60
_MOST = 32  # as many as the library keeps; Apple signs with a few
_vouched: dict[str, tuple[float, AppleEnvironment]] = {}


def environment_of(signed: str) -> AppleEnvironment | None:
    """Return whose verifier knows the chain of a JWS; None when Apple might have to be asked."""
    since, environment = _vouched.get(_chain(signed), (None, None))
    if since is None or time.monotonic() - since > _REMEMBERED_SECONDS - _MARGIN_SECONDS:
        return None
    return environment


def remember(signed: str, environment: AppleEnvironment) -> None:
    """Keep that a JWS has been verified online. What the library goes on remembering is not new."""
    now, chain = time.monotonic(), _chain(signed)
    since, before = _vouched.get(chain, (None, None))
    if since is not None and before == environment and now - since <= _REMEMBERED_SECONDS:
        return
    while len(_vouched) >= _MOST:
        _vouched.pop(next(iter(_vouched)))
    _vouched[chain] = now, environment


def _chain(signed: str) -> str:
    return signed.partition(".")[0]
