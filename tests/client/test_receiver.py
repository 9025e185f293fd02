"""The receiver of docs/: it takes what is signed, once, and refuses all else (A11)."""

import asyncio
import builtins
import os
import runpy
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest

from tests.client.test_webhooks import BODY, OTHER, SECRET, headers, new_secret

pytestmark = pytest.mark.covers("A11", "W4")
TOP = Path(__file__).parents[2]
FILE = TOP / "docs" / "webhook_receiver.py"


@pytest.fixture
async def receiver() -> AsyncIterator[tuple[str, asyncio.StreamReader]]:
    """Its address and what it prints."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(FILE),
        str(port),
        env={
            **os.environ,
            "PYTHONPATH": str(TOP / "client" / "src"),
            "ESIM_ORDERS_WEBHOOK_SECRETS": f"{OTHER} {SECRET}",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"listening\n"
    yield f"http://127.0.0.1:{port}", process.stdout
    process.terminate()
    await process.wait()


async def test_the_receiver_of_the_documents(receiver: tuple[str, asyncio.StreamReader]) -> None:
    address, printed = receiver
    async with httpx2.AsyncClient() as sender:

        async def sent(*secrets: str, body: str = BODY) -> int:
            for _ in range(50):  # it says that it listens just before it does
                try:
                    answer = await sender.post(address, content=body, headers=headers(*secrets))
                except httpx2.ConnectError:
                    await asyncio.sleep(0.05)
                else:
                    return answer.status_code
            raise TimeoutError

        assert [await sent(SECRET), await sent(SECRET, new_secret()), await sent(OTHER)] == [204] * 3
        assert [await sent(new_secret()), await sent(SECRET, body=BODY + " ")] == [400, 400]
    assert await printed.readline() == b"order.processed order-abcdefghijklmnop L-42\n"
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await printed.readline()


@pytest.fixture
def class_of_it(monkeypatch: pytest.MonkeyPatch) -> type[BaseHTTPRequestHandler]:
    """The class of the receiver, for a server in this process."""
    monkeypatch.setenv("ESIM_ORDERS_WEBHOOK_SECRETS", SECRET)
    found: type[BaseHTTPRequestHandler] = runpy.run_path(str(FILE))["Receiver"]
    return found


@pytest.fixture
def served(class_of_it: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    """The port at which it listens."""
    with ThreadingHTTPServer(("127.0.0.1", 0), class_of_it) as server:
        serves = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serves.start()
        yield server.server_address[1]
        server.shutdown()
        serves.join()


@pytest.mark.parametrize("length", ["-1", "100001", str(10**12)])
async def test_a_length_that_no_event_has_is_refused_at_once(served: int, length: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", served)
    writer.write(f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n".encode())
    assert b" 413 " in await asyncio.wait_for(reader.readline(), 5)
    writer.close()


async def test_a_sender_that_stops_is_left(
    class_of_it: type[BaseHTTPRequestHandler], served: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert class_of_it.timeout is not None
    monkeypatch.setattr(class_of_it, "timeout", min(class_of_it.timeout, 0.2))
    reader, writer = await asyncio.open_connection("127.0.0.1", served)
    writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nbegins")
    assert await asyncio.wait_for(reader.read(), 5) == b""
    writer.close()


async def test_an_event_that_comes_twice_at_the_same_time_is_printed_once(
    served: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed: list[object] = []
    both = threading.Barrier(2)

    def prints(*words: object, **_: object) -> None:
        printed.append(words)
        with suppress(threading.BrokenBarrierError):
            both.wait(0.3)  # the other one, if it prints too

    monkeypatch.setattr(builtins, "print", prints)
    async with httpx2.AsyncClient() as sender:
        sends = (
            sender.post(f"http://127.0.0.1:{served}", content=BODY, headers=headers(SECRET)) for _ in range(2)
        )
        assert [answer.status_code for answer in await asyncio.gather(*sends)] == [204, 204]
    assert printed == [("order.processed", "order-abcdefghijklmnop", "L-42")]
