"""The receiver of docs/: it takes what is signed, once, and refuses all else (A11)."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from tests.client.test_webhooks import BODY, OTHER, SECRET, headers, new_secret

pytestmark = pytest.mark.covers("A11", "W4")
TOP = Path(__file__).parents[2]


@pytest.fixture
async def receiver() -> AsyncIterator[tuple[str, asyncio.StreamReader]]:
    """Its address and what it prints."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(TOP / "docs" / "webhook_receiver.py"),
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
