"""Reports of eSIM lines, decided and recorded in PostgreSQL; no worker and no Temporal is needed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.errors import Refused
from models.people.callers import By, OfAccount
from models.travel.life import Report, replay
from models.travel.profiles import Outcome, Reported
from models.travel.reports import ReportView
from store.session import Database
from store.travel import line_steps, plan_rows, reports
from store.travel.due import Wake
from store.travel.lookups import EsimLineKey
from store.travel.reports import Recorded, Reporting
from tests.builders import run
from tests.travel_world import (
    ASIA,
    add_esim_line,
    add_subscriber,
    add_travel_plan,
    assign_plan,
    travel_world,
)

BY = By("operator")
HOUR = timedelta(hours=1)


class Phone:
    """An eSIM line of which reports come."""

    def __init__(self, database: Database, line: EsimLineKey, now: datetime) -> None:
        self.database = database
        self.line = line
        self.now = now

    async def said(self, what: Reported, key: str, hours: float | None = None, **more: object) -> Recorded:
        """A report, so many hours before now."""
        when = None if hours is None else self.now - HOUR * hours
        async with self.database.transaction() as connection:
            return await reports.report(
                connection,
                self.line,
                Reporting(what, key, when, **more),  # type: ignore[arg-type]
                BY,
            )

    async def connects(self, key: str, hours: float | None = None, country: str | None = "FR") -> ReportView:
        return (await self.said(Reported.CONNECTION, key, hours, country=country)).report

    async def uses(self, key: str, used: int, hours: float | None = None, country: str = "FR") -> ReportView:
        return (await self.said(Reported.USAGE, key, hours, country=country, used_bytes=used)).report

    async def plan(self, number: int) -> Any:
        (row,) = await run(self.database, "SELECT * FROM plan_assignments WHERE id = :id", id=number)
        return row

    async def events(self) -> list[str]:
        rows = await run(
            self.database,
            "SELECT type FROM events WHERE :line = ANY(about) ORDER BY id",
            line=self.line.subject,
        )
        return [row.type for row in rows]

    async def notices(self) -> list[str]:
        """Those that are to be sent."""
        rows = await run(
            self.database, "SELECT notice FROM travel_notices WHERE done_at IS NULL ORDER BY due_since, id"
        )
        return [row.notice for row in rows]


@pytest.fixture
async def phone(database: Database) -> Phone:
    await travel_world(database)
    line = await add_esim_line(database, await add_subscriber(database))
    (row,) = await run(database, "SELECT account_id, esim_now() AS now FROM esim_lines")
    await run(
        database,
        "UPDATE esim_lines SET added_at = added_at - interval '400 days',"
        " esim_since = esim_since - interval '400 days'",
    )
    return Phone(database, EsimLineKey(line, row.account_id), row.now)


async def euro(phone: Phone, *, days: int = 60, **more: object) -> int:
    """A plan for Europe on the line, assigned so many days ago."""
    name = f"Plan {len(await run(phone.database, 'SELECT id FROM travel_plans'))}"
    plan = await add_travel_plan(phone.database, name, **more)  # type: ignore[arg-type]
    return await assign_plan(phone.database, phone.line.id, plan, ago=timedelta(days=days))


@pytest.mark.covers("T4", "T5")
async def test_the_first_connection_abroad_starts_the_plan_at_its_time(phone: Phone) -> None:
    plan = await euro(phone)
    found = await phone.connects("first", 48)
    assert (found.outcome, found.plan) == (Outcome.STARTED, f"PA-{plan}")
    row = await phone.plan(plan)
    assert row.started_at == phone.now - 48 * HOUR
    assert row.ends_at - row.started_at == timedelta(days=30)
    assert await phone.events() == ["plan.started", "esim_line.installed"]


@pytest.mark.covers("T22")
async def test_the_same_report_twice_counts_once_and_gets_the_same_answer(phone: Phone) -> None:
    plan = await euro(phone)
    first = await phone.uses("usage 1", 500, 4)
    assert await phone.uses("usage 1", 500, 4) == first.model_copy(update={"replayed": True})
    assert (await phone.plan(plan)).used_bytes == 500
    with pytest.raises(Refused, match="another report"):
        await phone.uses("usage 1", 501, 4)
    again = await phone.connects("now")
    assert await phone.connects("now") == again.model_copy(update={"replayed": True})


@pytest.mark.covers("T30")
async def test_what_starts_nothing_is_recorded_and_can_be_seen(phone: Phone) -> None:
    await euro(phone)
    await phone.connects("home", 5, "US")
    await phone.connects("ship", 4, None)
    await phone.connects("Japan", 3, "JP")
    async with phone.database.reading() as connection:
        found = await reports.reports(connection, OfAccount(phone.line.account_id), phone.line.id)
        assert await reports.reports(connection, OfAccount(phone.line.account_id + 1), phone.line.id) == []
    assert [one.outcome for one in found] == [
        Outcome.NOT_COVERED,
        Outcome.AT_SEA_OR_IN_THE_AIR,
        Outcome.AT_HOME,
    ]


@pytest.mark.covers("T31")
async def test_a_time_in_the_future_counts_as_now_and_one_before_the_plan_as_its_beginning(
    phone: Phone,
) -> None:
    soon, later = await euro(phone, days=1), await euro(phone, days=1, countries=ASIA)
    await phone.connects("future", -72)
    started = (await phone.plan(soon)).started_at
    assert phone.now <= started < phone.now + HOUR
    await phone.connects("early", 24 * 20, "JP")
    row = await phone.plan(later)
    assert row.started_at == row.assigned_at


@pytest.mark.covers("T31")
async def test_a_late_connection_moves_the_start_to_its_time(phone: Phone) -> None:
    first, second = await euro(phone), await euro(phone)
    await phone.connects("b", 24 * 5)
    late = await phone.connects("a", 24 * 34)
    assert (late.outcome, late.plan) == (Outcome.STARTED, f"PA-{first}")
    assert (await phone.plan(first)).started_at == phone.now - timedelta(days=34)
    assert (await phone.plan(second)).started_at is None
    await phone.connects("c", 24 * 3)
    assert (await phone.plan(second)).started_at == phone.now - timedelta(days=3)
    assert [one for one in await phone.events() if one.startswith("plan.")] == [
        "plan.started",
        "plan.corrected",
        "plan.expired",
        "plan.started",
    ]
    (known,) = await run(
        phone.database,
        "SELECT outcome FROM line_reports WHERE at < esim_now() - "
        "interval '4 days' AND at > esim_now() - interval '6 days'",
    )
    assert known.outcome == "covered"


@pytest.mark.covers("T29")
async def test_a_used_up_plan_ends_and_the_next_waits_for_its_own_connection(phone: Phone) -> None:
    first, second = await euro(phone, data_mb=1), await euro(phone)
    await phone.uses("1", 400_000, 9)
    await phone.uses("2", 700_000, 8)
    row = await phone.plan(first)
    assert (row.depleted_at, row.used_bytes) == (phone.now - 8 * HOUR, 1_100_000)
    assert row.closed_at is not None
    assert (await phone.plan(second)).started_at is None
    await phone.connects("3", 2)
    assert (await phone.plan(second)).started_at == phone.now - 2 * HOUR


@pytest.mark.covers("T35")
async def test_each_threshold_is_notified_once_and_a_jump_past_both_only_of_the_end(phone: Phone) -> None:
    await euro(phone, data_mb=1)
    await phone.uses("1", 700_000, 9)
    assert await phone.notices() == []
    await phone.uses("2", 100_000, 8)
    await phone.uses("2", 100_000, 8)
    assert await phone.notices() == ["used_80"]
    await phone.uses("3", 300_000, 7)
    assert sorted(await phone.notices()) == ["used_100", "used_80"]


@pytest.mark.covers("T35")
async def test_a_jump_past_both_thresholds_is_one_notice(phone: Phone) -> None:
    await euro(phone, data_mb=1)
    recorded = await phone.said(Reported.USAGE, "all", 1, country="FR", used_bytes=2_000_000)
    assert await phone.notices() == ["used_100"]
    assert recorded.wake_for is not None
    rows = await run(phone.database, "SELECT notice FROM travel_notices WHERE done_at IS NOT NULL")
    assert [row.notice for row in rows] == ["used_80"], "it is recorded as not needed"
    (event,) = await run(phone.database, "SELECT data FROM events WHERE data ->> 'notice' = 'used_80'")
    assert event.data["needed"] is False


@pytest.mark.covers("T4")
async def test_only_what_changes_a_due_time_wakes_the_workflow(phone: Phone) -> None:
    await euro(phone)
    first = await phone.said(Reported.CONNECTION, "1", 3, country="FR")
    assert first.wake_for == Wake(phone.now - 3 * HOUR + timedelta(days=30), news=1)
    again = await phone.said(Reported.CONNECTION, "1", 3, country="FR")
    assert again.wake_for == first.wake_for, "the call may have been lost"
    async with phone.database.transaction() as connection:
        await line_steps.advance(connection, phone.line.account_id, phone.line.id)
    for what in ("1", "2"):
        known = await phone.said(Reported.CONNECTION, what, 3 if what == "1" else 2, country="FR")
        assert known.wake_for is None


@pytest.mark.covers("T40")
async def test_a_connection_shows_that_the_esim_is_installed(phone: Phone) -> None:
    await phone.connects("home", 10, "US")
    (line,) = await run(phone.database, "SELECT installed_at FROM esim_lines")
    assert line.installed_at == phone.now - 10 * HOUR
    noted = await phone.said(Reported.INSTALLED, "late", 11)
    assert noted.report.outcome is Outcome.NOTED
    (line,) = await run(phone.database, "SELECT installed_at FROM esim_lines")
    assert line.installed_at == phone.now - 11 * HOUR


@pytest.mark.covers("T30")
async def test_a_subscriber_who_moves_changes_no_plan_that_was_started(phone: Phone) -> None:
    plan = await euro(phone)
    await phone.connects("1", 48)
    await run(phone.database, "UPDATE subscribers SET msisdn = '+33612345678'")
    assert (await phone.connects("2", 24)).outcome is Outcome.AT_HOME
    await phone.connects("late", 72, "US")
    assert (await phone.plan(plan)).started_at == phone.now - 48 * HOUR


@pytest.mark.covers("T21", "T31")
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    said=st.lists(
        st.tuples(
            st.integers(1, 24 * 50),
            st.sampled_from(["FR", "JP", "US", None]),
            st.sampled_from([None, None, 400_000, 1_000_000]),
        ),
        max_size=6,
    )
)
async def test_what_is_stored_is_what_all_reports_say(
    phone: Phone, said: list[tuple[int, str | None, int | None]]
) -> None:
    await run(phone.database, "DELETE FROM line_reports")
    await run(phone.database, "DELETE FROM travel_notices")
    await run(phone.database, "DELETE FROM plan_assignments")
    await run(phone.database, "UPDATE esim_lines SET reported_until = NULL, due_at = NULL, woken_for = NULL")
    for countries in (("FR",), ("FR", "JP"), ("JP",)):
        await euro(phone, days=60, data_mb=1, countries=countries)
    for number, (hours, country, used) in enumerate(said):
        what = Reported.CONNECTION if used is None else Reported.USAGE
        await phone.said(what, f"key {number}", hours, country=country, used_bytes=used)
    async with phone.database.reading() as connection:
        stored = [one.plan for one in await plan_rows.plans_of(connection, phone.line)]
    rows = await run(phone.database, "SELECT * FROM line_reports ORDER BY id")
    all_reports = [
        Report(
            row.id,
            Reported(row.report),
            row.at,
            row.received_at,
            row.country,
            row.used_bytes or 0,
            at_home=row.country == "US",
        )
        for row in rows
    ]
    after, outcomes = replay(stored, all_reports)
    assert after == stored
    assert {row.id: row.outcome for row in rows} == {
        id_: decided.outcome for id_, decided in outcomes.items()
    }
    now = datetime.now(UTC)
    open_ends = [one.ends_at for one in stored if one.ends_at and not one.depleted_at and one.ends_at > now]
    (line,) = await run(phone.database, "SELECT due_at FROM esim_lines")
    (notice,) = await run(phone.database, "SELECT min(due_since) AS first FROM travel_notices")
    assert line.due_at == min([*open_ends, *([notice.first] if notice.first else [])], default=None)
