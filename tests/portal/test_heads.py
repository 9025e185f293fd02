"""Heads that are too large, too slow or contradict themselves, sent to the process as it is started."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from sandbox.ports import free_port
from telemetry.http_protocol import BoundedProtocol
from telemetry.server import LONGEST_HEAD
from tests.portal.desk import InventedDesk
from tests.portal.served import serving
from tests.portal.test_process import PATIENCE, Portal, started

ROUND = b"GET / HTTP/1.1\r\nHost: portal\r\n"
MUCH = 40_000
"""Bytes that arrive in one read: larger ones are refused by uvicorn as they are incomplete at first."""


@dataclass
class Connection:
    """A raw connection to the portal."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, *parts: bytes) -> bytes:
        """Send these, and read until the portal closes or has sent a whole head."""
        for part in parts:
            self.writer.write(part)
        return await asyncio.wait_for(self.reader.read(), PATIENCE)


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Connection]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield Connection(reader, writer)
    finally:
        writer.transport.abort()


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    """The process, whose database and Temporal are unavailable."""
    unavailable = {
        "ESIM_TEMPORAL_ADDRESS": f"127.0.0.1:{free_port()}",
        "ESIM_DATABASE_URL": f"postgresql+asyncpg://esim@127.0.0.1:{free_port()}/esim",
    }
    async with started(tmp_path, **unavailable) as process:
        await process.says("listens")
        yield process


HEADS = {
    "one long header": ROUND + b"X-Long: " + b"x" * MUCH + b"\r\n\r\n",
    "many small headers": ROUND + b"a: b\r\n" * (MUCH // 6) + b"\r\n",
    "a long address": b"GET /" + b"a" * MUCH + b" HTTP/1.1\r\nHost: portal\r\n\r\n",
    "a long method": b"G" * MUCH + b" / HTTP/1.1\r\nHost: portal\r\n\r\n",
    "empty lines": b"\r\n" * MUCH,
}
CONTRADICTIONS = {
    "both": b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    "both, the other way round": b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
    "in other letters": b"content-LENGTH: 5\r\nTRANSFER-encoding: Chunked\r\n",
    "two lengths": b"Content-Length: 5\r\nContent-Length: 6\r\n",
}


@pytest.mark.covers("S10")
async def test_heads_that_are_too_large_or_contradict_themselves_are_refused(portal: Portal) -> None:
    for name, head in HEADS.items():
        async with connected(portal.port) as connection:
            try:
                answer = await connection.send(head)
            except ConnectionError:  # it was closed before all was sent
                continue
            assert answer.startswith(b"HTTP/1.1 400") or answer == b"", name
    for name, headers in CONTRADICTIONS.items():
        for path in (b"/", b"/u/unknown/check", b"/u/unknown/send", b"/codec/decode"):
            async with connected(portal.port) as connection:
                head = b"POST " + path + b" HTTP/1.1\r\nHost: portal\r\n" + headers + b"\r\n"
                smuggled = b"0\r\n\r\nGET / HTTP/1.1\r\nHost: portal\r\n\r\n"
                answer = await connection.send(head + smuggled)
                assert answer.startswith(b"HTTP/1.1 400"), name
                assert answer.count(b"HTTP/1.1") == 1, name
    async with connected(portal.port) as connection:
        answer = await connection.send(ROUND + b"Connection: close\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 200")
    assert "Traceback" not in portal.written


@pytest.mark.covers("S10")
async def test_a_head_is_as_large_as_it_may_be_however_it_arrives(portal: Portal) -> None:
    almost = ROUND + b"Connection: close\r\nX-Long: " + b"x" * (LONGEST_HEAD - 200) + b"\r\n\r\n"
    pipelined = ROUND + b"\r\n" + HEADS["many small headers"]
    async with connected(portal.port) as connection:
        assert (await connection.send(almost)).startswith(b"HTTP/1.1 200")
    async with connected(portal.port) as connection:
        assert (await connection.send(*(almost[i : i + 7] for i in range(0, len(almost), 7)))).startswith(
            b"HTTP/1.1 200"
        )
    async with connected(portal.port) as connection:
        try:
            answer = await connection.send(pipelined)
        except ConnectionError:
            return
        assert answer.count(b"HTTP/1.1 200") <= 1


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets how long a connection may take until a request has its whole head."""
    return lambda seconds: monkeypatch.setattr(BoundedProtocol, "head_seconds", seconds)


@pytest.mark.covers("S10")
@pytest.mark.parametrize("before", [b"", ROUND + b"\r\n"], ids=["at first", "after an answer"])
async def test_a_head_that_dribbles_is_given_up(patience: Callable[[float], None], before: bytes) -> None:
    patience(0.5)
    async with serving(InventedDesk()) as port, connected(port) as connection:
        connection.writer.write(before + ROUND)
        answered = asyncio.create_task(connection.reader.read())
        async with asyncio.timeout(PATIENCE):
            while not answered.done():
                connection.writer.write(b"a: b\r\n")
                await asyncio.wait({answered}, timeout=0.05)
        answer = await answered
        assert answer.count(b"HTTP/1.1 200") == bool(before)
        assert b"HTTP/1.1 408" in answer


async def test_a_connection_that_sends_nothing_is_closed(patience: Callable[[float], None]) -> None:
    patience(0.2)
    async with serving(InventedDesk()) as port, connected(port) as connection:
        assert await connection.send() == b""


async def test_the_rest_of_a_body_that_was_answered_is_not_waited_for(
    patience: Callable[[float], None],
) -> None:
    head = b"POST /u/unknown/check HTTP/1.1\r\nHost: portal\r\nContent-Length: 5000000\r\n\r\n"
    patience(0.5)
    async with serving(InventedDesk()) as port, connected(port) as connection:
        connection.writer.write(head)
        answer = await asyncio.wait_for(connection.reader.readuntil(b"\r\n\r\n"), PATIENCE)
        assert answer.startswith(b"HTTP/1.1 404")
        closed = asyncio.create_task(connection.reader.read())
        async with asyncio.timeout(PATIENCE):
            while not closed.done():
                connection.writer.write(b"a" * 100)
                await asyncio.wait({closed}, timeout=0.05)
        assert isinstance(closed.exception(), ConnectionError | None)  # it was still sending


async def test_requests_one_after_another_on_a_connection_are_all_answered(
    patience: Callable[[float], None],
) -> None:
    last = ROUND + b"Connection: close\r\n\r\n"
    post = b"POST /u/unknown/send HTTP/1.1\r\nHost: portal\r\nContent-Length: 9000\r\n\r\n" + b"a" * 9000
    patience(5)
    async with serving(InventedDesk()) as port, connected(port) as connection:
        answer = await connection.send((ROUND + b"\r\n") * 20 + post + last)
    assert answer.count(b"HTTP/1.1 200") == 21
    assert answer.count(b"HTTP/1.1 404") == 1
