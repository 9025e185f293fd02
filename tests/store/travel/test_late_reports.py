"""Reports that arrive when the eSIM that they are about was replaced, or withdrawn."""

from datetime import datetime, timedelta

import pytest

from models.errors import NotFound, Refused
from models.people.callers import AllAccounts, By, OfAccount, Scope
from models.travel.kinds import AddLine, ReplaceLineEsim
from models.travel.profiles import EsimReason, Outcome, Reported
from models.travel.reports import ReportView
from store.session import Database
from store.travel import not_installed, reports
from store.travel.lookups import find_reported_line
from store.travel.reports import Reporting
from tests.builders import iccid, run
from tests.travel_orders import ordered, processed, step, submit
from tests.travel_world import (
    add_esim_line,
    add_stock,
    add_subscriber,
    add_travel_plan,
    assign_plan,
    travel_world,
)

HOUR = timedelta(hours=1)
FIRST, SECOND, THIRD = (iccid(70_000 + number) for number in (1, 2, 3))


@pytest.fixture
async def line(database: Database) -> int:
    """A line with the eSIM `FIRST` and a plan that was assigned two days ago."""
    await travel_world(database)
    found = await add_esim_line(database, await add_subscriber(database))
    await run(
        database,
        "UPDATE esim_lines SET added_at = added_at - interval '2 days',"
        " esim_since = esim_since - interval '2 days'",
    )
    await assign_plan(database, found, await add_travel_plan(database), ago=timedelta(days=2))
    return found


async def replaced(database: Database, line: int, number: int) -> None:
    await add_stock(database, number)
    await processed(database, ReplaceLineEsim(esim_line_id=line, reason=EsimReason.NEW_PHONE))


async def said(
    database: Database,
    named: str,
    key: str,
    hours: float | None,
    what: Reported = Reported.CONNECTION,
    scope: Scope = AllAccounts(),  # noqa: B008  frozen
) -> ReportView:
    """A report of the line or eSIM with this name, so many hours before now."""
    country = None if what is Reported.INSTALLED else "FR"
    async with database.transaction() as connection:
        (row,) = await run(database, "SELECT esim_now() AS now")
        at: datetime | None = None if hours is None else row.now - HOUR * hours
        found = await find_reported_line(connection, scope, named)
        reporting = Reporting(what, key, at, country)
        recorded = await reports.report(
            connection, found.line, reporting, By("operator", 12), until=found.until
        )
    return recorded.report


@pytest.mark.covers("T31", "T34")
async def test_what_a_replaced_esim_did_before_counts_for_its_line(database: Database, line: int) -> None:
    await replaced(database, line, 2)
    await replaced(database, line, 3)
    late = await said(database, FIRST, "late", 20)
    assert (late.esim_line_id, late.outcome) == (line, Outcome.STARTED)
    assert (await said(database, SECOND, "later", 19)).outcome is Outcome.COVERED
    assert (await said(database, FIRST, "installed", 21, Reported.INSTALLED)).esim_line_id == line
    (row,) = await run(database, "SELECT installed_at FROM esim_lines")
    assert row.installed_at is None, "the present eSIM is not installed yet"
    assert (await said(database, THIRD, "present", None)).outcome is Outcome.COVERED


@pytest.mark.covers("T31", "T34")
@pytest.mark.parametrize("hours", [None, -1, 0])
async def test_what_a_replaced_esim_does_afterwards_is_refused_with_when_it_left(
    database: Database, line: int, hours: float | None
) -> None:
    before = await said(database, FIRST, "before", None)
    await replaced(database, line, 2)
    with pytest.raises(Refused, match="has not been on the line since 20") as refused:
        await said(database, FIRST, "after", hours)
    assert refused.value.refusals[0].code == "esim_left_line"
    again = await said(database, FIRST, "before", None)
    assert again == before.model_copy(update={"replayed": True}), "a repeat gets what was decided"
    assert await run(database, "SELECT key FROM line_reports WHERE outcome <> 'started'") == []


@pytest.mark.covers("T31", "T40")
async def test_an_esim_that_was_withdrawn_counts_as_long_as_it_was_on_the_line(
    database: Database, line: int
) -> None:
    await run(database, "UPDATE travel_stock SET revealed_at = esim_now()")
    (row,) = await run(database, "SELECT account_id FROM esim_lines")
    async with database.transaction() as connection:
        assert await not_installed.end(connection, line, row.account_id, timedelta(days=1)) is not None
    for named in (FIRST, f"EL-{line}"):
        with pytest.raises(Refused, match="has not been on the line since"):
            await said(database, named, "after", None)
    assert (await said(database, FIRST, "late", 3)).outcome is Outcome.STARTED


@pytest.mark.covers("T1")
async def test_no_line_is_found_by_an_esim_that_was_on_none_or_is_another_accounts(
    database: Database, line: int
) -> None:
    await add_stock(database, 2)
    order = await ordered(database, AddLine(subscriber_id=1, plan_id=1))
    await step(database, "acknowledge", order, await submit(database, order, "add_line"))
    await run(
        database, "UPDATE travel_stock SET revealed_at = esim_now() WHERE order_id = :order", order=order
    )
    await step(database, "cancel", order)
    await add_stock(database, 3)
    for unknown in (SECOND, THIRD, iccid(1), "EL-99", "nothing"):
        with pytest.raises(NotFound):
            await said(database, unknown, "report", 3)
    await replaced(database, line, 4)
    (row,) = await run(database, "SELECT account_id FROM esim_lines WHERE id = :line", line=line)
    with pytest.raises(NotFound):
        await said(database, FIRST, "theirs", 3, scope=OfAccount(row.account_id + 1))


@pytest.mark.covers("S5", "T22")
async def test_the_events_of_a_report_say_where_it_came_from(database: Database, line: int) -> None:
    await said(database, f"EL-{line}", "first", 3)
    rows = await run(
        database,
        "SELECT type, actor, origin_id FROM events WHERE :line = ANY(about)",
        line=f"esim_line:{line}",
    )
    assert {tuple(row) for row in rows} == {
        ("plan.started", "operator", 12),
        ("esim_line.installed", "operator", 12),
    }
