"""The rate limit of each API key (A12): a token bucket in memory, which each process counts for itself.

`RateLimit-Policy` and `RateLimit` follow the draft of the IETF's HTTPAPI working group.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from math import ceil

_MOST_KEYS = 10_000
_WINDOW = 10
"""Seconds in which an empty bucket fills up."""


@dataclass(frozen=True)
class Allowed:
    """Whether a call is allowed, and what its answer says of the limit."""

    ok: bool
    headers: Mapping[str, str]


class Rates:
    """Counts the calls of each key."""

    def __init__(self, a_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._a_second = a_second
        self._most = max(1, int(a_second * _WINDOW))
        self._clock = clock
        self._left: OrderedDict[int, tuple[float, float]] = OrderedDict()
        self._ids: OrderedDict[bytes, int] = OrderedDict()

    def id_of(self, key: str) -> int | None:
        """The id of a key that was valid when it called last, lately; it may have been revoked since."""
        return self._ids.get(_digest(key))

    def remember(self, key: str, key_id: int) -> None:
        """Remember the id of a valid key."""
        self._ids[_digest(key)] = key_id
        if len(self._ids) > _MOST_KEYS:
            self._ids.popitem(last=False)

    def take(self, key_id: int) -> Allowed:
        """Count a call with this key."""
        now = self._clock()
        left, at = self._left.pop(key_id, (float(self._most), now))
        left = min(self._most, left + (now - at) * self._a_second)
        ok = left >= 1
        left = left - 1 if ok else left
        self._left[key_id] = (left, now)
        if len(self._left) > _MOST_KEYS:
            self._left.popitem(last=False)
        reset = ceil((self._most - left) / self._a_second)
        headers = {
            "RateLimit-Policy": f'"key";q={self._most};w={_WINDOW}',
            "RateLimit": f'"key";r={int(left)};t={reset}',
        }
        if not ok:
            headers["Retry-After"] = str(max(1, ceil((1 - left) / self._a_second)))
        return Allowed(ok, headers)


def _digest(key: str) -> bytes:
    """Enough to know it again: the text of a key is kept nowhere."""
    return sha256(key.encode()).digest()
