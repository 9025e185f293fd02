"""Where the mail server is, and how we introduce ourselves: address, credentials, TLS, HELO name."""

import ipaddress
import re
import socket
import ssl
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from urllib.parse import unquote, urlsplit

HELO_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*")
"""A host name; an address literal (`[192.0.2.7]`) is the other form (RFC 5321, 4.1.3)."""


@dataclass(frozen=True)
class Introduction:
    """How we introduce ourselves to the mail server, and whom we trust to be it; empty: the default of each.

    `helo_name`: the name for HELO and EHLO. `ca_file`: the certificate authorities (PEM) that its certificate
    must come from. `client_certificate` and `client_key`: what we identify ourselves with in TLS (PEM).
    """

    helo_name: str = ""
    ca_file: str = ""
    client_certificate: str = ""
    client_key: str = ""


@dataclass(frozen=True)
class MailServer:
    """Address, credentials and TLS settings of the mail server; `timeout` in seconds."""

    host: str
    port: int
    implicit_tls: bool
    username: str | None = field(repr=False)
    password: str = field(repr=False)
    timeout: float
    tls_context: ssl.SSLContext = field(repr=False)
    helo_name: str = ""

    @classmethod
    def parse(
        cls,
        url: str,
        *,
        timeout: timedelta,
        tls_context: ssl.SSLContext | None = None,
        introduction: Introduction | None = None,
    ) -> "MailServer":
        """Parse smtp:// or smtps://. Raises ValueError, without quoting the URL: it has a password."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise ValueError("The SMTP URL is malformed.") from None
        beyond_the_port = parts.path.strip("/") or parts.query or parts.fragment
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or beyond_the_port:
            raise ValueError("The SMTP URL needs the form smtp[s]://[user:password@]host:port, encoded.")
        implicit_tls = parts.scheme == "smtps"
        us = introduction or Introduction()
        return cls(
            host=parts.hostname,
            port=port or (465 if implicit_tls else 25),
            implicit_tls=implicit_tls,
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password or ""),
            timeout=timeout.total_seconds(),
            tls_context=tls_context or _tls_context(parts.hostname, us),
            helo_name=_checked_helo_name(us.helo_name),
        )

    @property
    def is_this_machine(self) -> bool:
        """Whether the server is on this machine (loopback), where neither certificates nor TLS are needed."""
        return _is_this_machine(self.host)

    def own_name(self) -> str:
        """The name for HELO where the settings have none. Blocks, as it asks the resolver."""
        return _own_name(self.host, self.port)


@lru_cache(maxsize=16)
def _own_name(host: str, port: int) -> str:
    """The full name of this machine; else, as servers refuse a name without a domain, the address that it has
    on the way to the server. Containers have no domain. Connecting a datagram socket sends nothing.
    """
    name = socket.getfqdn()
    if "." in name and HELO_NAME.fullmatch(name):
        return name
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, kind, protocol) as towards:
            towards.connect(place)
            address = ipaddress.ip_address(str(towards.getsockname()[0]).partition("%")[0])
    except (OSError, ValueError):
        return "[127.0.0.1]"
    return f"[IPv6:{address}]" if address.version == 6 else f"[{address}]"


def _checked_helo_name(name: str) -> str:
    """The name. Raises ValueError: a line break in it would be a command of its own."""
    if not name or HELO_NAME.fullmatch(name):
        return name
    try:
        ipaddress.ip_address(name.removeprefix("[").removesuffix("]").removeprefix("IPv6:"))
    except ValueError:
        raise ValueError("ESIM_SMTP_HELO_NAME is neither a host name nor [an address].") from None
    if not (name.startswith("[") and name.endswith("]")):
        raise ValueError("ESIM_SMTP_HELO_NAME needs brackets around an address.")
    return name


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _tls_context(host: str, us: Introduction) -> ssl.SSLContext:
    """The certificate authorities of the file, else those of the system, which take a while to load; none for
    a relay on this machine, usually self-signed. Raises ValueError for a file that cannot be used.
    """
    if us.ca_file or not _is_this_machine(host):
        context = _trusting(us.ca_file)
    else:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if us.client_certificate:
        try:
            # a key with a password is refused, not asked for at a terminal
            context.load_cert_chain(us.client_certificate, us.client_key or None, password=lambda: b"")
        except (OSError, ValueError):
            names = "ESIM_SMTP_CLIENT_CERTIFICATE and ESIM_SMTP_CLIENT_KEY"
            raise ValueError(f"The files of {names} are no certificate with its key.") from None
    elif us.client_key:
        raise ValueError("ESIM_SMTP_CLIENT_KEY needs ESIM_SMTP_CLIENT_CERTIFICATE.")
    return context


def _trusting(ca_file: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except OSError:  # ssl.SSLError is one
        raise ValueError("The file of ESIM_SMTP_CA_FILE holds no certificates.") from None
