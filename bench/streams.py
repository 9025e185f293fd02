"""Measures open event streams: `make bench ARGS=--streams`.

1,000 streams of one account are opened in a portal process; then events happen, and each stream notes when it
got them. Counted are the memory of the process, the database connections of the whole sandbox and the CPU.
"""

import asyncio
import time
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import psutil
from sqlalchemy import text

from bench.api import key_of
from bench.fleet import seed
from bench.surroundings import surroundings
from models.people.callers import Role
from store import events
from store.key_ring import KeyRing
from store.session import Database
from telemetry.open_files import allow_open_files

STREAMS, EVENTS = 1_000, 20
MOST_MB, MOST_SECONDS = 200.0, 1.0
_AT_ONCE = 50
"""Streams that are opened at a time."""
_CONNECTIONS = text("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'")


@dataclass(frozen=True)
class StreamFigures:
    """What was measured."""

    streams: int
    idle_mb: float
    """Memory of the portal process (resident set) before the first stream."""
    open_mb: float
    """With all streams open, after the events."""
    own_mb: float
    """Of that its own, without what it shares with other processes, such as libraries."""
    connections: int
    """To the database, that came with the streams."""
    opened_seconds: float
    p50_ms: float
    """From the commit of an event to its arrival in a stream."""
    last_ms: float
    """To its arrival in the last stream, at the worst event."""
    cpu_ms_of_event: float
    """Of the portal, for one event in all streams."""

    def missed(self) -> list[str]:
        """A sentence for each target that was missed."""
        found = []
        if self.open_mb > MOST_MB:
            found.append(f"the process has {self.open_mb:.0f} MB")
        if self.last_ms > MOST_SECONDS * 1000:
            found.append(f"an event arrived after {self.last_ms:.0f} ms")
        return found

    def as_json(self) -> dict[str, Any]:
        """Everything for a program."""
        return asdict(self)


@dataclass
class _Reader:
    """One stream: when each event arrived."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    arrived: asyncio.Queue[float]

    async def read(self) -> None:
        while line := await self.reader.readline():
            if line.startswith(b"data:"):
                self.arrived.put_nowait(time.perf_counter())


async def measure_streams(count: int = STREAMS) -> StreamFigures:
    """Start a sandbox of its own and measure."""
    allow_open_files()
    settings = {
        "ESIM_API_CALLS_A_SECOND": "10000",
        "ESIM_STREAMS_PER_CALLER": "100000",
        "ESIM_SECRET_KEYS": KeyRing.new_key(),
    }
    async with surroundings(bare=False, **settings) as around:
        database = Database(around.settings.database_url, pool_size=2)
        await seed(database, 100)
        key = (await key_of(database, around, Role.OWNER))["Authorization"]
        portal = psutil.Process(around.addresses.pids["portal"])
        address = urlsplit(around.addresses.portal_url)
        host, port = address.hostname or "", address.port or 80
        warm = [await _open(host, port, key) for _ in range(_AT_ONCE)]
        for each in warm:
            each.writer.close()
        idle, before = _megabytes(portal), await _connections(database)
        began = time.perf_counter()
        readers: list[_Reader] = []
        while len(readers) < count:
            few = min(_AT_ONCE, count - len(readers))
            readers += await asyncio.gather(*(_open(host, port, key) for _ in range(few)))
        opened = time.perf_counter() - began
        reading = [asyncio.create_task(reader.read()) for reader in readers]
        cpu = _cpu(portal)
        took = [await _happens(database, readers, number) for number in range(EVENTS)]
        cpu = (_cpu(portal) - cpu) / EVENTS * 1000
        full, own = _megabytes(portal), _own_megabytes(portal)
        connections = await _connections(database) - before
        for task, reader in zip(reading, readers, strict=True):
            task.cancel()
            reader.writer.close()
        await asyncio.wait(reading)
        await database.close()
    return StreamFigures(
        streams=len(readers),
        idle_mb=round(idle, 1),
        open_mb=round(full, 1),
        own_mb=round(own, 1),
        connections=connections,
        opened_seconds=round(opened, 1),
        p50_ms=round(median(one for each in took for one in each)),
        last_ms=round(max(max(each) for each in took)),
        cpu_ms_of_event=round(cpu, 1),
    )


async def _open(host: str, port: int, key: str) -> _Reader:
    reader, writer = await asyncio.open_connection(host, port)
    head = f"GET /api/v1/events/stream HTTP/1.1\r\nHost: {host}\r\nAuthorization: {key}\r\n\r\n"
    writer.write(head.encode())
    answered = await reader.readuntil(b"\r\n\r\n")
    assert b" 200 " in answered.partition(b"\r\n")[0], answered
    return _Reader(reader, writer, asyncio.Queue())


async def _happens(database: Database, readers: list[_Reader], number: int) -> list[float]:
    """Commit an event and wait until all streams have it; after how many milliseconds each had."""
    async with database.transaction() as connection:
        await events.append(connection, 1, ("sim:1",), "system", ("qr.shown", {"version": number}))
    committed = time.perf_counter()
    async with asyncio.timeout(30):
        arrived = await asyncio.gather(*(reader.arrived.get() for reader in readers))
    return [(at - committed) * 1000 for at in arrived]


def _megabytes(process: psutil.Process) -> float:
    return float(process.memory_info().rss / 1e6)


def _own_megabytes(process: psutil.Process) -> float:
    return float(process.memory_full_info().uss / 1e6)


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


async def _connections(database: Database) -> int:
    async with database.reading() as connection:
        return int(await connection.scalar(_CONNECTIONS) or 0)


def show_streams(figures: StreamFigures) -> None:
    """Print the figures, and what missed its target."""
    print(
        f"{figures.streams} streams: {figures.open_mb:.0f} MB ({figures.idle_mb:.0f} before), "
        f"{figures.own_mb:.0f} of its own, "
        f"{figures.connections} more database connections, opened in {figures.opened_seconds:.1f} s; an "
        f"event arrives after {figures.p50_ms:.0f} ms, in the last stream after "
        f"{figures.last_ms:.0f} ms at most, "
        f"and costs the portal {figures.cpu_ms_of_event:.0f} ms of CPU"
    )
    for sentence in figures.missed():
        print(f"not met: {sentence}")
