"""Which addresses a webhook may be sent to: public ones only, so that no account reaches our own network.

The host is resolved once, every address of it is checked, and the connection is made to a checked address:
a name that resolves to something else a moment later changes nothing.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""The addresses of a host, for a connection to this port. Raises `OSError` for an unknown host."""
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_6TO4 = ipaddress.IPv6Network("2002::/16")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_PROTOCOLS = ipaddress.IPv4Network("192.0.0.0/24")


class PrivateAddress(Exception):
    """The host has an address that is not public."""


async def resolve(host: str, port: int) -> list[str]:
    """Ask the system's resolver."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


async def checked(host: str, port: int, resolver: Resolve, *, loopback: bool) -> list[str]:
    """The addresses of the host, all of which may be connected to. Raises `PrivateAddress`, and `OSError` for
    an unknown host.
    """
    literal = _parsed(host)
    try:
        named = [str(literal)] if literal else await resolver(host, port)
    except UnicodeError:  # a label of the name is empty or too long
        raise OSError("The host's name is invalid.") from None
    if not named:
        raise OSError("The host has no address.")
    if not all(_may_be_called(address, loopback=loopback) for address in named):
        raise PrivateAddress
    return named


def all_loopback(addresses: list[str]) -> bool:
    """Whether these addresses are all of this machine."""
    return all((found := _parsed(one)) is not None and found.is_loopback for one in addresses)


def _may_be_called(address: str, *, loopback: bool) -> bool:
    found = _parsed(address)
    return found is not None and (is_public(found) or (loopback and found.is_loopback))


def is_public(address: _Address) -> bool:
    """Whether an address is a public one of one machine; of an address that embeds an IPv4 one, that too."""
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not address.is_multicast and address not in _PROTOCOLS
    if address in _NAT64:
        return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    if address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    return address in _GLOBAL_UNICAST and address not in _6TO4 and address.is_global


def _parsed(address: str) -> _Address | None:
    try:
        return ipaddress.ip_address(address)
    except ValueError:
        return None
