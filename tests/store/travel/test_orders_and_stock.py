"""Which eSIM of the stock an order about a travel eSIM gets, waits for and gives back; the staff's alerts."""

import contextlib
from collections.abc import Sequence
from datetime import timedelta

import pytest

from models.people.callers import AllAccounts
from models.travel.kinds import AddLine
from providers.from_stock import FromStock
from providers.port import NoStock
from store.orders import views
from store.session import Database
from store.travel import stock, sweep
from tests.builders import iccid, run
from tests.store.travel.order_views import refusal, sims
from tests.travel_orders import ordered, step, submit
from tests.travel_world import ASIA, add_stock, add_travel_plan

pytestmark = pytest.mark.usefixtures("euro")


@pytest.mark.covers("T17")
async def test_an_order_waits_for_its_own_profile_and_gets_what_arrives(database: Database) -> None:
    await add_stock(database, 1, profile=7)
    asia = await add_travel_plan(database, "Asia", countries=ASIA, profile=2)
    first, second = [await ordered(database, AddLine(subscriber_id=1, plan_id=asia)) for _ in range(2)]
    assert [await submit(database, order, "add_line") for order in (first, second)] == [None, None]
    assert await refusal(database, "acknowledge", first) == "no_esim_reserved"
    notices = await run(database, "SELECT notice, profile FROM travel_notices")
    assert [tuple(notice) for notice in notices] == [("order_waits", 2)], "the staff is alerted once"
    await add_stock(database, 2, profile=2)
    assert await submit(database, second, "add_line") is None, "it passes no earlier one"
    assert await submit(database, first, "add_line") == iccid(70_002)
    await step(database, "cancel", first)
    (due,) = await run(database, "SELECT target FROM follow_ups WHERE kind = 'stock_arrived'")
    assert due.target == second
    assert await submit(database, second, "add_line") == iccid(70_002)
    (profile,) = await run(database, "SELECT * FROM travel_profiles WHERE profile = 2")
    assert profile.waiting_since is None


@pytest.mark.covers("T17")
@pytest.mark.parametrize("until", ["accepted", "reserved", "acknowledged"])
async def test_the_esim_of_a_cancelled_order_is_in_stock_again(
    database: Database, euro: int, until: str
) -> None:
    await add_stock(database)
    order = await ordered(database, AddLine(subscriber_id=1, plan_id=euro, complimentary=True))
    if until != "accepted":
        assert await submit(database, order, "add_line") is not None
    if until == "acknowledged":
        await step(database, "acknowledge", order, iccid(70_001))
    for _ in range(2):
        assert (await step(database, "cancel", order)).refusal is None
    assert await sims(database) == [("in_stock", None)]
    async with database.reading() as connection:
        seen = await views.order(connection, AllAccounts(), order)
    assert seen.iccid is None, "another order may have the eSIM by now"
    assert await submit(database, order, "add_line") is None, "a cancelled order gets none"
    again = await ordered(database, AddLine(subscriber_id=1, plan_id=euro))
    assert await submit(database, again, "add_line") == iccid(70_001)


@pytest.mark.covers("T36")
async def test_the_esim_that_ends_first_goes_first_and_one_that_has_ended_never(
    database: Database, euro: int
) -> None:
    (row,) = await run(database, "SELECT (esim_now() AT TIME ZONE 'UTC')::date AS today")
    day = timedelta(days=1)
    ends = [None, row.today + 2 * day, row.today, row.today - day]
    for number, ends_on in enumerate(ends):
        await add_stock(database, number, ends_on=ends_on)
    what = AddLine(subscriber_id=1, plan_id=euro)
    got = [await submit(database, await ordered(database, what), "add_line") for _ in range(4)]
    assert got == [iccid(70_002), iccid(70_001), iccid(70_000), None]


@pytest.mark.covers("T36")
async def test_an_esim_that_ends_while_it_is_reserved_is_not_handed_out(
    database: Database, euro: int
) -> None:
    await add_stock(database, 1)
    order = await ordered(database, AddLine(subscriber_id=1, plan_id=euro))
    assert await submit(database, order, "add_line") == iccid(70_001)
    await run(database, "UPDATE travel_stock SET ends_on = (esim_now() AT TIME ZONE 'UTC')::date - 1")
    assert await refusal(database, "acknowledge", order, iccid(70_001)) == "no_esim_reserved"
    await add_stock(database, 2)
    assert await submit(database, order, "add_line") == iccid(70_002)
    assert (await step(database, "acknowledge", order, iccid(70_002))).refusal is None


