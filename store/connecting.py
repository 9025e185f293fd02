"""Opens connections to PostgreSQL: to the first server that answers, by libpq's parameters, and not through a
pooler in transaction mode.

Our settings are made by a statement after connecting, not by start-up parameters, since PgBouncer refuses
those that it does not know. Behind PgBouncer in session mode everything works. In transaction mode it hands
the statements of one connection to different servers: settings, prepared statements and reads would be mixed
up with those of others, so that is found out and refused.
"""

import re
import ssl
from collections.abc import Iterator, Mapping
from typing import Any

import asyncpg  # type: ignore[import-untyped]

from models.errors import Unavailable
from store.database_url import parse_database_url

TRANSACTION_MODE = (
    "ESIM_DATABASE_URL leads to a connection pooler in transaction mode, which cannot be used: "
    "set pool_mode=session for this database in PgBouncer, or name the server itself."
)
_PID = "SELECT pg_backend_pid()"
_LOOKS = 5
"""How often two connections through a pooler are compared. Without other clients the first look decides."""
_NO_TLS = "The database server offers no TLS, which sslmode in ESIM_DATABASE_URL asks for."
_NOT_TRUSTED = (
    "The certificate of the database server is not accepted; "
    "see sslmode and sslrootcert in ESIM_DATABASE_URL."
)
_TLS = "TLS with the database server failed; see sslmode, sslcert and sslkey in ESIM_DATABASE_URL."
_NOT_SUCH = "No server of ESIM_DATABASE_URL is as target_session_attrs asks."
_PASSED_OVER = (
    *(OSError, TimeoutError, asyncpg.PostgresConnectionError),
    *(asyncpg.CannotConnectNowError, asyncpg.TargetServerAttributeNotMatched),
)
_MIXED_UP = frozenset({"26000", "42P05"})
"""A prepared statement that does not exist, or exists already: of a pooler that mixes connections."""


class Connector:
    """Opens connections; SQLAlchemy calls it for each. `settings` are made in each connection; `timeout` is
    that of connecting to one server, in seconds, unless the URL has another.
    """

    def __init__(self, url: str, settings: Mapping[str, str], timeout: float) -> None:
        self.target = parse_database_url(url)
        options = self.target.startup.get("options", "")
        self._settings = {
            name: value
            for name, value in settings.items()
            if not re.search(rf"(?<![\w.]){name}\s*=", options)
        }
        given = self.target.connect_timeout
        self._timeout = timeout if given is None else given or None
        self._keeps_its_server = False

    async def __call__(self) -> asyncpg.Connection:
        """A connection with our settings. Raises `Unavailable`, OSError, or an error of PostgreSQL."""
        connection = await self._open()
        try:
            await self._make_settings(connection)
        except BaseException:
            connection.terminate()
            raise
        return connection

    async def _make_settings(self, connection: asyncpg.Connection) -> None:
        made = "".join(
            f", set_config(${at}, ${at + 1}, false)" for at in range(1, 2 * len(self._settings), 2)
        )
        values = [part for setting in self._settings.items() for part in setting]
        try:
            pid = await connection.fetchval(_PID + made, *values)
            # a pooler tells its clients a number of its own
            if pid != connection.get_server_pid() and not self._keeps_its_server:
                await self._refuse_transaction_mode(connection)
                self._keeps_its_server = True
        except asyncpg.PostgresError as mixed:
            if mixed.sqlstate in _MIXED_UP:
                raise Unavailable("database", TRANSACTION_MODE) from mixed
            raise

    async def _refuse_transaction_mode(self, connection: asyncpg.Connection) -> None:
        """Raise `Unavailable` if two open connections get the same server, or one gets several in turn. In
        session mode each has its own, to the end.
        """
        first = await connection.fetchval(_PID)
        try:
            other = await self._open()
        except (OSError, TimeoutError, asyncpg.PostgresError):
            return  # there is no server for a second one although the first is idle: each keeps its own
        try:
            for _ in range(_LOOKS):
                if await other.fetchval(_PID) == first or await connection.fetchval(_PID) != first:
                    raise Unavailable("database", TRANSACTION_MODE)
        finally:
            other.terminate()

    async def _open(self) -> asyncpg.Connection:
        """A connection to the first server that can be used, as libpq looks for it: one that does not answer,
        or is not as target_session_attrs asks, is passed over; one that refuses the login is not.
        """
        failure: Exception = TimeoutError()
        for wanted, place in self._attempts():
            try:
                return await self._connect(place, wanted)
            except _PASSED_OVER as of:
                failure = of
        raise _explained(failure)

    def _attempts(self) -> Iterator[tuple[str | None, tuple[str, int] | None]]:
        wanted = self.target.driver.get("target_session_attrs")
        for attribute in ("standby", "any") if wanted == "prefer-standby" else (wanted,):
            for place in self.target.hosts:
                yield attribute, place

    async def _connect(self, place: tuple[str, int] | None, wanted: str | None) -> asyncpg.Connection:
        target, more = self.target, dict[str, Any]()
        if place is not None:
            more |= {"host": place[0], "port": place[1]}
        if wanted is not None:
            more["target_session_attrs"] = wanted
        context = target.system_trust
        if context is not None:
            more["ssl"] = context
        try:
            return await asyncpg.connect(
                target.dsn,
                user=target.user,
                password=target.password,
                database=target.database,
                timeout=self._timeout,
                server_settings=target.startup,
                **more,
            )
        except asyncpg.ClientConfigurationError as invalid:
            raise Unavailable(
                "database", f"ESIM_DATABASE_URL cannot be used: {_first_line(invalid)}"
            ) from None


def _first_line(failure: Exception) -> str:
    return str(failure).splitlines()[0]


def _explained(failure: Exception) -> Exception:
    """The failure, or what to do about it where it is one of TLS or of the wanted server."""
    sentence = None
    if isinstance(failure, ssl.SSLCertVerificationError):
        sentence = _NOT_TRUSTED
    elif isinstance(failure, ssl.SSLError):
        sentence = _TLS
    elif isinstance(failure, ConnectionError) and "rejected SSL" in str(failure):
        sentence = _NO_TLS
    elif isinstance(failure, asyncpg.TargetServerAttributeNotMatched):
        sentence = _NOT_SUCH
    return failure if sentence is None else Unavailable("database", sentence)
