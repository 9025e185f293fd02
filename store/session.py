"""The database connections of one process. This is the only place where a transaction is committed."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from models.errors import Unavailable
from store.connecting import TRANSACTION_MODE, Connector

_STATEMENT_TIMEOUT = timedelta(seconds=30)
_LOCK_TIMEOUT = timedelta(seconds=10)
CONNECT_TIMEOUT = timedelta(seconds=5)


def _milliseconds(duration: timedelta) -> str:
    return str(int(duration.total_seconds() * 1000))


_SETTINGS = {
    "random_page_cost": "1.1",
    "jit": "off",  # to compile takes longer than any statement of ours that it is tried for
    "statement_timeout": _milliseconds(_STATEMENT_TIMEOUT),
    "lock_timeout": _milliseconds(_LOCK_TIMEOUT),
    "idle_in_transaction_session_timeout": _milliseconds(_STATEMENT_TIMEOUT),
}
_UNAVAILABLE = "The database does not answer; see ESIM_DATABASE_URL."
_BUSY = "The database is busy; ask again."
_LOGIN = "The database refuses the login; see ESIM_DATABASE_URL."
_TABLES = "The database does not have the tables of this version; run `esim-orders db upgrade`."
_SENTENCES = {
    "08001": _UNAVAILABLE,
    "08003": _UNAVAILABLE,
    "08006": _UNAVAILABLE,
    "08P01": "A connection pooler refuses what is asked for; see options in ESIM_DATABASE_URL.",
    "25006": "The database takes no changes now; see ESIM_DATABASE_URL.",
    "26000": TRANSACTION_MODE,
    "28000": _LOGIN,
    "28P01": _LOGIN,
    "3D000": "The server has no database of this name; see ESIM_DATABASE_URL.",
    "42501": "The database's login may not use the tables.",
    "42703": _TABLES,
    "42P05": TRANSACTION_MODE,
    "42P01": _TABLES,
    "53300": "The database has no free connection; ask again.",
    "55P03": _BUSY,
    "57014": _BUSY,
    "57P01": _UNAVAILABLE,
    "57P02": _UNAVAILABLE,
    "57P03": _UNAVAILABLE,
}
"""The message for each SQLSTATE that means that the database is unavailable or misconfigured, not a bug."""

SERIALIZATION_FAILURES = frozenset({"40001", "40P01"})


class Database:
    """The connection pool of the inventory. The entry point of each process makes one, and closes it."""

    def __init__(self, url: str, pool_size: int = 10) -> None:
        connector = Connector(url, _SETTINGS, CONNECT_TIMEOUT.total_seconds())
        self.url = url
        self.ignored_parameters = connector.target.ignored
        self._engine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=connector,
            pool_size=pool_size,
            max_overflow=0,
            pool_pre_ping=False,
            pool_use_lifo=True,  # a connection plans a statement anew the first five times
            hide_parameters=True,
        )
        self._reading = self._engine.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """One transaction: committed when the block ends, rolled back when it raises.

        Raises `Unavailable` where the database cannot be reached, also when the connection is lost within the
        block. If it is lost during COMMIT, the outcome is unknown; so every step that is retried reads the
        order again.
        """
        with answering():
            async with self._engine.begin() as connection:
                yield connection

    @asynccontextmanager
    async def dry_run(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that is always rolled back, to see what would happen. Raises like `transaction`."""
        with answering():
            async with self._engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection in autocommit, for statements that only read: each sees what is committed when it
        starts (READ COMMITTED), without the two round trips of BEGIN and COMMIT. Raises like `transaction`.
        """
        with answering():
            async with self._reading.connect() as connection:
                yield connection

    async def revision(self) -> str | None:
        """The migration that the database is at; None for an empty database."""
        async with self.transaction() as connection:
            there = await connection.scalar(text("SELECT to_regclass('alembic_version')"))
            if there is None:
                return None
            found = await connection.scalar(text("SELECT version_num FROM alembic_version"))
            return None if found is None else str(found)

    async def close(self) -> None:
        """Close all connections of the pool."""
        await self._engine.dispose()


@contextmanager
def answering() -> Iterator[None]:
    """Raise `Unavailable`, with what to do about it, for every error that means so."""
    try:
        yield
    except (OSError, TimeoutError) as unavailable:
        raise Unavailable("database", _UNAVAILABLE) from unavailable
    except PoolTimeoutError as busy:
        raise Unavailable("database", _BUSY) from busy
    except asyncpg.PostgresError as failure:  # while connecting
        sentence = _SENTENCES.get(failure.sqlstate)
        if sentence is None:
            raise
        raise Unavailable("database", sentence) from failure
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


def _sentence(failure: DBAPIError) -> str | None:
    known = _SENTENCES.get(sqlstate_of(failure) or "")
    lost = failure.connection_invalidated or isinstance(failure, OperationalError | InterfaceError)
    return known or (_UNAVAILABLE if lost else None)
