"""`esim-portal` as a process: starts, answers, stops when told, and says why where it cannot."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from sandbox.ports import free_port
from telemetry.server import LONGEST_HEAD
from tests.starter.forked import Forked
from tests.temporal_server import Temporal, comes_true, temporal

__all__ = ["temporal"]

PATIENCE = 60.0
TOKEN = "sentinel-token-in-an-address"
SECRET = "sentinel-password"


class Portal:
    """The process, and what it writes to its log."""

    def __init__(self, process: asyncio.subprocess.Process | Forked, port: int, log: Path) -> None:
        self.process = process
        self.port = port
        self._log = log

    @property
    def written(self) -> str:
        return self._log.read_text()

    async def says(self, words: str) -> None:
        """Wait until it has written this."""
        await comes_true(lambda: words in self.written or self.process.returncode is not None, PATIENCE)
        assert words in self.written, self.written

    async def ends(self) -> int:
        return await asyncio.wait_for(self.process.wait(), PATIENCE)


@asynccontextmanager
async def started(folder: Path, **variables: str) -> AsyncIterator[Portal]:
    """A fork, unless it is to start ITSELF."""
    itself = variables.pop("ITSELF", "")
    port = int(variables.pop("ESIM_PORTAL_PORT", "0")) or free_port()
    usual = {name: value for name, value in os.environ.items() if not name.startswith("ESIM_")}
    environment = usual | {"ESIM_DATA_DIR": str(folder), "ESIM_PORTAL_PORT": str(port)} | variables
    log, top = folder / "portal.log", Path(__file__).parents[2]
    process: asyncio.subprocess.Process | Forked
    with log.open("wb") as output:
        if itself:
            command = (sys.executable, "-m", "portal")
            process = await asyncio.create_subprocess_exec(*command, env=environment, cwd=top, stderr=output)
        else:
            process = await Forked.start("portal", env=environment, cwd=top, output=output)
    try:
        yield Portal(process, port, log)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.fixture
def parts(temporal: Temporal, database_url: str) -> dict[str, str]:
    return {
        "ESIM_DATABASE_URL": database_url,
        "ESIM_TEMPORAL_ADDRESS": temporal.address,
        "ESIM_LOG_LEVEL": "DEBUG",
    }


async def test_it_answers_until_it_is_told_to_stop(tmp_path: Path, parts: dict[str, str]) -> None:
    async with started(tmp_path, ITSELF="yes", **parts) as portal:
        await portal.says("listens")
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{portal.port}") as client:
            assert (await client.get("/")).status_code == 200
            answer = await client.get(f"/q/{TOKEN}?query={TOKEN}")
            assert answer.status_code == 404
            assert "server" not in answer.headers
            head = await client.head("/")
            assert head.content == b""
        portal.process.send_signal(signal.SIGTERM)
        assert await portal.ends() == 0
    assert "GET /q/{token} 404" in portal.written
    assert "HEAD / 200" in portal.written
    assert TOKEN not in portal.written
    assert "Traceback" not in portal.written


async def test_a_request_that_has_begun_is_finished_first(tmp_path: Path, parts: dict[str, str]) -> None:
    async with started(tmp_path, **parts) as portal:
        await portal.says("listens")
        reader, writer = await asyncio.open_connection("127.0.0.1", portal.port)
        head = f"POST /u/{TOKEN}/check HTTP/1.1\r\nHost: portal\r\nContent-Length: 100\r\n\r\n"
        writer.write(head.encode() + bytes(50))
        async with httpx.AsyncClient() as client:  # by then, the first one has begun
            await client.get(f"http://127.0.0.1:{portal.port}/")
        portal.process.send_signal(signal.SIGTERM)
        await portal.says("stops")
        writer.write(bytes(50))
        answer = await asyncio.wait_for(reader.read(), PATIENCE)
        assert answer.startswith(b"HTTP/1.1 404")
        writer.close()
        assert await portal.ends() == 0


async def test_a_head_without_an_end_is_given_up(tmp_path: Path, parts: dict[str, str]) -> None:
    async with started(tmp_path, **parts) as portal:
        await portal.says("listens")
        reader, writer = await asyncio.open_connection("127.0.0.1", portal.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: portal\r\nX-Long: " + b"x" * (LONGEST_HEAD + 1))
        answer = await asyncio.wait_for(reader.read(), PATIENCE)
        assert answer.startswith(b"HTTP/1.1 400")
        writer.close()


async def test_an_address_that_is_taken_is_refused(tmp_path: Path, parts: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        async with started(tmp_path, **parts, ESIM_PORTAL_PORT=port) as portal:
            assert await portal.ends() == 2
    assert "ESIM_PORTAL_PORT" in portal.written
    assert "Traceback" not in portal.written


async def test_it_starts_without_its_parts_and_says_what_is_away(tmp_path: Path) -> None:
    unavailable = {
        "ESIM_TEMPORAL_ADDRESS": f"127.0.0.1:{free_port()}",
        "ESIM_DATABASE_URL": f"postgresql+asyncpg://esim:{SECRET}@127.0.0.1:{free_port()}/esim",
    }
    async with started(tmp_path, **unavailable) as portal:
        await portal.says("listens")
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{portal.port}") as client:
            assert (await client.get("/")).status_code == 200
            answer = await client.get(f"/q/{TOKEN}")
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        portal.process.send_signal(signal.SIGTERM)
        assert await portal.ends() == 0
    for secret in (SECRET, TOKEN):
        assert secret not in portal.written + answer.text


async def test_settings_that_are_not_valid_are_named(tmp_path: Path) -> None:
    async with started(tmp_path, ESIM_LOG_LEVEL="sentinel") as portal:
        assert await portal.ends() == 2
    assert "ESIM_LOG_LEVEL" in portal.written
    assert "sentinel" not in portal.written
