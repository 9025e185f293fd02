"""Streams of events that are followed through lost connections, and waiting for orders (A10)."""

import asyncio
import time
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from types import SimpleNamespace
from typing import Any

import pytest

from esim_orders_client import (
    AuthenticationError,
    ConnectionFailedError,
    EsimOrders,
    Event,
    NotFoundError,
    RateLimitedError,
    UnexpectedAnswerError,
)
from esim_orders_client.calls import Call
from esim_orders_client.streaming import GIVE_UP_SECONDS, Stream
from starter.desks import Desks
from store import events
from tests.builders import run
from tests.callers.world import Known
from tests.client.conftest import Here
from tests.client.faults import RESET, refused
from tests.temporal_server import comes_true

pytestmark = pytest.mark.covers("A10", "W4")
PATIENCE = 60


async def happens(desks: Desks, number: int, about: str = "sim:1") -> None:
    async with desks.database.transaction() as connection:
        await events.append(connection, 1, (about,), "system", ("qr.shown", {"version": number}))


async def ended(desks: Desks, order: str) -> None:
    """The order is cancelled, and it is recorded."""
    await run(desks.database, "UPDATE orders SET status = 'cancelled' WHERE id = :id", id=order)
    async with desks.database.transaction() as connection:
        await events.append(connection, 1, (order,), "user:1", ("order.cancelled", {}))


def versions(found: list[Event]) -> list[int]:
    return [(each.data.model_extra or {})["version"] for each in found]


async def taken(stream: AsyncIterator[Event], number: int) -> list[Event]:
    """The next events of a stream."""
    async with asyncio.timeout(PATIENCE):
        return [await anext(stream) for _ in range(number)]


async def test_events_are_followed_through_lost_connections_each_once(here: Here, desks: Desks) -> None:
    async with here.asynchronous() as client, aclosing(client.events.stream(type=["qr"])) as stream:
        first = asyncio.create_task(taken(stream, 2))
        await comes_true(lambda: len(here.between.heads) == 2)
        here.between.cut()  # nothing came yet: what happens before the next connection must not be missed
        await happens(desks, 1)
        await happens(desks, 2)
        found = await first
        here.between.faults = [RESET, refused(503, "Retry-After: 0")]
        here.between.cut()
        for number in (3, 4):
            await happens(desks, number)
            found += await taken(stream, 1)
    assert versions(found) == [1, 2, 3, 4]
    assert len({each.id for each in found}) == 4
    assert {each.type for each in found} == {"qr.shown"}
    assert found[0].data.about == ("S-1",)
    assert here.between.sent("last-event-id")[-1] == found[1].id


async def test_a_stream_continues_after_an_event_that_the_caller_kept(here: Here, desks: Desks) -> None:
    for number in (1, 2, 3):
        await happens(desks, number)
    polled = await here.waits(lambda client: list(client.events.iterate(type=["qr.shown"], limit=2)))
    assert versions(polled)[-3:] == [1, 2, 3]

    def follow(client: EsimOrders) -> list[Event]:
        stream = client.events.stream(type=["qr.shown"], after=polled[-3].id)
        found = [next(stream), next(stream)]
        stream.close()
        return found

    assert await here.waits(follow) == polled[-2:]


async def test_a_sim_is_followed_from_its_first_event(here: Here, desks: Desks, acme: Known) -> None:
    await happens(desks, 1, about="sim:4")
    async with here.asynchronous() as client, aclosing(client.sims.stream(acme.sim)) as stream:
        (first,) = await taken(stream, 1)
    assert acme.sim in first.data.about


async def test_an_order_is_waited_for_through_lost_connections(here: Here, desks: Desks, acme: Known) -> None:
    waiting = asyncio.create_task(here.waits(lambda client: client.orders.wait(acme.order)))
    async with here.asynchronous() as client:
        also = asyncio.create_task(client.orders.wait(acme.order))
        await comes_true(lambda: len(here.between.heads) >= 2)
        here.between.cut()
        await comes_true(lambda: len(here.between.heads) >= 4)
        assert not waiting.done()
        await ended(desks, acme.order)
        async with asyncio.timeout(PATIENCE):
            orders = [await waiting, await also]
    assert [each.status for each in orders] == ["cancelled"] * 2


async def test_an_order_that_has_ended_is_not_waited_for(here: Here, desks: Desks, acme: Known) -> None:
    await ended(desks, acme.order)

    def ask(client: EsimOrders) -> list[str]:
        found = list(client.orders.stream(acme.order))
        assert list(client.orders.stream(acme.order, after=found[-1].id)) == []
        return [each.type for each in found]

    types = await here.waits(ask)
    assert types[0] == "order.submitted"
    assert "order.cancelled" in types
    assert (await here.waits(lambda client: client.orders.wait(acme.order))).status == "cancelled"


