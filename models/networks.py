"""Networks of addresses, as settings name them: `203.0.113.0/24, 2001:db8::1`."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated

from pydantic import AfterValidator

Network = IPv4Network | IPv6Network


def parse_networks(text: str) -> tuple[Network, ...]:
    """Networks and addresses, separated by commas. Raises ValueError."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def _checked(text: str) -> str:
    parse_networks(text)
    return text


Networks = Annotated[str, AfterValidator(_checked)]
"""A text that `parse_networks` reads."""
