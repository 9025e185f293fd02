"""The database of one process, and the one place where anything is committed."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta

from sqlalchemy import make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from models.errors import Unavailable

_STATEMENT_TIMEOUT = timedelta(seconds=30)
_LOCK_TIMEOUT = timedelta(seconds=10)
_CONNECT_TIMEOUT = timedelta(seconds=5)

_UNAVAILABLE = "The database does not answer; see ESIM_DATABASE_URL."
_BUSY = "The database is busy; ask again."
_LOGIN = "The database refuses the login; see ESIM_DATABASE_URL."
_TABLES = "The database does not have the tables of this version; run `esim-orders db upgrade`."
_SENTENCES = {
    "25006": "The database takes no changes now; see ESIM_DATABASE_URL.",
    "28000": _LOGIN,
    "28P01": _LOGIN,
    "3D000": "The server has no database of this name; see ESIM_DATABASE_URL.",
    "42501": "The database's login may not use the tables.",
    "42703": _TABLES,
    "42P01": _TABLES,
    "53300": "The database has no free connection; ask again.",
    "55P03": _BUSY,
    "57014": _BUSY,
    "57P01": _UNAVAILABLE,
    "57P02": _UNAVAILABLE,
    "57P03": _UNAVAILABLE,
}
"""What to do about PostgreSQL's five-character codes that are nobody's bug."""

SERIALIZATION_FAILURES = frozenset({"40001", "40P01"})


class Database:
    """Connections to the inventory. One is made by each process, in its entry point, and closed there."""

    def __init__(self, url: str, pool_size: int = 10) -> None:
        _check(url)
        self.url = url
        self._engine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_pre_ping=False,
            hide_parameters=True,
            connect_args={
                "timeout": _CONNECT_TIMEOUT.total_seconds(),
                "server_settings": {
                    "application_name": "esim-orders",
                    "statement_timeout": _milliseconds(_STATEMENT_TIMEOUT),
                    "lock_timeout": _milliseconds(_LOCK_TIMEOUT),
                    "idle_in_transaction_session_timeout": _milliseconds(_STATEMENT_TIMEOUT),
                },
            },
        )
        self._reading = self._engine.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """All or nothing: committed when the block ends, rolled back when it raises.

        Raises `Unavailable` where the database cannot be reached, also when the connection is lost on the
        way; after a loss during COMMIT nobody knows, so every step reads the order again when repeated.
        """
        with answering():
            async with self._engine.begin() as connection:
                yield connection

    @asynccontextmanager
    async def dry_run(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that is always rolled back: says what would become of it, and keeps nothing. Raises
        like `transaction`.
        """
        with answering():
            async with self._engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """For statements that only read: each sees what is committed when it starts, as in a transaction
        of ours, but without the two further round trips of one. Raises like `transaction`.
        """
        with answering():
            async with self._reading.connect() as connection:
                yield connection

    async def revision(self) -> str | None:
        """The migration the tables are at; None for an empty database."""
        async with self.transaction() as connection:
            there = await connection.scalar(text("SELECT to_regclass('alembic_version')"))
            if there is None:
                return None
            found = await connection.scalar(text("SELECT version_num FROM alembic_version"))
            return None if found is None else str(found)

    async def close(self) -> None:
        """Give all connections back to the server."""
        await self._engine.dispose()


@contextmanager
def answering() -> Iterator[None]:
    """Tell every way in which the database does not answer as `Unavailable`, with what to do."""
    try:
        yield
    except (OSError, TimeoutError) as unavailable:
        raise Unavailable("database", _UNAVAILABLE) from unavailable
    except PoolTimeoutError as busy:
        raise Unavailable("database", _BUSY) from busy
    except DBAPIError as failure:
        sentence = _sentence(failure)
        if sentence is None:
            raise
        raise Unavailable("database", sentence) from failure


def constraint_of(failure: DBAPIError) -> str | None:
    """The name of the constraint that refused a write, if one did."""
    cause = getattr(failure.orig, "__cause__", None)
    return getattr(cause, "constraint_name", None)


def sqlstate_of(failure: DBAPIError) -> str | None:
    """PostgreSQL's five-character code of the failure."""
    return getattr(failure.orig, "sqlstate", None)


def _check(url: str) -> None:
    try:
        right = make_url(url).drivername == "postgresql+asyncpg"
    except (ArgumentError, ValueError):
        right = False
    if not right:
        sentence = "ESIM_DATABASE_URL must look like postgresql+asyncpg://user@host:5432/database."
        raise Unavailable("database", sentence)


def _sentence(failure: DBAPIError) -> str | None:
    known = _SENTENCES.get(sqlstate_of(failure) or "")
    lost = failure.connection_invalidated or isinstance(failure, OperationalError | InterfaceError)
    return known or (_UNAVAILABLE if lost else None)


def _milliseconds(duration: timedelta) -> str:
    return str(int(duration.total_seconds() * 1000))
