"""HTTP as both the API and the storage need it: patient, through the proxy, with plain errors."""

import random
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3 import exceptions
from urllib3.util import Retry

from cli.errors import ConnectionLost

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_BLOCK_BYTES = 128 * 1024
_TIMEOUT = urllib3.Timeout(connect=20, read=30)


class Backoff(Retry):
    """Retries with exponential backoff and full jitter. A Retry-After is kept to."""

    def get_backoff_time(self) -> float:
        """Return the seconds to wait before the next try."""
        tries = len(self.history)
        longest = min(self.backoff_max, self.backoff_factor * 2 ** (tries - 1))
        return random.uniform(0, longest)  # noqa: S311 - it spreads retries and hides nothing


# Every method may be tried again: each POST of the API takes a key or is the same when repeated.
PATIENT = Backoff(
    total=6,
    redirect=0,
    status_forcelist={429, 500, 502, 503, 504},
    allowed_methods=None,
    backoff_factor=0.5,
    backoff_max=8,
    retry_after_max=60,
    raise_on_status=False,
)


class Transport:
    """Connections to any host, kept open between requests."""

    def __init__(self, *, connections: int = 16) -> None:
        """Keep up to so many connections to one host."""
        self._options: dict[str, Any] = {"maxsize": connections, "blocksize": _BLOCK_BYTES}
        self._pools: dict[str | None, urllib3.PoolManager] = {}

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: dict[str, str],
        body: Any = None,
        retries: Retry = PATIENT,
    ) -> urllib3.BaseHTTPResponse:
        """Send a request and return whatever was answered, redirects included.

        Args:
            method: the method.
            url: the whole address. It is never shown: it may carry a signature.
            headers: what to send with it.
            body: bytes, or an object with `read`, `tell` and `seek`.
            retries: how often to try again.

        Raises:
            ConnectionLost: there was no answer, however often it was tried.
        """
        try:
            return self._pool(url).request(
                method,
                url,
                headers=headers,
                body=body,
                retries=retries,
                timeout=_TIMEOUT,
                redirect=False,
            )
        except exceptions.HTTPError as error:
            host = urlsplit(url).netloc
            raise ConnectionLost(
                f"{host} cannot be reached: {_reason(error)}.",
                advice="Check the address and the network connection.",
            ) from None  # its text has the URL in it

    def _pool(self, url: str) -> urllib3.PoolManager:
        parts = urlsplit(url)
        host = parts.hostname or ""
        proxy = getproxies().get(parts.scheme)
        if proxy and (host in LOOPBACK or proxy_bypass(host)):
            proxy = None
        if proxy not in self._pools:
            made = (
                urllib3.ProxyManager(proxy, **self._options)
                if proxy
                else urllib3.PoolManager(**self._options)
            )
            self._pools[proxy] = made
        return self._pools[proxy]


_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (exceptions.NameResolutionError, "nobody knows its name"),
    (exceptions.SSLError, "its certificate is not trusted"),
    (exceptions.ProxyError, "the proxy does not let it through"),
    (exceptions.NewConnectionError, "it refuses the connection"),
    (exceptions.TimeoutError, "it does not answer in time"),
    (exceptions.LocationValueError, "the address is not one"),
)


def _reason(error: Exception) -> str:
    cause: object = error.reason if isinstance(error, exceptions.MaxRetryError) else error
    for kind, words in _REASONS:
        if isinstance(cause, kind):
            return words
    return "the connection broke off"
