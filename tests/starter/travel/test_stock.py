"""The stock of travel eSIMs: listed with whom it is allocated to, watched, and reached by staff only."""

import pytest

from models.errors import Refused
from models.people.callers import Caller
from models.travel.kinds import AddLine
from models.travel.stock_views import StockState, stock_csv
from starter import callers
from starter.travel.stock import StockDesk
from store.session import Database
from tests.builders import ANA, iccid, run
from tests.starter.travel.files import esim, stock_file
from tests.travel_orders import ordered, processed, submit
from tests.travel_world import SUE, add_subscriber, add_travel_plan


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
