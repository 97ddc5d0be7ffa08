"""Which hosts may be asked: those the settings name, else those with public addresses only."""

import ipaddress
import socket
from collections.abc import Sequence

from labelwright.domain.errors import Invalid, Unreachable

#: IPv6 that stands for an IPv4 address in its last 32 bits (RFC 6052).
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
#: All of IPv6 that is given out (RFC 4291, 2.4): what lies outside is old, kept, or another network's own.
_GLOBAL_IPV6 = ipaddress.IPv6Network("2000::/3")
#: Where a cloud (Azure) answers its machines of themselves, at an address that only looks public.
_OF_THE_MACHINE = frozenset((ipaddress.IPv4Address("168.63.129.16"),))


def is_named(host: str, names: Sequence[str]) -> bool:
    """Whether `names` hold the host; `*.example.org` is every host below."""
    return any(host == name or (name.startswith("*.") and host.endswith(name[1:])) for name in names)


def find_addresses(host: str, names: Sequence[str], *, setting: str) -> list[str]:
    """Look the host up and return its addresses, the best first. `setting` is the one that `names` are of.

    Raises:
        Unreachable: nobody knows it.
        Invalid: one of its addresses is not public, and `names` do not hold the host.
    """
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise Unreachable("the host {host} is not known: {reason}", host=host, reason=reason) from error
    addresses = [str(each[4][0]) for each in found]
    if not is_named(host, names) and not all(is_public(each) for each in addresses):
        raise Invalid(
            "{host} is inside the network of the server: it is asked only when {setting} names it",
            host=host,
            setting=setting,
        )
    return addresses


def is_public(text: str) -> bool:
    """Whether the address, and the one that an IPv6 address may carry, is of the public Internet."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not address.is_multicast and address not in _OF_THE_MACHINE
    if address.ipv4_mapped is not None:
        return is_public(str(address.ipv4_mapped))
    if address in _NAT64:
        return is_public(str(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)))
    carried = [address.sixtofour, *(address.teredo or ())]
    is_all_public = all(each is None or is_public(str(each)) for each in carried)
    return is_all_public and address.is_global and address in _GLOBAL_IPV6