@pytest.mark.covers("T17", "T36")
@pytest.mark.parametrize("asks_again", [False, True])
async def test_an_order_whose_reserved_esim_ends_keeps_its_place_among_those_that_wait(
    database: Database, euro: int, *, asks_again: bool
) -> None:
    await add_stock(database, 1)
    what = AddLine(subscriber_id=1, plan_id=euro)
    first, second = await ordered(database, what), await ordered(database, what)
    assert [await submit(database, order, what.kind) for order in (first, second)] == [iccid(70_001), None]
    await run(database, "UPDATE travel_stock SET ends_on = (esim_now() AT TIME ZONE 'UTC')::date - 1")
    if asks_again:
        assert await submit(database, first, what.kind) is None
    await add_stock(database, 2)
    async with database.transaction() as connection:
        settled = await stock.changed(connection, 1, 7)
    assert settled.served == (first,), "it asked first, and passes none that asked later"
    assert await submit(database, second, what.kind) is None
    assert await submit(database, first, what.kind) == iccid(70_002)


@pytest.mark.covers("T17", "T36")
async def test_the_end_of_stock_has_an_order_wait_again_that_has_not_taken_its_esim(
    database: Database, euro: int
) -> None:
    await add_stock(database, 1)
    order = await ordered(database, AddLine(subscriber_id=1, plan_id=euro))
    await submit(database, order, "add_line")
    await run(database, "UPDATE travel_stock SET ends_on = (esim_now() AT TIME ZONE 'UTC')::date - 1")
    async with database.transaction() as connection:
        done = await sweep.discard_ended(connection)
    assert done.esims == 1
    assert await sims(database) == [("discarded", None)]
    recorded = await run(database, "SELECT id, notice FROM travel_notices")
    assert [(row.id, row.notice) for row in recorded] == [(*done.settled.alerts, "order_waits")]
    (row,) = await run(database, "SELECT waiting_since FROM travel_orders")
    assert row.waiting_since is not None


@pytest.mark.covers("T26")
async def test_stock_below_its_threshold_alerts_once_and_again_after_it_recovered(
    database: Database, euro: int
) -> None:
    for number in range(3):
        await add_stock(database, number)
    await run(database, "UPDATE travel_profiles SET threshold = 2")
    what = AddLine(subscriber_id=1, plan_id=euro)

    async def alerts() -> int:
        rows = await run(database, "SELECT 1 FROM travel_notices WHERE notice = 'stock_low'")
        return len(rows)

    orders, seen = [], []
    for _ in range(3):
        orders.append(await ordered(database, what))
        await submit(database, orders[-1], "add_line")
        seen.append(await alerts())
    assert seen == [0, 1, 1]
    for order in orders:
        await step(database, "cancel", order)
    for _ in range(2):
        await submit(database, await ordered(database, what), "add_line")
    assert await alerts() == 2


@pytest.mark.covers("T17", "T26")
async def test_what_the_staff_is_to_be_alerted_of_is_sent_at_once(database: Database, euro: int) -> None:
    await add_stock(database)
    await run(database, "UPDATE travel_profiles SET threshold = 1")
    sent: list[str] = []

    async def alert(notices: Sequence[str]) -> None:
        sent.extend(notices)

    provider = FromStock(database, None, None, alert)  # type: ignore[arg-type]
    for _ in range(3):
        order = await ordered(database, AddLine(subscriber_id=1, plan_id=euro))
        with contextlib.suppress(NoStock):
            await provider.submit(order, "add_line", 0)
    notices = await run(database, "SELECT id, notice FROM travel_notices ORDER BY notice DESC")
    assert [(notice.id, notice.notice) for notice in notices] == list(
        zip(sent, ("stock_low", "order_waits"), strict=True)
    )


@pytest.mark.covers("T17")
@pytest.mark.parametrize("acknowledged", [False, True])
async def test_a_cancelled_order_leaves_no_esim_whose_code_was_revealed(
    database: Database, euro: int, *, acknowledged: bool
) -> None:
    await add_stock(database)
    order = await ordered(database, AddLine(subscriber_id=1, plan_id=euro))
    esim = await submit(database, order, "add_line")
    if acknowledged:
        await step(database, "acknowledge", order, esim)
    await run(database, "UPDATE travel_stock SET revealed_at = esim_now()")
    assert (await step(database, "cancel", order)).refusal is None
    assert await sims(database) == [("discarded", None)]
    again = await ordered(database, AddLine(subscriber_id=1, plan_id=euro))
    assert await submit(database, again, "add_line") is None