async def test_waiting_ends_at_its_timeout(here: Here, acme: Known) -> None:
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        await here.waits(lambda client: client.orders.wait(acme.order, timeout=1))
    async with here.asynchronous() as client:
        with pytest.raises(TimeoutError):
            await client.orders.wait(acme.order, timeout=0.5)
    assert 1.5 <= time.monotonic() - began < 14  # before the first comment of the stream
    assert len(here.between.heads) == 2, "one connection each, although it has brought events"


async def test_what_repeating_does_not_help_is_raised(here: Here) -> None:
    with pytest.raises(NotFoundError):
        await here.waits(lambda client: client.orders.wait("order-unknown"))
    here.between.faults = [RESET, refused(401)]
    with pytest.raises(AuthenticationError):
        await here.waits(lambda client: list(client.orders.stream("order-unknown")))


async def test_a_stream_that_is_to_wait_for_over_a_minute_is_given_up_at_once(here: Here) -> None:
    here.between.faults = [refused(429, "Retry-After: 61")]
    with pytest.raises(RateLimitedError):
        await here.waits(lambda client: list(client.events.stream()))
    here.between.faults = []


async def test_tracebacks_do_not_show_the_key(here: Here) -> None:
    def failing(follow: Callable[[EsimOrders], Any]) -> Callable[[EsimOrders], str]:
        def failed(client: EsimOrders) -> str:
            try:
                follow(client)
            except NotFoundError as error:
                shown = traceback.TracebackException.from_exception(error, capture_locals=True)
                return "".join(shown.format())
            return ""

        return failed

    called: tuple[Callable[[EsimOrders], Any], ...] = (
        lambda client: client.orders.get("order-unknown"),
        lambda client: list(client.orders.stream("order-unknown")),
    )
    for follow in called:
        shown = await here.waits(failing(follow))
        assert "NotFoundError" in shown
        assert "headers = " in shown
        assert "esim_test_" not in shown


@pytest.mark.parametrize("media", ["text/html", "application/json", "", "text/event-streams"])
async def test_what_is_no_stream_is_raised_at_once(here: Here, acme: Known, media: str) -> None:
    """Such as the sign-in page of a proxy: connecting again would not help."""
    typed = [f"Content-Type: {media}"] if media else []
    here.between.faults = [refused(200, *typed, body="<html>")]
    with pytest.raises(UnexpectedAnswerError):
        await here.waits(lambda client: client.orders.wait(acme.order))
    assert len(here.between.heads) == 1
    async with here.asynchronous() as client:
        here.between.faults = [refused(200, *typed, body="<html>")]
        with pytest.raises(UnexpectedAnswerError):
            await client.orders.wait(acme.order)
    assert len(here.between.heads) == 2


class Clock:
    """A clock that a test sets."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr("esim_orders_client.streaming.time", SimpleNamespace(monotonic=lambda: self.now))


def comes(stream: Stream, chunk: bytes) -> list[Event]:
    """A connection that brings this, and is lost."""
    stream.headers()
    return list(stream.events(chunk))


@pytest.mark.parametrize("chunk", [b"", b"<html>\n\n", b"id: 1\nda", b"retry: 5\n\n"])
def test_a_stream_that_brings_nothing_whole_is_given_up(
    chunk: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, stream = Clock(monkeypatch), Stream(Call("GET", "/events/stream"))
    for _ in range(10):
        assert comes(stream, chunk) == []
        stream.wait(None)
        clock.now += GIVE_UP_SECONDS / 10
    comes(stream, chunk)
    clock.now += 1
    with pytest.raises(ConnectionFailedError):
        stream.wait(None)


@pytest.mark.parametrize("chunk", [b": \n\n", b":\n", b"event: end\ndata: {}\n\n"])
def test_a_comment_or_a_message_shows_that_a_stream_is_there(
    chunk: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, stream = Clock(monkeypatch), Stream(Call("GET", "/events/stream"))
    for _ in range(30):
        comes(stream, chunk)
        stream.wait(None)
        clock.now += GIVE_UP_SECONDS / 10


def test_a_connection_outlasts_the_deadline_by_little(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not opened anew for each event that comes."""
    clock = Clock(monkeypatch)
    stream = Stream(Call("GET", "/events/stream"), deadline=clock.now + 30)
    idle = stream.idle()
    assert idle == 30
    clock.now += 1.5
    assert not stream.near_deadline(idle)
    clock.now += 1
    assert stream.near_deadline(idle)
    clock.now += 27.5
    with pytest.raises(TimeoutError):
        stream.idle()
