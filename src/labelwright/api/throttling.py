"""The bound on what callers may ask who have not signed in (rest-api contract, 1).

Each server process counts for itself: a row in the database for every such request would let anybody keep the
database busy, which is worse than N processes that bear N times the bound.
"""

import ipaddress
import math
from collections import deque

from labelwright.domain.errors import IdentityDown, TooManyRequests
from labelwright.ports import Clock

_WINDOW_S = 60.0
#: Addresses remembered at once; more come from nobody honest, and then all start anew.
_MOST_ADDRESSES = 100_000


class Throttle:
    """Lets each address ask `most` times in any minute; 0: as often as it likes. Refused requests do not count."""

    def __init__(self, most: int, clock: Clock) -> None:
        self._most = most
        self._clock = clock
        self._asked: dict[str, deque[float]] = {}

    def count(self, address: str) -> None:
        """Count a request of the address. Raises TooManyRequests."""
        if not self._most:
            return
        now = self._clock().timestamp()
        asked = self._asked.get(address)
        if asked is None:
            self._make_room(now)
            asked = self._asked[address] = deque()
        while asked and asked[0] <= now - _WINDOW_S:
            asked.popleft()
        if len(asked) >= self._most:
            raise TooManyRequests(wait_s=max(1, math.ceil(asked[0] + _WINDOW_S - now)))
        asked.append(now)

    def _make_room(self, now: float) -> None:
        if len(self._asked) < _MOST_ADDRESSES:
            return
        self._asked = {
            address: asked for address, asked in self._asked.items() if asked and asked[-1] > now - _WINDOW_S
        }
        if len(self._asked) >= _MOST_ADDRESSES:
            self._asked.clear()


def retry_headers(error: Exception) -> dict[str, str]:
    """Return the header that says when the same request may do, for the errors that know.

    With a 401 it says that nothing is wrong with the token: nobody need sign in again.
    """
    if isinstance(error, TooManyRequests | IdentityDown):
        return {"Retry-After": str(error.wait_s)}
    return {}


def counted_address(host: str | None) -> str:
    """Return what a caller's requests are counted under: the address, of IPv6 the /64 one household has.

    "" is this machine, asking without a network.
    """
    try:
        address = ipaddress.ip_address((host or "").partition("%")[0])
    except ValueError:
        return host or ""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
