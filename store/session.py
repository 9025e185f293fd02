"""The database of one process, and the one place where anything is committed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from models.errors import PartAway

_STATEMENT_TIMEOUT = timedelta(seconds=30)
_LOCK_TIMEOUT = timedelta(seconds=10)
_CONNECT_TIMEOUT = timedelta(seconds=5)

SERIALIZATION_FAILURES = frozenset({"40001", "40P01"})


class Database:
    """Connections to the inventory. One is made by each process, in its entry point, and closed there."""

    def __init__(self, url: str, pool_size: int = 10) -> None:
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

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """All or nothing: committed when the block ends, rolled back when it raises.

        Raises `PartAway` where the database cannot be reached, also when the connection is lost on the
        way; after a loss during COMMIT nobody knows, so every step reads the order again when repeated.
        """
        try:
            async with self._engine.begin() as connection:
                yield connection
        except (OSError, TimeoutError) as away:
            raise _away() from away
        except DBAPIError as failure:
            if failure.connection_invalidated or isinstance(failure, OperationalError | InterfaceError):
                raise _away() from failure
            raise

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


def constraint_of(failure: DBAPIError) -> str | None:
    """The name of the constraint that refused a write, if one did."""
    cause = getattr(failure.orig, "__cause__", None)
    return getattr(cause, "constraint_name", None)


def sqlstate_of(failure: DBAPIError) -> str | None:
    """PostgreSQL's five-character code of the failure."""
    return getattr(failure.orig, "sqlstate", None)


def _away() -> PartAway:
    return PartAway("database", "The database does not answer; see ESIM_DATABASE_URL.")


def _milliseconds(duration: timedelta) -> str:
    return str(int(duration.total_seconds() * 1000))
