"""An eSIM that was not installed by its date is withdrawn; its plans wait on the line for another one."""

from datetime import timedelta
from typing import Any

import pytest

from models.errors import Refused
from models.people.callers import AllAccounts
from models.travel.kinds import AddLine, AddPlan, ReplaceLineEsim
from models.travel.profiles import EsimReason, PlanState
from models.travel.reports import INSTALL_SOON
from starter.people.erasure import erase
from store.session import Database
from store.travel import due, install_soon, line_views, not_installed, notices
from tests.builders import OPERATOR, iccid, run
from tests.travel_orders import accepted, asked, ordered, processed, step, submit
from tests.travel_world import (
    add_esim_line,
    add_stock,
    add_subscriber,
    add_travel_plan,
    assign_plan,
    travel_world,
)

WITHIN = timedelta(days=90)
DAY = timedelta(days=1)
REPLACE = ReplaceLineEsim(esim_line_id=1, reason=EsimReason.DELETED)


@pytest.fixture
async def line(database: Database) -> int:
    """A line with a queued plan, whose code was revealed."""
    await travel_world(database)
    line = await add_esim_line(database, await add_subscriber(database))
    await assign_plan(database, line, await add_travel_plan(database))
    await run(database, "UPDATE travel_stock SET revealed_at = esim_now()")
    return line


async def given(database: Database, ago: timedelta) -> None:
    """The line got its eSIM so long ago."""
    await run(database, "UPDATE esim_lines SET esim_since = esim_now() - CAST(:ago AS interval)", ago=ago)


async def notified(database: Database) -> list[Any]:
    """Notify as the sweep does; all such notices."""
    async with database.reading() as connection:
        found = await install_soon.find(connection, WITHIN, 10)
    for line_id, account_id in found:
        async with database.transaction() as connection:
            await install_soon.notify(connection, line_id, account_id, WITHIN)
    return await run(
        database, "SELECT * FROM travel_notices WHERE notice = 'install_soon' ORDER BY due_since"
    )


async def withdrawn(database: Database, line: int) -> None:
    await given(database, 91 * DAY)
    (row,) = await run(database, "SELECT account_id FROM esim_lines")
    async with database.transaction() as connection:
        assert await not_installed.end(connection, line, row.account_id, WITHIN) is not None


async def read(database: Database) -> Any:
    async with database.reading() as connection:
        (found,) = await line_views.esim_lines(connection, AllAccounts())
    return found


async def codes(database: Database, what: Any) -> list[str]:
    answer = await accepted(database, await asked(database, what))
    return [refusal.code for refusal in answer.refusals]


@pytest.mark.covers("T40")
async def test_the_subscriber_is_notified_once_a_week_before_the_esim_is_withdrawn(
    database: Database, line: int
) -> None:
    await given(database, WITHIN - INSTALL_SOON - timedelta(minutes=5))
    await run(database, "UPDATE esim_lines SET esim_since = esim_since + interval '10 minutes'")
    assert await notified(database) == []
    await given(database, WITHIN - INSTALL_SOON)
    for _ in range(2):
        (notice,) = await notified(database)
    (row,) = await run(database, "SELECT esim_since FROM esim_lines")
    assert notice.install_by == row.esim_since + WITHIN
    async with database.transaction() as connection:
        assert [one.line.id for one in await due.unwoken(connection, 10)] == [line]
        await notices.done(connection, notice.id)
    assert len(await notified(database)) == 1


@pytest.mark.covers("T40")
@pytest.mark.parametrize(
    "changed",
    [
        "UPDATE travel_stock SET revealed_at = NULL",
        "UPDATE esim_lines SET installed_at = esim_now()",
        "UPDATE esim_lines SET esim_since = esim_now() - interval '91 days'",
        "UPDATE orders SET status = 'submitted', subject = 'esim_line:1' WHERE kind = 'add_plan'",
    ],
    ids=["code never revealed", "installed", "overdue", "being replaced"],
)
async def test_no_notice_where_there_is_nothing_to_install_in_time(
    database: Database, line: int, changed: str
) -> None:
    await given(database, WITHIN - DAY)
    await run(database, changed)
    assert await notified(database) == []


