"""The rate limit of failed sign-ins: per address and overall, for the last minute, counted in memory.

An address that failed too often is refused until its failures are a minute old, whatever token it sends.
Where all addresses together failed too often, an address is refused after one failure; addresses that have
not failed sign in as usual. Each process counts for itself, and its counts end with it.

Behind a proxy the address is the client's only where the proxy is trusted (ESIM_TRUSTED_PROXIES).
Otherwise all clients share the proxy's address and its limit, for a minute at most.
"""

import ipaddress
import time
from collections import OrderedDict, deque
from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request

MOST_OF_ONE = 10
MOST_IN_ALL = 100
WITHIN_SECONDS = 60.0
_MOST_ADDRESSES = 10_000
_V6_NETWORK = 64


class Attempts:
    """Counts the failed sign-ins of each address within the last minute."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failed: OrderedDict[str, deque[float]] = OrderedDict()
        self._all: deque[float] = deque(maxlen=MOST_IN_ALL)

    def check(self, request: Request) -> None:
        """Raise HTTPException 429, with Retry-After, where this address failed too often."""
        now = self._clock()
        failed = self._failed.get(network_of(request), deque())
        _forget(failed, now)
        _forget(self._all, now)
        most = 1 if len(self._all) >= MOST_IN_ALL else MOST_OF_ONE
        if len(failed) >= most:
            wait = int(failed[-most] + WITHIN_SECONDS - now) + 1
            raise HTTPException(429, headers={"Retry-After": str(wait)})

    def failed(self, request: Request) -> None:
        """Count a failure of this address."""
        now, address = self._clock(), network_of(request)
        self._all.append(now)
        self._failed.setdefault(address, deque(maxlen=MOST_OF_ONE)).append(now)
        self._failed.move_to_end(address)
        while len(self._failed) > _MOST_ADDRESSES or self._oldest_is_over(now):
            self._failed.popitem(last=False)

    def _oldest_is_over(self, now: float) -> bool:
        oldest = next(iter(self._failed.values()))
        return not oldest or oldest[-1] <= now - WITHIN_SECONDS


def _forget(failures: deque[float], now: float) -> None:
    while failures and failures[0] <= now - WITHIN_SECONDS:
        failures.popleft()


def network_of(request: Request) -> str:
    """The client's address; of IPv6 the /64 network, since a client can use every address in it."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return "unknown"
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, _V6_NETWORK), strict=False))
