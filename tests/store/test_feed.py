"""The feed of events: whoever follows it by its cursor misses nothing and gets nothing twice."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack

import pytest

from models.errors import Refused
from models.events import EVENT_TYPES, Audience, FeedEvent
from models.feed import START, Cursor
from models.fleet.file import parse_fleet
from models.people.callers import AllAccounts
from store import events
from store.fleet.file_import import import_fleet
from store.session import Database
from store.staging import importing
from tests.builders import acknowledge, as_csv, iccid, line, place, process, run, world
from tests.store.feed import Follower, unfinished, write, written


class ById:
    """What a follower of ids would see: the mistake that the feed is there to avoid."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.last = 0
        self.got: list[str] = []

    async def look(self) -> None:
        newer = "SELECT id, actor FROM events WHERE id > :last ORDER BY id"
        for row in await run(self.database, newer, last=self.last):
            self.last = row.id
            self.got.append(row.actor)


async def test_writers_that_commit_in_another_order_than_they_began(database: Database) -> None:
    follower, by_id = Follower(database), ById(database)
    async with AsyncExitStack() as late:
        await late.enter_async_context(unfinished(database, "first"))
        async with unfinished(database, "second"):
            pass
        for reader in (follower, by_id):
            await reader.look()
        assert by_id.got == ["second"]
        assert follower.got == [], "an older transaction is under way"
    await written(database, "third")
    for reader in (follower, by_id):
        await reader.look()
    assert [event.actor for event in follower.got] == ["first", "second", "third"]
    assert by_id.got == ["second", "third"], "by ids alone the first is missed"
    assert len({event.id for event in follower.got}) == 3


async def test_what_is_rolled_back_is_never_seen_and_delays_nothing(database: Database) -> None:
    follower = Follower(database)

    async def undo() -> None:
        async with unfinished(database, "undone"):
            await written(database, "done")
            assert await follower.look() == []
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await undo()
    assert await follower.look() == ["done"]
    await written(database, "next")
    assert await follower.look() == ["next"]


async def test_an_import_under_way_delays_what_commits_beside_it_and_loses_none(database: Database) -> None:
    follower = Follower(database)
    await written(database, "before")
    done, may_end = asyncio.Event(), asyncio.Event()

    async def import_that_lasts() -> None:
        file = parse_fleet(as_csv(line(1), line(2, account="Other")))
        async with importing(database, dry_run=False) as connection:
            await import_fleet(connection, file)
            done.set()
            await may_end.wait()

    lasting = asyncio.create_task(import_that_lasts())
    await done.wait()
    seen: list[list[str]] = []
    for number in range(8):
        await written(database, f"short {number}")
        seen.append(await follower.look())
    assert not lasting.done()
    assert seen == [["before"], *[[]] * 7]
    may_end.set()
    await lasting
    told = await follower.look()
    assert told == ["operator", "operator", *(f"short {number}" for number in range(8))]
    assert await follower.look() == []


async def test_many_writers_and_a_reader_at_once(database: Database) -> None:
    follower, by_id = Follower(database, limit=3), ById(database)
    expected = {f"{writer} {number}" for writer in range(3) for number in range(30)}

    async def writer(name: int) -> None:
        for number in range(30):
            async with database.transaction() as connection:
                await write(connection, f"{name} {number}")
                await asyncio.sleep(0.003 * ((number + name) % 3))

    writing = asyncio.gather(*map(writer, range(3)))
    while not writing.done():
        await follower.look()
        await by_id.look()
    await writing
    await follower.look()
    assert sorted(event.actor for event in follower.got) == sorted(expected), "each exactly once"
    assert set(by_id.got) <= expected


async def test_an_account_reads_its_own_and_no_diagnostics(database: Database) -> None:
    await world(database)
    order = await place(database)
    await acknowledge(database, order)
    async with database.transaction() as connection:
        await events.append(connection, 1, (order.order_id,), "system", ("mail.failed", {}), origin_id=9)
        await events.append(connection, 2, ("sim:9",), "user:9", ("qr.shown", {}))
        await events.append(connection, None, ("platform",), "operator", ("mail.uncertain", {}))
    await process(database, order, iccid(900))

    async def read(audience: Audience, account_id: int | None) -> Sequence[FeedEvent]:
        async with database.reading() as connection:
            return (await events.read(connection, audience=audience, account_id=account_id)).events

    own = [event.type for event in await read(Audience.ACCOUNT, 1)]
    assert own == [
        *("account.created", "user.created"),
        *("order.submitted", "order.provider_processing", "esim.temporary_created"),
        *("order.processed", "sim.discarded", "esim.activated"),
    ]
    assert {EVENT_TYPES[name] for name in own} == {Audience.ACCOUNT}
    operators = await read(Audience.OPERATOR, 1)
    (failed,) = [event for event in operators if event.type == "mail.failed"]
    assert (failed.account_id, failed.origin_id, failed.about) == (1, 9, (order.order_id,))
    assert [event.type for event in await read(Audience.ACCOUNT, 2)] == ["qr.shown"]
    assert len(await read(Audience.OPERATOR, None)) == len(own) + 3
    async with database.reading() as connection:
        of_sim = [event.type for event in await events.of(connection, AllAccounts(), "sim:2")]
        assert of_sim == ["esim.temporary_created", "esim.activated"]


async def test_an_event_of_an_undeclared_type_is_an_error(database: Database) -> None:
    with pytest.raises(LookupError, match=r"order\.lost"):
        async with database.transaction() as connection:
            await events.append(connection, 1, ("order-1",), "system", ("order.lost", {}))
    assert await run(database, "SELECT 1 FROM events") == []


@pytest.mark.parametrize("wrong", ["", "x", "MS4y", "MS4yLng", "MS4yLjMuNA", "é", "MS4yLjM=\n", "a" * 5000])
def test_a_cursor_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(Refused) as refused:
        Cursor.parse(wrong)
    assert refused.value.refusals[0].code == "cursor_invalid"


def test_a_cursor_survives_its_opaque_form() -> None:
    for cursor in (START, Cursor(1, 2, 3), Cursor(1_900_000_000, 2**64 - 1, 2**59)):
        assert Cursor.parse(str(cursor)) == cursor
        assert set(str(cursor)) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
