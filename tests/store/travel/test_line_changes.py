"""Plans that are revoked, and eSIM lines that are suspended and resumed, by the desk on PostgreSQL."""

import asyncio
from datetime import timedelta

import pytest

from models.errors import Refused
from models.people.callers import By
from models.travel.profiles import Outcome, Reported
from models.travel.reports import ReportView
from store.locks import lock_subject
from store.session import Database
from store.travel import line_changes, reports
from store.travel.lookups import AssignmentKey, EsimLineKey
from store.travel.reports import Reporting
from tests.builders import run
from tests.temporal_server import eventually
from tests.travel_world import add_esim_line, add_subscriber, add_travel_plan, assign_plan, travel_world

BY = By("operator")
TURNS = [
    *range(5),
    *(pytest.param(turn, id=f"night-{turn}", marks=pytest.mark.night) for turn in range(50)),
]


@pytest.fixture
async def plan(database: Database) -> AssignmentKey:
    await travel_world(database)
    line = await add_esim_line(database, await add_subscriber(database))
    plan = await assign_plan(database, line, await add_travel_plan(database), ago=timedelta(days=1))
    (row,) = await run(database, "SELECT account_id FROM esim_lines")
    return AssignmentKey(plan, EsimLineKey(line, row.account_id))


async def revoked(database: Database, plan: AssignmentKey) -> None:
    async with database.transaction() as connection:
        await line_changes.revoke(connection, plan, BY)


async def connected(database: Database, plan: AssignmentKey, key: str = "key") -> ReportView:
    async with database.transaction() as connection:
        what = Reporting(Reported.CONNECTION, key, None, "FR")
        return (await reports.report(connection, plan.line, what, BY)).report


@pytest.mark.covers("T32")
async def test_a_queued_plan_can_be_revoked_once_and_never_starts(
    database: Database, plan: AssignmentKey
) -> None:
    await revoked(database, plan)
    assert (await connected(database, plan)).outcome is Outcome.NOT_COVERED
    await revoked(database, plan)
    assert len(await run(database, "SELECT 1 FROM events WHERE type = 'plan.revoked'")) == 1


@pytest.mark.covers("T32")
async def test_a_plan_in_use_cannot_be_revoked(database: Database, plan: AssignmentKey) -> None:
    await connected(database, plan)
    with pytest.raises(Refused, match=f"PA-{plan.id} cannot be revoked: it is active"):
        await revoked(database, plan)


@pytest.mark.covers("T32")
@pytest.mark.parametrize("held", [False, True], ids=["free", "held"])
@pytest.mark.parametrize("turn", TURNS)
async def test_of_revocation_and_connection_at_once_one_wins_and_the_other_is_told(
    database: Database, plan: AssignmentKey, turn: int, *, held: bool
) -> None:
    calls = [revoked(database, plan), connected(database, plan)]
    if turn % 2:
        calls.reverse()
    if held:
        async with database.transaction() as connection:
            await lock_subject(connection, plan.line.account_id, plan.line.subject)
            begun = []
            for number, call in enumerate(calls, start=1):
                begun.append(asyncio.ensure_future(call))
                await eventually(lambda: _waiting(database), number.__le__)
    else:
        begun = [asyncio.ensure_future(call) for call in calls]
    answers = await asyncio.gather(*begun, return_exceptions=True)
    if turn % 2:
        answers.reverse()
    revocation, connection_ = answers
    (row,) = await run(database, "SELECT revoked_at, started_at FROM plan_assignments")
    assert isinstance(connection_, ReportView)
    if isinstance(revocation, Refused):
        assert revocation.refusals[0].code == "plan_not_queued"
        assert connection_.outcome is Outcome.STARTED
        assert (row.revoked_at, row.started_at) == (None, connection_.at)
    else:
        assert revocation is None
        assert connection_.outcome is Outcome.NOT_COVERED
        assert row.revoked_at is not None
        assert row.started_at is None
    if held:
        assert isinstance(revocation, Refused) == bool(turn % 2), "the first to wait wins"


async def _waiting(database: Database) -> int:
    (row,) = await run(
        database,
        "SELECT count(*) AS them FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND datname = current_database()",
    )
    return int(row.them)


_REASON = (
    "SELECT s.state, n.text, l.suspended_at FROM esim_lines l JOIN sims s ON s.holder = l.subject"
    " JOIN order_notes n ON n.id = l.suspended_note_id"
)


@pytest.mark.covers("T33")
async def test_a_suspended_line_keeps_the_reason_and_the_clocks_go_on(
    database: Database, plan: AssignmentKey
) -> None:
    await connected(database, plan)
    before = await run(database, "SELECT started_at, ends_at FROM plan_assignments")
    async with database.transaction() as connection:
        await line_changes.suspend(connection, plan.line, "  The phone is lost ", BY)
    (line,) = await run(database, _REASON)
    assert (line.state, line.text) == ("suspended", "The phone is lost")
    async with database.transaction() as connection:
        await line_changes.suspend(connection, plan.line, "Again", BY)
    assert await run(database, _REASON) == [line], "the first reason and time stay"
    async with database.transaction() as connection:
        await line_changes.resume(connection, plan.line, "Found", BY)
    (line,) = await run(
        database, "SELECT s.state, l.suspended_at FROM esim_lines l JOIN sims s ON s.holder = l.subject"
    )
    assert (line.state, line.suspended_at) == ("active", None)
    assert await run(database, "SELECT started_at, ends_at FROM plan_assignments") == before
    async with database.transaction() as connection:
        await line_changes.resume(connection, plan.line, "Again", BY)
    changes = "('esim_line.suspended', 'esim_line.resumed')"
    assert len(await run(database, f"SELECT 1 FROM events WHERE type IN {changes}")) == 2


@pytest.mark.covers("T33")
async def test_a_line_is_suspended_with_a_reason_only_and_only_with_an_esim(
    database: Database, plan: AssignmentKey
) -> None:
    with pytest.raises(Refused, match="reason"):
        async with database.transaction() as connection:
            await line_changes.suspend(connection, plan.line, " ", BY)
    await run(
        database,
        "UPDATE sims SET state = 'discarded', holder = NULL, discarded_at = esim_now()"
        " WHERE holder LIKE 'esim_line:%'",
    )
    with pytest.raises(Refused, match="no eSIM in use"):
        async with database.transaction() as connection:
            await line_changes.suspend(connection, plan.line, "Why", BY)
