"""Databases of tests, copied from a template that was migrated once."""

import shutil
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy import make_url

from sandbox.postgres import DATABASE, ThrowAwayPostgres
from store.session import Database

TEMPLATE = "template_esim"
MEMORY = Path("/dev/shm")
ROOM = 4 * 1024**3
"""Bytes that must be free for the servers of all test processes, which take about 200 MB each."""
MOST_FILLED = 12
"""Databases with content that are kept for each server to be copied, of 10 MB each."""
_LEAVE = """
SELECT coalesce(bool_and(pg_terminate_backend(pid, 5000)), true) FROM pg_stat_activity WHERE datname = $1
"""


def folder_in_memory() -> Path | None:
    """Where files are written to no disk, on a machine that has such a folder with enough room."""
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        return MEMORY
    return None


T = TypeVar("T")
Content = tuple[str, bytes]
"""The template that a database was a copy of, and what was asked to be filled in."""


@dataclass
class InUse:
    """A copy that a test has."""

    template: str
    """What it is a copy of."""
    begun: str
    """How far the server's log was when it became that."""
    new: bool = True
    """Whether it was not yet asked to be filled."""


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
        self._in_use: dict[str, InUse] = {}
        self._filled: dict[Content, tuple[str, Any]] = {}
        """Templates and what came of filling them, by what they were and what was asked to be filled in."""
        self._asked: Counter[Content] = Counter()
        _SERVERS[server.url()] = self

    async def run(self, statement: str) -> None:
        """Run a statement that no transaction may hold, such as CREATE DATABASE."""
        await (await self._connected()).execute(statement)

    @asynccontextmanager
    async def of(self, template: str = TEMPLATE) -> AsyncIterator[str]:
        """The URL of a copy of this template, which is gone after the block or as it was."""
        name = self._unchanged.pop(template, "")
        if not name:
            name = _a_name()
            await self._copy(template, name)
        self._in_use[name] = InUse(template, await self._written())
        yield self._server.url(name)
        used = self._in_use.pop(name)
        left = await (await self._connected()).fetchval(_LEAVE, name)
        if left and used.template not in self._unchanged and await self._written() == used.begun:
            self._unchanged[used.template] = name
        else:
            await self.run(f"DROP DATABASE {name} WITH (FORCE)")

    async def fill(self, database: Database, what: bytes, fill: Callable[[], Awaitable[T]]) -> T:
        """See `filled`."""
        name = str(make_url(database.url).database)
        if not await self._is_new(name):
            return await fill()
        content = (self._in_use[name].template, what)
        self._asked[content] += 1
        if content in self._filled:
            template, made = self._filled[content] = self._filled.pop(content)  # used last
            try:
                await self._set_aside(name)
            except asyncpg.ObjectInUseError:  # a process of the test has just connected
                return await fill()
            await self._become(name, template)
            return cast("T", made)
        made = await fill()
        if self._asked[content] > 1:
            await self._make_room()
            await database.close()
            await (await self._connected()).fetchval(_LEAVE, name)
            template = f"filled_{uuid.uuid4().hex}"
            await self._copy(name, template)
            self._filled[content] = template, made
        return made

    async def _make_room(self) -> None:
        """Drop the database with content that was not used for the longest time."""
        if len(self._filled) >= MOST_FILLED:
            template, _ = self._filled.pop(next(iter(self._filled)))
            for name in filter(None, (template, self._unchanged.pop(template, ""))):
                await self.run(f"DROP DATABASE {name} WITH (FORCE)")

    async def _is_new(self, name: str) -> bool:
        """Whether the copy is as it was made, and has no connection."""
        count = "SELECT count(*) FROM pg_stat_activity WHERE datname = $1"
        used = self._in_use.get(name)
        if used is None or not used.new or await (await self._connected()).fetchval(count, name):
            return False
        return await self._written() == used.begun

    async def _set_aside(self, name: str) -> None:
        """Keep a copy that is as it was made for a later test, and have its name again."""
        aside, template = _a_name(), self._in_use[name].template
        await self.run(f"ALTER DATABASE {name} RENAME TO {aside}")
        if template in self._unchanged:
            await self.run(f"DROP DATABASE {aside} WITH (FORCE)")
        else:
            self._unchanged[template] = aside

    async def _become(self, name: str, template: str) -> None:
        """Give a test's copy, which was set aside, the content of this template."""
        if unchanged := self._unchanged.pop(template, ""):
            await self.run(f"ALTER DATABASE {unchanged} RENAME TO {name}")
        else:
            await self._copy(template, name)
        self._in_use[name] = InUse(template, await self._written(), new=False)

    async def _copy(self, template: str, name: str) -> None:
        await self.run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")

    async def close(self) -> None:
        del _SERVERS[self._server.url()]
        if self._connection is not None:
            await self._connection.close()

    async def _written(self) -> str:
        """How far the server's log of changes has come."""
        return str(await (await self._connected()).fetchval("SELECT pg_current_wal_insert_lsn()"))

    async def _connected(self) -> asyncpg.Connection:
        if self._connection is None or self._connection.is_closed():
            self._connection = await connect(self._server.url())
        return self._connection


def _a_name() -> str:
    return f"test_{uuid.uuid4().hex}"


_SERVERS: dict[str, Copies] = {}
"""By the URL of the server's first database."""


async def filled(database: Database, content: bytes, fill: Callable[[], Awaitable[T]]) -> T:
    """Fill a test's database, which takes a tenth of a second; what `fill` returns. For the third test and
    later ones that fill a new one with the same content, it becomes a copy of what came of that.
    """
    server = make_url(database.url).set(database=DATABASE).render_as_string(hide_password=False)
    if copies := _SERVERS.get(server):
        return await copies.fill(database, content, fill)
    return await fill()


async def connect(url: str) -> asyncpg.Connection:
    """A connection to this database, without SQLAlchemy."""
    place = make_url(url)
    return await asyncpg.connect(
        user=place.username, database=place.database, host=place.query["host"], port=place.query["port"]
    )


async def tidy(url: str) -> None:
    """Remove what the migrations replaced in the catalogs of a template: the first readers of a copy would do
    it there. The tables keep being without statistics, as in a new database. The next connection writes down
    what each must know of the catalogs, and each copy has that.
    """
    connection = await connect(url)
    catalogs = "SELECT oid::regclass FROM pg_class WHERE relkind = 'r' AND relnamespace = $1::regnamespace"
    names = [str(row[0]) for row in await connection.fetch(catalogs, "pg_catalog")]
    await connection.execute(f"VACUUM (FREEZE) {', '.join(names)}")
    await connection.close()
    await (await connect(url)).close()
