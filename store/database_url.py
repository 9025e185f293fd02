"""ESIM_DATABASE_URL as libpq has it: `postgresql://user:password@host1:5432,host2/database?sslmode=verify-full`.

The parameters of libpq (PostgreSQL's documentation, 34.1.2) work, have no effect here, or are refused, each
in `PARAMETERS`: what would weaken the connection if it were left out is refused. The SQLAlchemy form
(`postgresql+asyncpg://`, with its `ssl=` and several `host=`) means the same.
"""

import os
import re
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, unquote_plus

from models.errors import Unavailable

_URL = re.compile(
    r"(?:postgresql(?P<driver>\+asyncpg)?|postgres)://"
    r"(?:(?P<user>[^:/@?]*)(?::(?P<password>[^@]*))?@)?"
    r"(?P<hosts>[^/?#@]*)(?:/(?P<database>[^?#]*))?(?:\?(?P<query>[^#]*))?"
)
_FORM = "ESIM_DATABASE_URL must look like postgresql://user@host:5432/database."
_FILES = ("sslrootcert", "sslcert", "sslkey", "sslcrl", "passfile")
_SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_SYSTEM = "system"

DRIVER, HERE, IGNORED = "driver", "here", "ignored"
_NEVER = re.compile(r"$^")
PARAMETERS: dict[str, tuple[str, re.Pattern[str] | None]] = {
    **dict.fromkeys(
        (
            *("sslmode", "sslcert", "sslkey", "sslrootcert", "sslcrl", "sslpassword", "sslnegotiation"),
            *("ssl_min_protocol_version", "ssl_max_protocol_version", "target_session_attrs"),
            *("passfile", "krbsrvname", "gsslib"),
        ),
        (DRIVER, None),
    ),
    **dict.fromkeys(
        (
            *("host", "port", "user", "password", "dbname", "database", "ssl", "connect_timeout"),
            *("application_name", "fallback_application_name", "options"),
        ),
        (HERE, None),
    ),
    **dict.fromkeys(
        (
            *("keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout"),
            *("sslcompression", "sslsni", "gssdelegation", "load_balance_hosts"),
            *("prepared_statement_cache_size", "statement_cache_size"),
        ),
        (IGNORED, None),
    ),
    "client_encoding": (IGNORED, re.compile(r"auto|utf-?8", re.IGNORECASE)),
    "channel_binding": (IGNORED, re.compile("prefer|disable")),
    "gssencmode": (IGNORED, re.compile("prefer|disable")),
    "sslcertmode": (IGNORED, re.compile("allow")),
    "require_auth": (IGNORED, _NEVER),
}
"""What becomes of each parameter: the driver knows it, it is used here, or it has no effect; the last only
for the values that the pattern allows.
"""


@dataclass(frozen=True)
class Target:
    """Where the database is, and how connections to it are opened."""

    hosts: tuple[tuple[str, int] | None, ...]
    """Host (or the folder of a socket) and port of each server, in turn; None: where the driver looks."""
    user: str | None
    database: str | None
    password: str | None = field(repr=False)
    driver: dict[str, str] = field(repr=False)
    """The parameters that asyncpg reads from a URL itself."""
    startup: dict[str, str]
    """Sent to the server when a connection is opened: application_name, options."""
    connect_timeout: float | None
    """Seconds for each server; None: not given. 0: no limit."""
    ignored: tuple[str, ...]
    """Parameters without effect."""
    trusts_system: bool

    @property
    def dsn(self) -> str:
        """The URL for asyncpg, without its hosts."""
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in self.driver.items())
        return f"postgresql:///?{query}" if query else "postgresql:///"

    @property
    def system_trust(self) -> ssl.SSLContext | None:
        """TLS with the system's certificate authorities, where the URL says sslrootcert=system."""
        if not self.trusts_system:
            return None
        context = ssl.create_default_context()
        if "sslcert" in self.driver:
            context.load_cert_chain(self.driver["sslcert"], self.driver.get("sslkey"))
        return context


