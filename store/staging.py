"""What file imports share: rows are staged in a temporary table, then a few statements process them all."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from store.session import SERIALIZATION_FAILURES, Database, sqlstate_of

_IMPORT_LOCK = 6_145_319


@asynccontextmanager
async def importing(database: Database, dry_run: bool) -> AsyncIterator[AsyncConnection]:
    """The transaction of one import: it commits all rows or none, and a dry run is rolled back.

    Raises `Refused` (`import_running`, `inventory_changed`).
    """
    try:
        async with database.transaction() as connection:
            attempt = await connection.begin_nested()
            await _lock_imports(connection)
            yield connection
            await (attempt.rollback() if dry_run else attempt.commit())
    except DBAPIError as failure:
        if isinstance(failure, IntegrityError) or sqlstate_of(failure) in SERIALIZATION_FAILURES:
            raise Refused.because("inventory_changed") from failure
        raise


async def _lock_imports(connection: AsyncConnection) -> None:
    # concurrent imports would block on each other's unique names; many rows need more than the usual timeout
    await connection.execute(text("SET LOCAL statement_timeout = '5min'"))
    alone = await connection.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _IMPORT_LOCK})
    if not alone:
        raise Refused.because("import_running")


async def stage(
    connection: AsyncConnection, table: str, columns: dict[str, str], rows: Iterable[Sequence[Any]]
) -> None:
    """Create a temporary table with these columns and types, and copy the rows into it."""
    definition = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    await connection.execute(text(f"CREATE TEMPORARY TABLE {table} ({definition}) ON COMMIT DROP"))
    opened = await connection.get_raw_connection()
    await opened.driver_connection.copy_records_to_table(table, records=rows)  # type: ignore[union-attr]
    await connection.execute(text(f"ANALYZE {table}"))


def keep_open(table: str) -> str:
    """The statement that locks the accounts of the staged rows, so that none is closed during the import."""
    named = f"SELECT account FROM {table}"  # noqa: S608  tables of our own
    return f"SELECT id FROM accounts WHERE name IN ({named}) ORDER BY id FOR KEY SHARE"  # noqa: S608


async def prepare(connection: AsyncConnection, table: str, statement: str) -> None:
    """Run the statement that creates this temporary table, and ANALYZE it for the planner."""
    await connection.execute(text(statement))
    await connection.execute(text(f"ANALYZE {table}"))


async def run(connection: AsyncConnection, statement: str, **values: Any) -> int:
    """Run a statement over all staged rows; return how many rows it inserted or changed."""
    return (await connection.execute(text(statement), values)).rowcount


async def ids(connection: AsyncConnection, statement: str, **values: Any) -> set[int]:
    """Run a statement over all staged rows; return the ids of its RETURNING clause."""
    return set((await connection.scalars(text(statement), values)).all())
