"""Which addresses a webhook may be sent to: public ones only, so that no account reaches our own network.

The host is resolved once, every address of it is checked, and the connection is made to a checked address:
a name that resolves to something else a moment later changes nothing.
"""

import ipaddress
from collections.abc import Awaitable, Callable, Collection

from models.networks import Network

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""The addresses of a host, for a connection to this port. Raises `OSError` for an unknown host."""
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_ISATAP = 0x5EFE
_REFUSED: tuple[Network, ...] = (
    ipaddress.IPv4Network("168.63.129.16/32"),  # the platform of Azure, from within its virtual machines
    ipaddress.IPv4Network("192.0.0.0/24"),  # protocols, also the metadata of Oracle's cloud
    ipaddress.IPv4Network("192.31.196.0/24"),  # AS112
    ipaddress.IPv4Network("192.52.193.0/24"),  # relays of multicast
    ipaddress.IPv4Network("192.88.99.0/24"),  # relays of 6to4
    ipaddress.IPv4Network("192.175.48.0/24"),  # AS112
    ipaddress.IPv6Network("2001::/23"),  # protocols, also Teredo; of some, later Pythons say is_global
    ipaddress.IPv6Network("2002::/16"),  # 6to4, which embeds IPv4 addresses
    ipaddress.IPv6Network("2620:4f:8000::/48"),  # AS112
    ipaddress.IPv6Network("3fff::/20"),  # documentation, which Python 3.11 does not know
)
"""No receiver is here, although Python's `is_global` says of most that they are public."""


class PrivateAddress(Exception):
    """The host has an address that is not public."""


class NotThisMachine(PrivateAddress):
    """The address is http, and its host is not this machine: nothing leaves the machine unencrypted."""


async def checked(
    host: str, port: int, resolver: Resolve, *, loopback: bool, refused: Collection[Network] = ()
) -> list[str]:
    """The addresses of the host, all of which may be connected to: none is in a `refused` network. Raises
    `PrivateAddress`, and `OSError` for an unknown host.
    """
    literal = _parsed(host)
    try:
        named = [str(literal)] if literal else await resolver(host, port)
    except UnicodeError:  # a label of the name is empty or too long
        raise OSError("The host's name is invalid.") from None
    if not named:
        raise OSError("The host has no address.")
    if not all(_may_be_called(address, refused, loopback=loopback) for address in named):
        raise PrivateAddress
    return named


def all_loopback(addresses: list[str]) -> bool:
    """Whether these addresses are all of this machine."""
    return all((found := _parsed(one)) is not None and found.is_loopback for one in addresses)


def _may_be_called(address: str, refused: Collection[Network], *, loopback: bool) -> bool:
    found = _parsed(address)
    if found is None:
        return False
    if loopback and found.is_loopback:
        return not any(found in network for network in refused)
    return is_public(found, refused)


def is_public(address: _Address, refused: Collection[Network] = ()) -> bool:
    """Whether an address is a public one of one machine, in no `refused` network; of an address that embeds
    an IPv4 one, that too.
    """
    if any(address in network for network in (*_REFUSED, *refused)):
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not address.is_multicast
    last = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _NAT64 or address.ipv4_mapped is not None:
        return is_public(last, refused)
    if int(address) >> 32 & 0xFDFFFFFF == _ISATAP and not is_public(last, refused):
        return False
    return address in _GLOBAL_UNICAST and address.is_global


def _parsed(address: str) -> _Address | None:
    try:
        return ipaddress.ip_address(address)
    except ValueError:
        return None
