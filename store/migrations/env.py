"""Runs Alembic in one connection and one transaction; an advisory lock admits one process at a time."""

import asyncio

from alembic import context
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

import store.tables  # noqa: F401  loads every table into the metadata
from store.connecting import Connector
from store.row import Row

_MIGRATION_LOCK = 6_145_318
_CONNECT_SECONDS = 60.0


def run(connection: Connection) -> None:
    """Apply the migrations in the transaction of this connection."""
    context.configure(connection=connection, target_metadata=Row.metadata, compare_server_default=True)
    with context.begin_transaction():
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        context.run_migrations()


async def connect_and_run() -> None:
    """Open the connection that the migrations run in."""
    connector = Connector(context.config.attributes["database_url"], {}, _CONNECT_SECONDS)
    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=connector, poolclass=pool.NullPool, hide_parameters=True
    )
    async with engine.connect() as connection:
        await connection.run_sync(run)
        await connection.commit()
    await engine.dispose()


asyncio.run(connect_and_run())
