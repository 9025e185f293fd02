"""Readers of streams that take nothing any more: they are cut off, and cost the others nothing (A10)."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import psutil
import pytest
from fastapi import FastAPI

import portal.api.event_stream
from starter.desks import Desks
from tests.builders import run
from tests.callers.world import Known
from tests.portal.api.following import served
from tests.portal.api.keys import Keyring
from tests.portal.api.test_streams import MINE, happens
from tests.temporal_server import comes_true

pytestmark = pytest.mark.covers("A10")
SMALL = 4096
"""Bytes that the system keeps at either end of a connection."""
_MANY = f"""
    INSERT INTO events (account_id, about, actor, type, audience, data)
    SELECT {MINE}, ARRAY['sim:1'], 'system', 'qr.shown', 'account', '{{"version": 1}}'
    FROM generate_series(1, 5000)
"""
"""More than the portal buffers for one connection."""


@asynccontextmanager
async def stalled(address: str, headers: dict[str, str]) -> AsyncIterator[socket.socket]:
    """A connection that has asked for all events of its account, and reads none."""
    url = urlsplit(address)
    with socket.socket() as reader:
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        reader.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(reader, (url.hostname, url.port))
        lines = [f"GET {url.path}/events/stream?after=MC4wLjA HTTP/1.1", f"Host: {url.netloc}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        await loop.sock_sendall(reader, ("\r\n".join(lines) + "\r\n\r\n").encode())
        yield reader


def _held_by_server(reader: socket.socket) -> bool:
    """Whether this process still holds the other end of the connection."""
    port = reader.getsockname()[1]
    mine = psutil.Process().net_connections("tcp")
    return any(getattr(each.raddr, "port", None) == port for each in mine)


async def test_a_reader_that_takes_nothing_is_cut_off_and_others_read_on(
    app: FastAPI,
    desks: Desks,
    keys: Keyring,
    acme: Known,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Its stream, its connection and what waits to be sent to it are given up."""
    monkeypatch.setattr(portal.api.event_stream, "SEND_SECONDS", 0.5)
    caplog.set_level(logging.INFO, "portal")
    headers = await keys.of()
    await run(desks.database, _MANY)
    async with served(app, send_buffer=SMALL) as here, here.following("/events/stream", headers) as other:
        async with stalled(here.address, headers) as reader:
            await comes_true(lambda: len(app.state.streams) == 2, 30)
            await comes_true(lambda: not _held_by_server(reader), 30)
            assert len(app.state.streams) == 1
        await happens(desks, "sim:2", 2)
        await other.has(1)
    assert "takes nothing" in caplog.text
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