def parse_database_url(url: str) -> Target:
    """Where the URL leads. Raises `Unavailable` with what is wrong, quoting neither user nor password."""
    found = _URL.fullmatch(url.strip())
    if found is None:
        raise _wrong(_FORM)
    query = _query(found["query"] or "", unquote_plus if found["driver"] else unquote)
    driver = {name: value[-1] for name, value in query.items() if PARAMETERS[name][0] == DRIVER}
    last = {name: value[-1] for name, value in query.items()}
    if "ssl" in last:
        driver.setdefault("sslmode", "require" if last["ssl"] in {"true", "1"} else last["ssl"])
    system = _check_tls(driver)
    name = last.get("application_name") or last.get("fallback_application_name") or "esim-orders"
    startup = {"application_name": name} | ({"options": last["options"]} if "options" in last else {})
    return Target(
        hosts=tuple(_hosts(found["hosts"], query)),
        user=last.get("user") or _decoded(found["user"]),
        password=last.get("password") or _decoded(found["password"]),
        database=last.get("dbname") or last.get("database") or _decoded(found["database"]),
        driver=driver,
        startup=startup,
        connect_timeout=_seconds(last.get("connect_timeout")),
        ignored=tuple(sorted(name for name in query if PARAMETERS[name][0] == IGNORED)),
        trusts_system=system,
    )


def _wrong(sentence: str) -> Unavailable:
    return Unavailable("database", sentence)


def _decoded(part: str | None) -> str | None:
    return unquote(part) if part else None


def _query(written: str, decoded: Callable[[str], str]) -> dict[str, list[str]]:
    """The parameters, of which empty ones count as not given. A plus is a plus to libpq, and a blank to
    SQLAlchemy.
    """
    query: dict[str, list[str]] = {}
    for pair in filter(None, written.split("&")):
        name, equals, value = pair.partition("=")
        if not equals:
            raise _wrong(_FORM)
        name, value = decoded(name), decoded(value)
        known = PARAMETERS.get(name)
        if known is None or (known[1] and value and not known[1].fullmatch(value)):
            shown = name if re.fullmatch(r"[a-z_]{1,40}", name) else "a parameter"
            raise _wrong(
                f"ESIM_DATABASE_URL has {shown}, which is not supported (with this value); remove it."
            )
        if value:
            query.setdefault(name, []).append(value)
    return query


def _hosts(written: str, query: dict[str, list[str]]) -> Iterator[tuple[str, int] | None]:
    """Each host with its port. A `host=` counts before what stands in the URL's own place, as in libpq."""
    named = [host for value in query.get("host", []) for host in value.split(",")]
    ports = [port for value in query.get("port", []) for port in value.split(",")]
    hosts = named or [part for part in written.split(",") if part]
    if not hosts:
        yield ("localhost", _port(ports[0])) if ports else None
        return
    if len(ports) not in {0, 1, len(hosts)}:
        raise _wrong("ESIM_DATABASE_URL has another number of ports than of hosts.")
    for place, text in enumerate(hosts):
        host, own = _host(unquote(text) if not named else text)
        port = ports[place if len(ports) > 1 else 0] if ports else own
        yield host, _port(port or "5432")


def _host(text: str) -> tuple[str, str]:
    """The host without brackets, and the port behind it, if there is one. A folder has none."""
    if text.startswith("/"):
        return text, ""
    found = re.fullmatch(
        r"\[(?P<v6>[0-9A-Fa-f:.%a-z]+)\](?::(?P<p6>.*))?|(?P<host>[^:]+)(?::(?P<port>.*))?", text
    )
    if found is None:
        if re.fullmatch(r"[0-9A-Fa-f:.]+", text):  # an IPv6 address in host=
            return text, ""
        raise _wrong(_FORM)
    return found["v6"] or found["host"], found["p6"] or found["port"] or ""


def _port(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 0 < int(text) < 65536:
        raise _wrong(_FORM)
    return int(text)


def _seconds(text: str | None) -> float | None:
    if text is None:
        return None
    if not re.fullmatch(r"-?[0-9]{1,6}", text):
        raise _wrong("connect_timeout in ESIM_DATABASE_URL is a number of seconds.")
    return max(float(text), 0.0)


def _check_tls(driver: dict[str, str]) -> bool:
    """Whether the system's authorities are trusted (sslrootcert=system). Raises `Unavailable` for a mode that
    does not exist, and for a file that cannot be read, which would look like a server that does not answer.
    """
    system = driver.get("sslrootcert") == _SYSTEM
    if system:
        del driver["sslrootcert"]
        if driver.setdefault("sslmode", "verify-full") != "verify-full":
            raise _wrong("sslrootcert=system in ESIM_DATABASE_URL needs sslmode=verify-full.")
    if driver.get("sslmode", "prefer") not in _SSL_MODES:
        raise _wrong(f"sslmode in ESIM_DATABASE_URL is one of {', '.join(_SSL_MODES)}.")
    for name in _FILES:
        if name in driver and not os.access(driver[name], os.R_OK):
            raise _wrong(f"The file that {name} in ESIM_DATABASE_URL names cannot be read.")
    return system
