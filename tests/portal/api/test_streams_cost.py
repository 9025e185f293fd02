"""What open streams cost: one reader in each process, and no query of their own (A10)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from itertools import pairwise
from typing import Any

import pytest
from fastapi import FastAPI

import portal.api.event_stream
import portal.api.streams
from models.orders.lifecycle import HoldReason
from starter.desks import Desks
from store import events
from store.operations import holds
from tests.builders import run
from tests.callers.world import Known
from tests.portal.api.following import Served, served
from tests.portal.api.keys import Keyring
from tests.portal.api.statements import counted
from tests.portal.api.test_streams import MINE, happens
from tests.temporal_server import comes_true

pytestmark = pytest.mark.covers("A10")
EMAIL = "send_email:people"


@pytest.fixture
async def here(app: FastAPI, acme: Known) -> AsyncIterator[Served]:
    async with served(app) as portal_:
        yield portal_


class Polls:
    """The polls of the feed, and the tasks that made them; `statements`: how many there were before each."""

    def __init__(self, desks: Desks, statements: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.tasks: list[object] = []
        self.statements: list[int] = []
        read = desks.feed.news

        async def news(caller: Any, after: Any = None, **how: Any) -> Any:
            if after is not None:
                self.tasks.append(asyncio.current_task())
                self.statements.append(len(statements))
            return await read(caller, after, **how)

        monkeypatch.setattr(desks.feed, "news", news)

    async def more(self, number: int) -> tuple[set[object], set[int]]:
        """The tasks of the next polls, and the statements of the process from each poll to the next."""
        begun = len(self.tasks)
        await comes_true(lambda: len(self.tasks) > begun + number, 30)
        before = self.statements[begun:]
        return set(self.tasks[begun:]), {after - first for first, after in pairwise(before)}


async def test_one_reader_serves_every_stream_of_the_process(
    here: Served, desks: Desks, keys: Keyring, acme: Known, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fifteen streams of three kinds, which send a comment at each poll, cost the statements of one."""
    monkeypatch.setattr(portal.api.streams, "POLL_SECONDS", 0.05)
    monkeypatch.setattr(portal.api.event_stream, "PING_SECONDS", 0.05)
    headers = await keys.of()
    paths = ("/events/stream", f"/orders/{acme.order}/events/stream", f"/sims/{acme.sim}/events/stream")
    with counted(desks.database) as statements:
        polls = Polls(desks, statements, monkeypatch)
        async with AsyncExitStack() as open_:
            first = await open_.enter_async_context(here.following(paths[0], headers))
            await comes_true(lambda: first.pings > 1, 30)
            reader, of_one = await polls.more(10)
            several = [
                await open_.enter_async_context(here.following(path, headers))
                for path in paths
                for _ in range(5)
            ]
            await comes_true(lambda: all(each.pings > 1 for each in several), 30)  # they have caught up
            also, of_many = await polls.more(10)
            await happens(desks, "sim:1", 1)
            for each in (first, *several[:5]):
                await each.has(1)
    assert len(reader) == 1
    assert also == reader
    assert of_many == of_one


async def test_the_stream_of_an_order_ends_when_its_held_email_is_given_up(
    here: Served, desks: Desks, keys: Keyring, acme: Known, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are events for operators alone: no event of the account says that the order is complete."""
    monkeypatch.setattr(portal.api.event_stream, "PING_SECONDS", 0.05)
    headers, path = await keys.of(), f"/orders/{acme.order}/events/stream"
    async with desks.database.transaction() as connection:
        await holds.hold(connection, acme.order, EMAIL, HoldReason.MAIL_REJECTED)
    async with here.following(path, headers) as reader:
        await run(desks.database, "UPDATE orders SET status = 'cancelled' WHERE id = :id", id=acme.order)
        async with desks.database.transaction() as connection:
            await events.append(connection, MINE, (acme.order,), "user:1", ("order.cancelled", {}))
        await comes_true(lambda: "order.cancelled" in reader.types, 30)
        quiet = reader.pings
        await comes_true(lambda: reader.pings > quiet + 3, 30)
        assert not reader.ended, "a retry of the e-mail is still to come"
        async with desks.database.transaction() as connection:
            await holds.release(connection, acme.order, EMAIL, "operator", given_up=True)
        await reader.end()
    assert reader.types[-2:] == ["order.cancelled", "end"]
