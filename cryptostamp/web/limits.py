"""How often a client may ask: token buckets in the memory of one worker.

A client is an address, or the /64 of one of IPv6, for that is what one household has. Forgets the clients that have
been quiet longest; writes nothing down.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from threading import Lock

__all__ = ["Buckets", "client_of"]

_MOST_CLIENTS = 50_000


class Buckets:
    """One bucket for each key, that fills with `a_minute` tokens a minute and holds as many; 0 for no limit."""

    def __init__(self, a_minute: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._a_minute = a_minute
        self._clock = clock
        self._filled: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._guard = Lock()

    def take(self, key: str) -> float:
        """Take a token; return 0.0, or after how many seconds there will be one."""
        if not self._a_minute:
            return 0.0
        with self._guard:
            now = self._clock()
            tokens, at = self._filled.pop(key, (float(self._a_minute), now))
            tokens = min(self._a_minute, tokens + (now - at) * self._a_minute / 60)
            enough = tokens >= 1
            self._filled[key] = (tokens - 1 if enough else tokens, now)
            if len(self._filled) > _MOST_CLIENTS:
                self._filled.popitem(last=False)
        return 0.0 if enough else (1 - tokens) * 60 / self._a_minute


@lru_cache(maxsize=4096)
def client_of(host: str | None) -> str:
    """Return who asks, as a key of `Buckets`."""
    try:
        address = ip_address(host or "")
    except ValueError:
        return host or "unknown"
    if isinstance(address, IPv6Address):
        return f"{int(address) >> 64:x}::/64"
    return str(address)
