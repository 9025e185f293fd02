"""However a request is framed, a turn of the event loop parses little of it: counted, not timed."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import h11
import pytest

from models.people.callers import LinkBearer
from telemetry.http_protocol import EVENTS_AT_ONCE, MOST_FRAMING, MOST_LINES, SLICE, BoundedProtocol
from telemetry.server import LONGEST_HEAD
from tests.portal.desk import GOOD, UPLOAD, About, InventedDesk
from tests.portal.served import serving

READ = 256 * 1024
"""Bytes that asyncio reads from a socket at a time."""
SHORTEST_LINE = len(b"a:\r\n")
PATIENCE = 60
CHUNKED = b"Host: portal\r\nTransfer-Encoding: chunked\r\n\r\n"
GET = b"GET / HTTP/1.1\r\nHost: portal\r\n"
LARGE_HEAD = GET + b"X-Long: " + b"x" * 100_000 + b"\r\n\r\n"
FRAMING = {
    "chunks of one byte": CHUNKED + b"1\r\na\r\n" * 60_000 + b"0\r\n\r\n",
    "chunks of two bytes": CHUNKED + b"2\r\naa\r\n" * 60_000 + b"0\r\n\r\n",
    "extensions of chunks": CHUNKED + (b"1;" + b"x" * 200 + b"\r\na\r\n") * 20_000 + b"0\r\n\r\n",
    "an extension without end": CHUNKED + b"1;" + b"x" * 1_000_000,
    "trailers": CHUNKED + b"0\r\n" + b"a:\r\n" * 50_000 + b"\r\n",
    "a trailer without end": CHUNKED + b"0\r\na: " + b"x" * 1_000_000,
    "many lines of a head": b"a:\r\n" * 50_000 + b"\r\n",
    "many lines of a head that is not too large": b"a:\r\n" * 3_500 + b"\r\n",
    "a trailer that is not too large": CHUNKED + b"0\r\n" + b"a:\r\n" * 3_500 + b"\r\n",
}
OTHER = {
    "a content length": b"Host: portal\r\nContent-Length: 60000\r\n\r\n" + b"a" * 60_000,
    "large chunks": CHUNKED + (b"8000\r\n" + b"a" * 0x8000 + b"\r\n") * 40 + b"0\r\n\r\n",
    "pipelined requests": b"Host: portal\r\n\r\n" + (GET + b"\r\n") * 300,
    "another protocol": b"Host: portal\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n" + LARGE_HEAD,
    "a large head after another": b"Host: portal\r\n\r\n" + LARGE_HEAD,
}
BEGINNINGS = [b"POST /u/unknown/send", b"POST /", b"GET /", b"CONNECT x:1"]
REQUESTS = [
    pytest.param(name, beginning, marks=[pytest.mark.night] if (turn + place) % len(BEGINNINGS) else [])
    for turn, name in enumerate([*FRAMING, *OTHER])
    for place, beginning in enumerate(BEGINNINGS)
]
"""By day, each framing has one of the beginnings, in turns."""


class Meter:
    """What the server parses in each turn of the event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._turn = 0
        self.received: Counter[int] = Counter()
        self.events: Counter[int] = Counter()
        self.lines = 0
        self.waiting = 0
        self._pulse()

    def _pulse(self) -> None:
        self._turn += 1
        self._next = self._loop.call_soon(self._pulse)

    def stop(self) -> None:
        self._next.cancel()

    def note_received(self, data: bytes) -> None:
        self.received[self._turn] += len(data)

    def note_event(self, event: Any) -> None:
        self.events[self._turn] += 1
        if isinstance(event, h11.Request | h11.EndOfMessage):
            self.lines = max(self.lines, len(event.headers))


@pytest.fixture
async def meter(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Meter]:
    meter = Meter(asyncio.get_running_loop())
    receive, proceed, arrive = (
        h11.Connection.receive_data,
        h11.Connection.next_event,
        BoundedProtocol.data_received,
    )

    def receiving(connection: h11.Connection, data: bytes) -> None:
        meter.note_received(data)
        receive(connection, data)

    def proceeding(connection: h11.Connection) -> Any:
        event = proceed(connection)
        meter.note_event(event)
        return event

    def arriving(protocol: BoundedProtocol, data: bytes) -> None:
        arrive(protocol, data)
        meter.waiting = max(meter.waiting, len(protocol._unparsed))

    monkeypatch.setattr(h11.Connection, "receive_data", receiving)
    monkeypatch.setattr(h11.Connection, "next_event", proceeding)
    monkeypatch.setattr(BoundedProtocol, "data_received", arriving)
    yield meter
    meter.stop()


async def answered(port: int, content: bytes) -> bytes:
    """All that comes back until the connection ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answer = bytearray()
    try:
        writer.write(content)
        while part := await asyncio.wait_for(reader.read(READ), PATIENCE):
            answer += part
    except ConnectionError:  # it was closed before all was sent
        pass
    finally:
        writer.transport.abort()
    return bytes(answer)


@pytest.mark.covers("S3", "S10")
@pytest.mark.parametrize(("name", "beginning"), REQUESTS)
async def test_a_turn_of_the_event_loop_parses_little_however_a_request_is_framed(
    monkeypatch: pytest.MonkeyPatch, meter: Meter, name: str, beginning: bytes
) -> None:
    monkeypatch.setattr(BoundedProtocol, "head_seconds", 0.5)  # ends connections that wait for more
    request = beginning + b" HTTP/1.1\r\n" + (FRAMING | OTHER)[name]
    async with serving(InventedDesk()) as port:
        answer = await answered(port, request)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 ")
    assert not answer.startswith(b"HTTP/1.1 5")
    assert max(meter.received.values()) <= SLICE
    assert max(meter.events.values()) <= EVENTS_AT_ONCE
    assert meter.lines <= MOST_LINES + SLICE // SHORTEST_LINE
    assert meter.waiting <= READ
    if name in FRAMING:
        assert meter.received.total() <= 2 * MOST_FRAMING + LONGEST_HEAD


class Slow(InventedDesk):
    """A desk that looks a link up for many turns of the event loop."""

    async def upload_page(self, bearer: LinkBearer) -> About:
        for _ in range(2 * len(LARGE_HEAD) // SLICE):
            await asyncio.sleep(0)
        return await super().upload_page(bearer)


@pytest.mark.covers("S10")
@pytest.mark.parametrize("more", [b"", b"Connection: upgrade\r\nUpgrade: x\r\n"], ids=["plain", "upgrade"])
async def test_a_large_head_is_refused_behind_a_request_that_is_answered_slowly(more: bytes) -> None:
    first = f"GET /u/{UPLOAD} HTTP/1.1\r\nHost: portal\r\n".encode()
    async with serving(Slow()) as port:
        answer = await answered(port, first + more + b"\r\n" + LARGE_HEAD)
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.count(b"HTTP/1.1 200") == 1


@pytest.mark.covers("S3")
async def test_what_is_sent_in_chunks_of_a_sensible_size_is_taken() -> None:
    desk = InventedDesk()
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
    content = part + GOOD + b"a" * 200_000 + b"\r\n--x--\r\n"
    chunks = b"".join(_chunk(content[at : at + 32]) for at in range(0, len(content), 32))
    head = f"POST /u/{UPLOAD}/check HTTP/1.1\r\nConnection: close\r\n"
    head += "Content-Type: multipart/form-data; boundary=x\r\n"
    async with serving(desk) as port:
        answer = await answered(port, head.encode() + CHUNKED + chunks + b"0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200")
    assert desk.received[0][1] == len(GOOD) + 200_000


def _chunk(content: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(content), content)
