"""A command that asks before it acts opens one connection to each component."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import make_url

from models.orders.lifecycle import OrderStatus
from tests.builders import ANA, OPERATOR, world
from tests.starter.shell import Shell
from tests.system.scene import Scene, msisdn

Opening = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


@dataclass
class Counted:
    """A port in front of a component, and how many connections it was asked for."""

    port: int
    connections: int = 0


@asynccontextmanager
async def counted(opening: Opening) -> AsyncIterator[Counted]:
    """Forward a port to what `opening` connects to, and count."""
    copies: set[asyncio.Task[None]] = set()

    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                writer.write(data)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def taken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        found.connections += 1
        there, back = await opening()
        copies.update(asyncio.create_task(it) for it in (copy(reader, back), copy(there, writer)))

    server = await asyncio.start_server(taken, "127.0.0.1", 0)
    found = Counted(server.sockets[0].getsockname()[1])
    yield found
    server.close()
    for task in copies:
        task.cancel()
    await asyncio.gather(*copies, return_exceptions=True)


@asynccontextmanager
async def counted_parts(scene: Scene) -> AsyncIterator[tuple[Shell, Counted, Counted]]:
    """A shell that reaches PostgreSQL and Temporal through ports that count."""
    url = make_url(scene.settings.database_url)
    socket = f"{url.query['host']}/.s.PGSQL.{url.query['port']}"
    host, _, port = scene.settings.temporal_address.rpartition(":")
    async with (
        counted(lambda: asyncio.open_unix_connection(socket)) as postgres,
        counted(lambda: asyncio.open_connection(host, int(port))) as temporal,
    ):
        through = url.set(host="127.0.0.1", port=postgres.port, query={}).render_as_string(
            hide_password=False
        )
        address = {"ESIM_TEMPORAL_ADDRESS": f"127.0.0.1:{temporal.port}"}
        shell = scene.shell()
        yield replace(shell, url=through, more=shell.more | address), postgres, temporal


@pytest.mark.parametrize("asks", [True, False])
async def test_an_order_is_placed_and_cancelled_over_one_connection_each(scene: Scene, asks: bool) -> None:
    await world(scene.database)
    for words in (
        ("order", "switch", msisdn(1), "--user", ANA),
        ("order", "cancel", "ORDER", "--reason", "no"),
    ):
        order_id = next((order.id for order in await scene.desk.orders(OPERATOR)), "")
        typed = [order_id if word == "ORDER" else word for word in words]
        async with counted_parts(scene) as (shell, postgres, temporal):
            if asks:
                await asyncio.to_thread(shell.terminal, *typed, answers=("y",))
            else:
                await asyncio.to_thread(shell.process, *typed, "--yes")
        assert (postgres.connections, temporal.connections) == (1, 1), words
    (order,) = await scene.desk.orders(OPERATOR)
    assert order.status is OrderStatus.CANCELLED
