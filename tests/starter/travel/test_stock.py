"""The stock of travel eSIMs: imported all or none, listed with whom it is allocated to, watched."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from models.errors import Refused
from models.people.callers import AllAccounts, Caller
from models.travel.kinds import AddLine
from models.travel.stock_views import StockState, stock_csv
from settings import Settings
from starter import callers
from starter.fleet.desk import FleetDesk
from starter.travel.stock import StockDesk
from store.codes import codes
from store.key_ring import KeyRing
from store.reencryption import reencrypt
from store.session import Database
from tests.builders import ANA, OPERATOR, as_csv, iccid, line, run
from tests.qr_world import codes_of
from tests.starter.shell import Shell
from tests.starter.travel.files import code, esim, stock_file
from tests.temporal_server import eventually
from tests.travel_orders import ordered, processed, submit
from tests.travel_world import ADAM, SUE, add_subscriber, add_travel_plan, travel_world


class NoTemporal:
    """A client that is never called: no order waits in these tests."""


@pytest.fixture
def keys() -> str:
    return KeyRing.new_key()


@pytest.fixture
def desk(database: Database, tmp_path: Path, keys: str) -> StockDesk:
    settings = Settings(data_dir=tmp_path, database_url=database.url, secret_keys=keys)
    return StockDesk(NoTemporal(), database, settings)  # type: ignore[arg-type]


@pytest.fixture
async def adam(database: Database) -> Caller:
    await travel_world(database)
    return await callers.user(database, ADAM)


def row_codes(refused: Refused) -> list[tuple[object, str | None, str]]:
    """Line, column and code of every problem."""
    return [
        (note.parameters["line"], problem.column, problem.reason.code)
        for note in refused.refusals
        for problem in note.problems  # type: ignore[attr-defined]
    ]


@pytest.mark.covers("T12", "T37", "R8")
async def test_an_imported_esim_is_in_stock_with_its_encrypted_codes(
    database: Database, desk: StockDesk, adam: Caller, keys: str
) -> None:
    secret = esim(1, activation_code=f"{code(1)}$$1", confirmation_code="4711", ends_on="2099-12-31")
    dry = await desk.import_stock(adam, None, stock_file(secret, esim(2, profile=2)), dry_run=True)
    assert (dry.dry_run, dry.created, await desk.esims(adam)) == (True, {"providers": 1, "eSIMs": 2}, [])
    report = await desk.import_stock(adam, None, stock_file(secret, esim(2, profile=2)))
    assert report.created == {"providers": 1, "eSIMs": 2}
    second, first = await desk.esims(adam)
    assert (first.iccid, first.profile, str(first.ends_on), first.provider) == (
        iccid(80_001),
        7,
        "2099-12-31",
        "Acme",
    )
    assert (second.profile, second.ends_on) == (2, None)
    assert {one.state for one in (first, second)} == {StockState.FREE}
    ring = KeyRing(keys)
    async with database.transaction() as connection:
        stored = await codes.current(connection, AllAccounts(), ring, first.sim_id)
        assert (str(stored.code), stored.version.number) == (f"{code(1)}$$1", 1)
        assert stored.confirmation_code == "4711"
        stored = await codes.current(connection, AllAccounts(), ring, second.sim_id)
        assert (str(stored.code), stored.confirmation_code) == (code(2), None)
    rows = await run(
        database, "SELECT confirmation_code FROM qr_versions WHERE confirmation_code IS NOT NULL"
    )
    assert [b"4711" in row.confirmation_code for row in rows] == [False]
    assert [one.profile for one in await desk.esims(adam, profile=2)] == [2]
    assert await desk.esims(adam, state="on-line") == []


@pytest.mark.covers("T37")
async def test_what_is_known_already_is_refused_with_its_row_and_nothing_is_imported(
    database: Database, desk: StockDesk, adam: Caller
) -> None:
    await add_subscriber(database)
    plan = await add_travel_plan(database)
    await desk.import_stock(adam, None, stock_file(esim(1), esim(2)))
    await processed(database, AddLine(subscriber_id=1, plan_id=plan))
    before = await desk.esims(adam)
    with pytest.raises(Refused) as refused:
        await desk.import_stock(
            adam,
            None,
            stock_file(
                esim(3),
                esim(4, iccid=iccid(80_001)),
                esim(5, iccid=iccid(80_002)),
                esim(6, activation_code=code(1).replace("smdp", "SMDP")),
                esim(7, activation_code=code(2)),
                esim(8, iccid=iccid(1)),
            ),
        )
    assert row_codes(refused.value) == [
        (3, "iccid", "iccid_elsewhere"),
        (4, "iccid", "iccid_in_stock"),
        (5, "activation_code", "code_elsewhere"),
        (6, "activation_code", "code_in_stock"),
        (7, "iccid", "iccid_elsewhere"),
    ]
    assert await desk.esims(adam) == before


@pytest.mark.covers("T37")
async def test_every_invalid_row_is_reported(desk: StockDesk, adam: Caller) -> None:
    with pytest.raises(Refused) as refused:
        await desk.import_stock(
            adam,
            None,
            stock_file(
                esim(1),
                esim(2, iccid=iccid(80_001)),
                esim(3, activation_code=code(1)),
                esim(4, iccid="12"),
                esim(5, profile=100),
                esim(6, profile=""),
                esim(7, activation_code="1234"),
                esim(8, activation_code=f"{code(8)}$$1"),
                esim(9, ends_on="31.12.2027"),
                esim(10, ends_on="2027-02-29"),
                esim(11, confirmation_code="4711" * 20),
            ),
        )
    assert row_codes(refused.value) == [
        (3, "iccid", "same_iccid_before"),
        (4, "activation_code", "same_code_before"),
        (5, "iccid", "iccid_invalid"),
        (6, "profile", "profile_invalid"),
        (7, "profile", "cell_empty"),
        (8, "activation_code", "activation_code_invalid"),
        (9, "confirmation_code", "confirmation_code_needed"),
        (10, "ends_on", "cell_no_day"),
        (11, "ends_on", "cell_no_day"),
        (12, "confirmation_code", "confirmation_code_invalid"),
    ]
    assert code(1) not in str(refused.value)
    assert "4711" not in str(refused.value)


@pytest.mark.covers("T36", "T37")
async def test_an_esim_that_has_ended_is_imported_with_a_warning_and_not_handed_out(
    database: Database, desk: StockDesk, adam: Caller
) -> None:
    (row,) = await run(database, "SELECT (esim_now() AT TIME ZONE 'UTC')::date AS today")
    ended = esim(1, ends_on=row.today - timedelta(days=1))
    report = await desk.import_stock(adam, None, stock_file(ended, esim(2, ends_on=row.today)))
    (warning,) = report.warnings
    assert [problem.reason.code for problem in warning.problems] == ["esim_ended"]
    states = {one.iccid: one.state for one in await desk.esims(adam)}
    assert states == {iccid(80_001): StockState.ENDED, iccid(80_002): StockState.FREE}
    (profile,) = await desk.profiles(adam)
    assert profile.free == 1


@pytest.mark.covers("T12")
async def test_the_stock_is_listed_with_whom_each_esim_is_allocated_to(
    database: Database, desk: StockDesk, adam: Caller
) -> None:
    await add_subscriber(database)
    plan = await add_travel_plan(database)
    await desk.import_stock(adam, None, stock_file(*(esim(number) for number in range(1, 4))))
    done = await processed(database, AddLine(subscriber_id=1, plan_id=plan))
    waits = await ordered(database, AddLine(subscriber_id=1, plan_id=plan))
    await submit(database, waits, "add_line")
    sue = await callers.user(database, SUE)
    on_line, reserved, free = await desk.esims(sue)
    assert (on_line.state, on_line.order_id, on_line.esim_line_id, on_line.subscriber_id) == (
        StockState.ON_LINE,
        done,
        1,
        1,
    )
    assert (reserved.state, reserved.order_id, reserved.esim_line_id, reserved.subscriber_id) == (
        StockState.RESERVED,
        waits,
        None,
        1,
    )
    assert (free.state, free.order_id, free.subscriber_id) == (StockState.FREE, None, None)
    header, first, *_ = stock_csv([on_line, reserved, free]).split("\r\n")
    assert header == "sim,iccid,profile,provider,ends_on,state,order,esim_line,subscriber,imported_at"
    assert first.startswith(f"S-{on_line.sim_id},{iccid(80_001)},7,Acme,,on_line,{done},EL-1,SB-1,")
    assert "TRAVEL-0001" not in stock_csv([on_line])


@pytest.mark.covers("T26")
async def test_a_threshold_above_the_free_stock_alerts_at_once(
    database: Database, desk: StockDesk, adam: Caller
) -> None:
    await desk.import_stock(adam, None, stock_file(esim(1), esim(2)))
    assert (await desk.set_threshold(adam, None, 7, 2)).low_since is None
    for _ in range(2):
        seen = await desk.set_threshold(adam, None, 7, 3)
        assert (seen.free, seen.threshold, seen.low_since is not None) == (2, 3, True)
    notices = await run(database, "SELECT notice FROM travel_notices")
    assert [row.notice for row in notices] == ["stock_low"]
    await desk.import_stock(adam, None, stock_file(esim(3)))
    (profile,) = await desk.profiles(adam)
    assert profile.low_since is None


@pytest.mark.covers("T12")
async def test_only_staff_reaches_the_stock_and_only_administrators_change_it(
    database: Database, desk: StockDesk, adam: Caller
) -> None:
    sue, ana = await callers.user(database, SUE), await callers.user(database, ANA)
    for call in (
        desk.import_stock(sue, None, stock_file(esim())),
        desk.set_threshold(sue, None, 7, 1),
        desk.esims(ana),
        desk.profiles(ana),
    ):
        with pytest.raises(Refused) as refused:
            await call
        assert refused.value.refusals[0].code == "not_permitted"


@pytest.mark.covers("T36")
async def test_a_fleet_file_takes_no_esim_from_the_stock(
    database: Database, desk: StockDesk, adam: Caller
) -> None:
    await desk.import_stock(adam, None, stock_file(esim(1)))
    fleet = as_csv(line(9, sim_type="esim", iccid=iccid(80_001)))
    with pytest.raises(Refused):
        await FleetDesk(database).import_fleet(OPERATOR, fleet)
    assert [one.state for one in await desk.esims(adam)] == [StockState.FREE]


@pytest.mark.covers("W8")
async def test_a_confirmation_code_is_encrypted_anew_when_the_keys_are_rotated(
    database: Database, desk: StockDesk, adam: Caller, keys: str
) -> None:
    rows = (esim(number, confirmation_code=str(4700 + number)) for number in range(1, 13))
    await desk.import_stock(adam, None, stock_file(*rows, esim(13)))
    new = KeyRing.new_key()
    assert await reencrypt(database, KeyRing(f"{new},{keys}")) == 13
    alone = KeyRing(new)
    async with database.transaction() as connection:
        found = {
            (await codes.current(connection, AllAccounts(), alone, one.sim_id)).confirmation_code
            for one in await desk.esims(adam)
        }
    assert found == {None, *(str(4700 + number) for number in range(1, 13))}
    assert await reencrypt(database, alone) == 0


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
