"""An eSIM in stock whose code was shown goes to no order, and can be discarded."""

import asyncio
from pathlib import Path

import pytest

from models.errors import Refused
from models.people.callers import AllAccounts, Caller
from models.travel.kinds import AddLine
from models.travel.stock_views import StockState
from starter.travel.stock import StockDesk
from store.codes import codes
from store.key_ring import KeyRing
from store.session import Database
from tests.builders import iccid, run
from tests.qr_world import codes_of
from tests.starter.shell import Shell
from tests.starter.travel.files import esim, stock_file
from tests.temporal_server import eventually
from tests.travel_orders import ordered, submit
from tests.travel_world import add_subscriber, add_travel_plan


async def shown(database: Database, keys: str, sim_id: int) -> None:
    """A member of the staff looks at the code of the eSIM."""
    async with database.transaction() as connection:
        await codes.current(connection, AllAccounts(), KeyRing(keys), sim_id)


async def states(desk: StockDesk, adam: Caller) -> list[StockState]:
    return [one.state for one in await desk.esims(adam)]


@pytest.mark.covers("T12", "T17", "T26", "T40")
async def test_an_esim_whose_code_was_shown_in_stock_is_never_handed_out_and_can_be_discarded(
    database: Database, desk: StockDesk, adam: Caller, keys: str
) -> None:
    await desk.import_stock(adam, None, stock_file(esim(1), esim(2)))
    await desk.set_threshold(adam, None, 7, 2)
    first, second = await desk.esims(adam)
    await shown(database, keys, first.sim_id)
    assert await states(desk, adam) == [StockState.REVEALED, StockState.FREE]
    assert [one.iccid for one in await desk.esims(adam, state="revealed")] == [first.iccid]
    assert [one.free for one in await desk.profiles(adam)] == [1]

    what = AddLine(subscriber_id=await add_subscriber(database), plan_id=await add_travel_plan(database))
    orders = [await ordered(database, what) for _ in range(2)]
    assert [await submit(database, order, what.kind) for order in orders] == [second.iccid, None]
    assert await states(desk, adam) == [StockState.REVEALED, StockState.RESERVED]
    with pytest.raises(Refused) as used:
        await desk.check_discard(adam, second.iccid)
    assert codes_of(used) == ["stock_esim_used"]

    await desk.check_discard(adam, first.iccid)
    assert await states(desk, adam) == [StockState.REVEALED, StockState.RESERVED], "nothing is done yet"
    for _ in range(2):
        await desk.discard(adam, f"S-{first.sim_id}")
    assert await states(desk, adam) == [StockState.DISCARDED, StockState.RESERVED]
    (event,) = await run(database, "SELECT data FROM events WHERE type = 'stock.discarded'")
    assert event.data == {"sim": first.sim_id, "profile": 7}


@pytest.mark.covers("T17", "T40")
async def test_an_esim_whose_code_is_shown_while_it_is_reserved_goes_to_no_order_and_the_next_one_does(
    database: Database, desk: StockDesk, adam: Caller, keys: str
) -> None:
    await desk.import_stock(adam, None, stock_file(esim(1), esim(2)))
    first, second = await desk.esims(adam)
    what = AddLine(subscriber_id=await add_subscriber(database), plan_id=await add_travel_plan(database))
    order = await ordered(database, what)
    async with database.transaction() as connection:
        await codes.current(connection, AllAccounts(), KeyRing(keys), first.sim_id)
        reserving = asyncio.create_task(submit(database, order, what.kind))
        await eventually(lambda: run(database, _WAITING), lambda rows: rows[0].waiting > 0)
    assert await reserving == second.iccid
    assert await states(desk, adam) == [StockState.REVEALED, StockState.RESERVED]


@pytest.mark.covers("T12")
async def test_an_esim_is_discarded_by_command_once_it_is_confirmed(
    desk: StockDesk, adam: Caller, database: Database, tmp_path: Path
) -> None:
    await desk.import_stock(adam, None, stock_file(esim(1)))
    shell = Shell(tmp_path, database.url)
    command = ("travel", "stock", "discard", iccid(80_001))
    asked = await asyncio.to_thread(shell.process, *command, typed="n\n", code=2)
    assert "for ever?" in asked.err
    assert await states(desk, adam) == [StockState.FREE]
    await asyncio.to_thread(shell.run, *command, "--yes")
    assert await states(desk, adam) == [StockState.DISCARDED]


_WAITING = """
SELECT count(*) AS waiting FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""
