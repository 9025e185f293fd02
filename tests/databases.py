"""Databases of tests, copied from a template that was migrated once."""

import shutil
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy import make_url

from sandbox.postgres import ThrowAwayPostgres

TEMPLATE = "template_esim"
MEMORY = Path("/dev/shm")
ROOM = 4 * 1024**3
"""Bytes that must be free for the servers of all test processes, which take about 200 MB each."""
_LEAVE = """
SELECT coalesce(bool_and(pg_terminate_backend(pid, 5000)), true) FROM pg_stat_activity WHERE datname = $1
"""


def folder_in_memory() -> Path | None:
    """Where files are written to no disk, on a machine that has such a folder with enough room."""
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        return MEMORY
    return None


class Copies:
    """Copies of templates, one for each test. A copy that was only read serves the next test, too.

    The server's log of changes is that of all its databases, so one that has not grown since a copy was made
    proves that nothing was written to the copy.
    """

    def __init__(self, server: ThrowAwayPostgres) -> None:
        self._server = server
        self._connection: asyncpg.Connection | None = None
        self._unchanged: dict[str, str] = {}
        """By the name of its template."""

    async def run(self, statement: str) -> None:
        """Run a statement that no transaction may hold, such as CREATE DATABASE."""
        await (await self._connected()).execute(statement)

    @asynccontextmanager
    async def of(self, template: str = TEMPLATE) -> AsyncIterator[str]:
        """The URL of a copy of this template, which is gone after the block or as it was."""
        name = self._unchanged.pop(template, "")
        if not name:
            name = f"test_{uuid.uuid4().hex}"
            await self.run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        before = await self._written()
        yield self._server.url(name)
        left = await (await self._connected()).fetchval(_LEAVE, name)
        if left and template not in self._unchanged and await self._written() == before:
            self._unchanged[template] = name
        else:
            await self.run(f"DROP DATABASE {name} WITH (FORCE)")

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()

    async def _written(self) -> str:
        """How far the server's log of changes has come."""
        return str(await (await self._connected()).fetchval("SELECT pg_current_wal_insert_lsn()"))

    async def _connected(self) -> asyncpg.Connection:
        if self._connection is None or self._connection.is_closed():
            self._connection = await connect(self._server.url())
        return self._connection


async def connect(url: str) -> asyncpg.Connection:
    """A connection to this database, without SQLAlchemy."""
    place = make_url(url)
    return await asyncpg.connect(
        user=place.username, database=place.database, host=place.query["host"], port=place.query["port"]
    )


async def tidy(url: str) -> None:
    """Remove what the migrations replaced in the catalogs of a template: the first readers of a copy would do
    it there. The tables keep being without statistics, as in a new database.
    """
    connection = await connect(url)
    catalogs = "SELECT oid::regclass FROM pg_class WHERE relkind = 'r' AND relnamespace = $1::regnamespace"
    names = [str(row[0]) for row in await connection.fetch(catalogs, "pg_catalog")]
    await connection.execute(f"VACUUM (FREEZE) {', '.join(names)}")
    await connection.close()
