"""Streams of events: each event exactly once, for who may see it, until the stream ends (A10)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

import portal.api.event_stream
import portal.api.streams
from models.operations.not_sent import NotSentReason
from models.people.callers import Role
from starter.desks import Desks
from store import events
from store.operations import not_sent
from store.operations.not_sent import Sending
from tests.builders import ACCOUNT, OPERATOR, run
from tests.callers.world import BOLT, Known
from tests.portal.api.following import Served, served
from tests.portal.api.keys import Keyring
from tests.temporal_server import comes_true

pytestmark = pytest.mark.covers("A10")
MINE = 1


@pytest.fixture
async def here(app: FastAPI, acme: Known) -> AsyncIterator[Served]:
    async with served(app) as portal_:
        yield portal_


async def happens(desks: Desks, about: str, number: int, account_id: int = MINE) -> None:
    async with desks.database.transaction() as connection:
        await events.append(connection, account_id, (about,), "system", ("qr.shown", {"version": number}))


async def test_an_account_sees_what_happens_and_nobody_else(
    here: Served, desks: Desks, keys: Keyring, acme: Known
) -> None:
    ours, cleo = await keys.of(), await keys.of(account=BOLT)
    async with (
        here.following("/events/stream", ours) as mine,
        here.following("/events/stream", ours, type="order") as orders,
        here.following("/events/stream", cleo) as foreign,
    ):
        assert mine.response.headers["Content-Type"].startswith("text/event-stream")
        assert mine.response.headers["Cache-Control"] == "no-store"
        assert mine.response.headers["X-Accel-Buffering"] == "no"
        assert "RateLimit" in mine.response.headers
        await happens(desks, "sim:1", 1)
        await happens(desks, "sim:1", 9, account_id=2)
        await happens(desks, "sim:2", 2)
        await mine.has(2)
        await foreign.has(1)
    assert mine.types == ["qr.shown", "qr.shown"]
    first, second = (each["data"] for each in mine.data)
    assert first == {"about": ["S-1"], "sequence": first["sequence"], "version": 1}
    assert second == {"about": ["S-2"], "sequence": second["sequence"], "version": 2}
    assert first["sequence"] < second["sequence"]
    assert [each["id"] for each in mine.data] == mine.ids
    assert [each["data"]["version"] for each in foreign.data] == [9]
    assert orders.types == []


async def test_a_stream_goes_on_after_the_last_event_that_was_received(
    here: Served, desks: Desks, keys: Keyring
) -> None:
    headers = await keys.of()
    async with here.following("/events/stream", headers) as first:
        await happens(desks, "sim:1", 1)
        await first.has(1)
    for number in (2, 3):
        await happens(desks, "sim:1", number)
    async with here.following("/events/stream", headers, last=first.ids[-1]) as second:
        await second.has(2)
        await happens(desks, "sim:1", 4)
        await second.has(3)
    assert [each["data"]["version"] for each in second.data] == [2, 3, 4]


async def test_streams_that_open_while_transactions_overlap_get_each_event_once(
    here: Served, desks: Desks, keys: Keyring
) -> None:
    """Writers begin and commit in any sequence, some late; streams open meanwhile, each from the start."""
    headers = await keys.of()
    start = (await here.client.get("/events", headers=headers, params={"after": "now"})).json()["next_cursor"]

    async def write(number: int) -> None:
        async with desks.database.transaction() as connection:
            happened = ("qr.shown", {"version": number})
            await events.append(connection, MINE, ("sim:1",), "system", happened)
            await asyncio.sleep(0.02 * (number * 7 % 11))  # transactions that last

    async with AsyncExitStack() as open_:
        readers = []
        writing: list[asyncio.Task[None]] = []
        for number in range(60):
            writing.append(asyncio.create_task(write(number)))
            if number % 4 == 0:
                stream = here.following("/events/stream", headers, last=start)
                readers.append(await open_.enter_async_context(stream))
            await asyncio.sleep(0.01)  # so that they overlap
        await asyncio.gather(*writing)
        for reader in readers:
            await reader.has(60)
        await happens(desks, "sim:1", 60)
        for reader in readers:
            await reader.has(61)
            got = [each["data"]["version"] for each in reader.data]
            assert sorted(got) == list(range(61)), "each exactly once"
            assert reader.ids == readers[0].ids, "in the same sequence"


async def test_the_stream_of_an_order_ends_with_it_while_its_email_is_still_retried(
    here: Served, desks: Desks, keys: Keyring, acme: Known
) -> None:
    headers, path = await keys.of(), f"/orders/{acme.order}/events/stream"
    async with desks.database.transaction() as connection:
        email = Sending(acme.order, "send_email:people")
        await not_sent.failed(connection, email, NotSentReason.MAIL_UNAVAILABLE, took=timedelta())
    async with here.following(path, headers) as reader:
        await reader.has(1)
        assert reader.types[0] == "order.submitted"
        await run(desks.database, "UPDATE orders SET status = 'cancelled' WHERE id = :id", id=acme.order)
        async with desks.database.transaction() as connection:
            await events.append(connection, MINE, (acme.order,), "user:1", ("order.cancelled", {}))
        await reader.end()
    assert reader.types[-2:] == ["order.cancelled", "end"]
    assert reader.data[-1] == {}
    again = await here.client.get(path, headers=headers | {"Last-Event-ID": reader.ids[-1]})
    assert (again.status_code, again.content) == (204, b"")
    async with here.following(path, headers) as whole:
        await whole.end()
    assert (whole.ids, whole.types) == (reader.ids, reader.types)


async def test_a_sim_is_followed_from_its_first_event(
    here: Served, desks: Desks, keys: Keyring, acme: Known
) -> None:
    number = int(acme.sim.removeprefix("S-"))
    await happens(desks, f"sim:{number}", 1)
    await happens(desks, f"sim:{number + 1}", 2)
    async with here.following(f"/sims/{acme.sim}/events/stream", await keys.of(), type="qr.shown") as reader:
        await reader.has(1)
        await happens(desks, f"sim:{number}", 3)
        await reader.has(2)
    assert [each["data"]["version"] for each in reader.data] == [1, 3]


async def test_what_is_wrong_is_refused_before_the_stream_begins(
    here: Served, keys: Keyring, acme: Known
) -> None:
    headers, cleo = await keys.of(), await keys.of(account=BOLT)

    async def answer(path: str, sent: dict[str, str]) -> tuple[int, str]:
        found = await here.client.get(path, headers=sent)
        return found.status_code, found.json()["code"]

    assert await answer("/events/stream", {}) == (401, "api_key_needed")
    assert await answer(f"/orders/{acme.order}/events/stream", cleo) == (404, "unknown_order")
    assert await answer(f"/sims/{acme.sim}/events/stream", cleo) == (404, "unknown_sim")
    assert await answer("/events/stream?type=order.eaten", headers) == (422, "unknown_event_type")
    assert await answer("/events/stream?after=x", headers) == (422, "cursor_invalid")
    blind = await keys.of(Role.VIEWER, permissions=["view_people"])
    assert await answer("/events/stream", blind) == (403, "key_not_permitted")
    viewer = await keys.of(Role.MANAGER)
    assert await answer("/events/stream?type=user.signed_in", viewer) == (403, "not_permitted")


async def test_a_head_request_opens_no_stream(here: Served, keys: Keyring, app: FastAPI, acme: Known) -> None:
    headers = await keys.of()
    for path in ("/events/stream", f"/orders/{acme.order}/events/stream"):
        answer = await here.client.head(path, headers=headers)
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["Content-Type"].startswith("text/event-stream")
    assert len(app.state.streams) == 0


async def test_a_key_has_only_so_many_streams_open(
    here: Served, keys: Keyring, app: FastAPI, desks: Desks
) -> None:
    headers, other = await keys.of(), await keys.of(Role.VIEWER)
    most = desks.settings.streams_per_caller
    async with AsyncExitStack() as open_:
        for _ in range(most):
            await open_.enter_async_context(here.following("/events/stream", headers))
        refused = await here.client.get("/events/stream", headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_streams")
        assert refused.headers["Retry-After"] == "15", "there is a place once one is closed"
        async with here.following("/events/stream", other):
            pass
    await comes_true(lambda: len(app.state.streams) == 0, 10)
    async with here.following("/events/stream", headers):
        pass


@pytest.mark.parametrize("what", ["key revoked", "user deactivated", "role lowered"])
async def test_who_may_not_read_any_more_is_cut_off(
    what: str, here: Served, desks: Desks, keys: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portal.api.streams, "CHECK_SECONDS", 0.1)
    headers = await keys.of()
    (key,) = [each for each in await desks.api_keys.keys(OPERATOR, ACCOUNT) if each.name == "test"]
    kept = await keys.of(Role.VIEWER)
    async with (
        here.following("/events/stream", headers) as reader,
        here.following("/events/stream", kept) as other,
    ):
        if what == "key revoked":
            await desks.api_keys.revoke(OPERATOR, key.key_id)
        elif what == "user deactivated":
            await desks.users.deactivate_user(OPERATOR, f"U-{key.user_id}")
        else:
            await desks.users.edit_user(OPERATOR, f"U-{key.user_id}", role=Role.VIEWER)
        await reader.end()
        await happens(desks, "sim:1", 1)
        await other.has(1)
        assert not other.ended


async def test_a_reader_that_is_too_slow_is_cut_off_and_resumes_without_loss(
    here: Served, desks: Desks, keys: Keyring, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portal.api.streams, "MOST_WAITING", 3)
    monkeypatch.setattr(portal.api.streams, "POLL_SECONDS", 1.0)
    headers = await keys.of()
    async with here.following("/events/stream", headers) as reader:
        await happens(desks, "sim:1", 0)
        await reader.has(1)
        for number in range(1, 7):
            await happens(desks, "sim:1", number)
        await reader.end()
    monkeypatch.setattr(portal.api.streams, "MOST_WAITING", 100)
    async with here.following("/events/stream", headers, last=reader.ids[-1]) as resumed:
        await resumed.has(7 - len(reader.ids))
    got = [each["data"]["version"] for each in (*reader.data, *resumed.data)]
    assert got == list(range(7))


async def test_a_stream_where_nothing_happens_is_kept_open_by_comments(
    here: Served, keys: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portal.api.event_stream, "PING_SECONDS", 0.05)
    async with here.following("/events/stream", await keys.of()) as reader:
        await comes_true(lambda: reader.pings >= 3, 10)
    assert reader.types == []


async def test_open_streams_hold_no_connection_to_the_database(
    here: Served, keys: Keyring, desks: Desks
) -> None:
    headers = await keys.of()
    async with AsyncExitStack() as open_:
        readers = [
            await open_.enter_async_context(here.following("/events/stream", headers)) for _ in range(15)
        ]
        await happens(desks, "sim:1", 1)
        for reader in readers:
            await reader.has(1)
        pool: Any = desks.database._engine.pool
        await comes_true(lambda: pool.checkedout() <= 1, 10)  # the reader's, while it reads


async def test_the_portal_stops_at_once_although_streams_are_open(app: FastAPI, keys: Keyring) -> None:
    headers = await keys.of()
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as open_:
        async with served(app, grace=60) as portal_:
            reader = await open_.enter_async_context(portal_.following("/events/stream", headers))
            began = loop.time()
            app.state.streams.end_all()
            await reader.end()
        assert loop.time() - began < 5


async def test_a_poll_gets_each_event_once_and_a_cursor_also_where_nothing_is_new(
    api: httpx.AsyncClient, desks: Desks, keys: Keyring
) -> None:
    headers = await keys.of()
    page = (await api.get("/events", headers=headers, params={"limit": 2})).json()
    everything = page["data"]
    while page["has_more"]:
        query = {"after": page["next_cursor"], "limit": 2}
        page = (await api.get("/events", headers=headers, params=query)).json()
        everything += page["data"]
    assert len({each["id"] for each in everything}) == len(everything) > 10
    query = {"after": page["next_cursor"], "type": ["qr.shown", "order"]}
    nothing = (await api.get("/events", headers=headers, params=query)).json()
    assert (nothing["data"], nothing["has_more"]) == ([], False)
    await happens(desks, "sim:1", 5)
    query["after"] = nothing["next_cursor"]
    (new,) = (await api.get("/events", headers=headers, params=query)).json()["data"]
    assert (new["type"], new["data"]["about"], new["data"]["version"]) == ("qr.shown", ["S-1"], 5)