@pytest.mark.covers("T28", "T34", "T40")
@pytest.mark.parametrize("revealed", [False, True])
async def test_queued_plans_stay_on_a_line_without_an_esim_and_a_replacement_takes_them_over(
    database: Database, line: int, *, revealed: bool
) -> None:
    if not revealed:
        await run(database, "UPDATE travel_stock SET revealed_at = NULL")
    before = await run(database, "SELECT * FROM plan_assignments")
    await withdrawn(database, line)
    seen = await read(database)
    assert (seen.iccid, seen.sim_state, [plan.state for plan in seen.plans]) == (
        None,
        None,
        [PlanState.QUEUED],
    )
    assert await codes(database, AddPlan(esim_line_id=line, plan_id=1)) == ["line_without_esim"]
    await add_stock(database, 2)
    order = await processed(database, REPLACE)
    again = iccid(70_001 if not revealed else 70_002)
    seen = await read(database)
    assert (seen.iccid, seen.sim_state, seen.ended_at, seen.installed_at) == (again, "active", None, None)
    assert await run(database, "SELECT * FROM plan_assignments") == before
    (row,) = await run(
        database, "SELECT replaced_sim_id FROM travel_orders WHERE order_id = :order", order=order
    )
    assert row.replaced_sim_id is None
    await processed(database, AddPlan(esim_line_id=line, plan_id=1))


@pytest.mark.covers("T40")
async def test_the_next_esim_has_its_own_days_and_notice(database: Database, line: int) -> None:
    await given(database, WITHIN - DAY)
    assert len(await notified(database)) == 1
    await withdrawn(database, line)
    await add_stock(database, 2)
    await processed(database, REPLACE)
    assert len(await notified(database)) == 1
    await run(database, "UPDATE travel_notices SET due_since = due_since - interval '200 days'")
    await run(database, "UPDATE travel_stock SET revealed_at = esim_now()")
    await given(database, WITHIN - DAY)
    assert len(await notified(database)) == 2


@pytest.mark.covers("T34", "T40")
async def test_without_plans_that_wait_a_line_without_an_esim_gets_none(
    database: Database, line: int
) -> None:
    await withdrawn(database, line)
    await run(database, "UPDATE plan_assignments SET lapses_at = esim_now() - interval '1 second'")
    assert await codes(database, REPLACE) == ["line_without_esim"]


@pytest.mark.covers("T34", "T40")
async def test_a_cancelled_replacement_leaves_the_line_without_an_esim(database: Database, line: int) -> None:
    await withdrawn(database, line)
    await add_stock(database, 2)
    order = await ordered(database, REPLACE)
    await step(database, "acknowledge", order, await submit(database, order, "replace_line_esim"))
    await step(database, "cancel", order)
    seen = await read(database)
    assert (seen.iccid, [plan.state for plan in seen.plans]) == (None, [PlanState.QUEUED])
    assert await codes(database, REPLACE) == []


@pytest.mark.covers("T19", "T40")
async def test_a_complimentary_esim_that_went_back_counts_as_long_as_plans_wait_on_its_line(
    database: Database, line: int
) -> None:
    await run(database, "UPDATE subscribers SET plan = 'basic', bundles = 1")
    await run(database, "UPDATE esim_lines SET complimentary = true")
    await run(database, "UPDATE travel_stock SET revealed_at = NULL")
    await withdrawn(database, line)
    what = AddLine(subscriber_id=1, plan_id=1, complimentary=True)
    assert await codes(database, what) == ["complimentary_not_allowed"]
    await run(database, "UPDATE plan_assignments SET revoked_at = esim_now(), closed_at = esim_now()")
    assert await codes(database, what) == []


@pytest.mark.covers("T28", "T40")
async def test_a_subscriber_whose_plans_wait_is_not_erased(database: Database, line: int) -> None:
    await withdrawn(database, line)
    await run(database, "UPDATE travel_notices SET done_at = esim_now()")
    with pytest.raises(Refused, match=f"esim_line:{line}"):
        await erase(OPERATOR, database, "Rosa 1", only_look=True)
    await run(database, "UPDATE plan_assignments SET revoked_at = esim_now(), closed_at = esim_now()")
    assert (await erase(OPERATOR, database, "Rosa 1", only_look=True))["subscribers"] == 1
