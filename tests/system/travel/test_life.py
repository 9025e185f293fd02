"""The plans of an eSIM line on real parts, while workers and time go away."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mail.errors import MailInvalid
from models.identifiers import travel_line_id
from models.travel.profiles import Outcome
from outbox.sender import Outgoing
from starter.operations.recovery import RecoveryDesk
from starter.travel.reports import ReportDesk
from store.clock import set_clock
from temporal.connection import connect
from temporal.travel.schedule import SCHEDULE, keep_sweeping
from tests.builders import OPERATOR
from tests.system.parts import a_temporal_server
from tests.system.scene import Scene
from tests.temporal_server import Temporal, eventually
from tests.travel_world import add_esim_line, add_subscriber, add_travel_plan, assign_plan, travel_world
from workflows.travel.sweep import EsimTravelSweep

DAY = timedelta(days=1)


class Life:
    """One eSIM line with so many plans for Europe, whose ids are `plans`."""

    def __init__(self, scene: Scene, line: int, plans: list[int]) -> None:
        self.scene = scene
        self.line = line
        self.plans = plans
        self.desk = ReportDesk(scene.temporal.client, scene.database, scene.settings)

    @property
    def workflow(self) -> Any:
        return self.scene.temporal.client.get_workflow_handle(travel_line_id(self.line))

    async def types(self) -> list[str]:
        rows = await self.scene.sql(
            "SELECT type FROM events WHERE :line = ANY(about) ORDER BY id", line=f"esim_line:{self.line}"
        )
        return [row.type for row in rows]

    async def saw(self, *types: str) -> None:
        """Wait until these events of plans and notices are there, and no others."""
        await eventually(self.types, lambda found: tuple(_plans(found)) == types)


def _plans(types: list[str]) -> list[str]:
    return [one for one in types if one.startswith("plan.")]


async def a_life(scene: Scene, plans: int = 1, **plan: Any) -> Life:
    await travel_world(scene.database)
    # each test has its own database, but Temporal is the same: another id, another workflow
    await scene.sql(
        "SELECT setval(pg_get_serial_sequence('esim_lines', 'id'), :first)",
        first=int(datetime.now(UTC).timestamp() * 1000),
    )
    line = await add_esim_line(scene.database, await add_subscriber(scene.database))
    of = await add_travel_plan(scene.database, **plan)
    return Life(scene, line, [await assign_plan(scene.database, line, of) for _ in range(plans)])


@pytest.mark.covers("T5", "T23")
@pytest.mark.parametrize(
    "begins",
    [
        datetime(2027, 3, 14, 12, tzinfo=UTC),  # the clocks change on the 28th in Europe
        datetime(2028, 2, 10, 12, tzinfo=UTC),  # the 29th of February
    ],
    ids=["summer time", "leap day"],
)
async def test_thirty_days_to_the_second_while_workers_come_and_go(
    idle_scene: Scene, begins: datetime
) -> None:
    scene = idle_scene
    life = await a_life(scene)
    scene._ahead = begins - datetime.now(UTC)
    async with scene.database.transaction() as connection:
        await set_clock(connection, scene._ahead)
    await scene.sql(
        "UPDATE plan_assignments SET assigned_at = esim_now(), lapses_at = esim_now() + interval '1 year'"
    )
    in_paris = (datetime.now(UTC) + scene._ahead).astimezone(ZoneInfo("Europe/Paris"))
    found = await life.desk.connect(OPERATOR, f"EL-{life.line}", "France", "first", in_paris)
    assert found.outcome is Outcome.STARTED
    (row,) = await scene.sql("SELECT started_at, ends_at FROM plan_assignments")
    assert (row.ends_at - row.started_at).total_seconds() == 2_592_000
    for _ in range(3):  # each worker ends, and with it the workflow in its memory
        async with scene.worker():
            await scene.forward(life.workflow.id, 9 * DAY)
            await life.saw("plan.started")
    async with scene.worker():
        await scene.forward(life.workflow.id, 3 * DAY - timedelta(minutes=5))
        await life.saw("plan.started")
        await scene.forward(life.workflow.id, timedelta(minutes=6))
        await life.saw("plan.started", "plan.expired")
        assert await life.workflow.result() == "ended"
    (event,) = await scene.sql("SELECT data FROM events WHERE type = 'plan.expired'")
    assert datetime.fromisoformat(event.data["at"]) == row.ends_at
    (line,) = await scene.sql("SELECT due_at, woken_for FROM esim_lines")
    assert (line.due_at, line.woken_for) == (None, None)


@pytest.mark.covers("T5", "T23")
@pytest.mark.timeout(240)
async def test_thirty_days_to_the_second_while_the_temporal_server_is_killed_and_comes_back(
    idle_scene: Scene, tmp_path: Path
) -> None:
    async with a_temporal_server(tmp_path) as server:
        settings = idle_scene.settings.model_copy(update={"temporal_address": server.address})
        temporal = Temporal(await connect(settings))
        scene = Scene(temporal, idle_scene.database, settings, idle_scene.mailbox)
        life = await a_life(scene)
        found = await life.desk.connect(OPERATOR, f"EL-{life.line}", "France", "first")
        assert found.outcome is Outcome.STARTED
        (row,) = await scene.sql("SELECT started_at, ends_at FROM plan_assignments")
        assert (row.ends_at - row.started_at).total_seconds() == 2_592_000
        async with scene.worker():
            for _ in range(3):
                await scene.forward(life.workflow.id, 9 * DAY)
                await life.saw("plan.started")
                await server.is_killed()
            await scene.forward(life.workflow.id, 3 * DAY - timedelta(minutes=5))
            await life.saw("plan.started")
            await server.is_killed()
            await scene.forward(life.workflow.id, timedelta(minutes=6))
            await life.saw("plan.started", "plan.expired")
            assert await life.workflow.result() == "ended"
    (event,) = await scene.sql("SELECT data FROM events WHERE type = 'plan.expired'")
    assert datetime.fromisoformat(event.data["at"]) == row.ends_at


@pytest.mark.covers("T5", "T21")
async def test_a_second_plan_of_the_line_lives_its_own_thirty_days(scene: Scene) -> None:
    life = await a_life(scene, plans=2)
    await life.desk.connect(OPERATOR, f"EL-{life.line}", "FR", "1")
    await scene.forward(life.workflow.id, 31 * DAY)
    await life.saw("plan.started", "plan.expired")
    assert await life.workflow.result() == "ended"
    await life.desk.connect(OPERATOR, f"EL-{life.line}", "FR", "2")
    await scene.forward(life.workflow.id, 31 * DAY)
    await life.saw("plan.started", "plan.expired", "plan.started", "plan.expired")


@pytest.mark.covers("T5")
async def test_reports_are_decided_and_states_are_read_while_every_worker_is_down(
    idle_scene: Scene,
) -> None:
    scene = idle_scene
    life = await a_life(scene)
    await life.desk.connect(OPERATOR, f"EL-{life.line}", "FR", "1")
    async with scene.database.transaction() as connection:
        await set_clock(connection, 30 * DAY + timedelta(minutes=1))
    found = await life.desk.connect(OPERATOR, f"EL-{life.line}", "FR", "2")
    assert found.outcome is Outcome.NOT_COVERED, "the plan has expired, although nothing recorded it"
    assert _plans(await life.types()) == ["plan.started"]
    async with scene.worker():
        await life.saw("plan.started", "plan.expired")


@pytest.mark.covers("T29", "T35")
async def test_the_notice_of_used_data_is_sent_by_the_workflow_of_the_line(scene: Scene) -> None:
    life = await a_life(scene, data_mb=1)
    await life.desk.usage(OPERATOR, f"EL-{life.line}", "FR", 850_000, "1")
    await eventually(lambda: _done(scene), lambda found: found == [("used_80", True)])
    await life.desk.usage(OPERATOR, f"EL-{life.line}", "FR", 850_000, "2")
    await eventually(lambda: _done(scene), lambda found: found == [("used_100", True), ("used_80", True)])
    assert await life.workflow.result() == "ended"


async def _done(scene: Scene) -> list[tuple[str, bool]]:
    rows = await scene.sql("SELECT notice, done_at IS NOT NULL AS done FROM travel_notices ORDER BY notice")
    return [(row.notice, row.done) for row in rows]


@pytest.mark.covers("T23", "W5")
async def test_a_line_whose_workflow_is_lost_is_found_and_started_again(scene: Scene) -> None:
    life = await a_life(scene)
    await life.desk.connect(OPERATOR, f"EL-{life.line}", "FR", "1")
    await life.workflow.terminate()
    async with RecoveryDesk.open(scene.settings) as recovery:
        lost = await recovery.find(OPERATOR)
        assert [(one.id, one.kind) for one in lost] == [(life.workflow.id, "travel_line")]
        await recovery.start(OPERATOR, lost)
        assert await recovery.find(OPERATOR) == []
    await scene.forward(life.workflow.id, 31 * DAY)
    await life.saw("plan.started", "plan.expired")


@pytest.mark.covers("T23", "T28", "T36", "T40")
async def test_the_sweep_wakes_a_line_that_lost_its_call_and_does_all_parts(scene: Scene) -> None:
    life = await a_life(scene)
    await scene.sql(
        "UPDATE plan_assignments SET started_at = esim_now() - interval '31 days',"
        " ends_at = esim_now() - interval '1 day'"
    )
    await scene.sql("UPDATE esim_lines SET due_at = (SELECT ends_at FROM plan_assignments)")
    done = await scene.temporal.client.execute_workflow(
        EsimTravelSweep.run, id=f"sweep of {scene.settings.task_queue}", task_queue=scene.settings.task_queue
    )
    assert done == {"lapsed": 0, "lapses_soon": 0, "not_installed": 0, "ended_stock": 0, "woken": 1}
    await life.saw("plan.expired")


@pytest.mark.covers("T28")
async def test_every_worker_keeps_one_schedule_with_the_interval_of_its_settings(scene: Scene) -> None:
    client = scene.temporal.client
    for every in (timedelta(hours=1), timedelta(minutes=20)):
        settings = scene.settings.model_copy(update={"travel_sweep_every": every})
        await keep_sweeping(client, settings)
        described = await client.get_schedule_handle(SCHEDULE).describe()
        (interval,) = described.schedule.spec.intervals
        assert interval.every == every
    await client.get_schedule_handle(SCHEDULE).pause(note="by hand")
    await keep_sweeping(client, scene.settings)
    described = await client.get_schedule_handle(SCHEDULE).describe()
    assert described.schedule.state.paused


@pytest.mark.covers("T35", "W5")
async def test_a_notice_that_is_held_delays_no_end_of_a_plan_and_is_sent_by_a_retry_or_given_up(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_: object) -> list[Outgoing]:
        raise MailInvalid("It cannot be composed.")

    monkeypatch.setattr("outbox.travel.notices.outgoing", refused)
    life = await a_life(scene, plans=2, data_mb=1)
    line = f"EL-{life.line}"
    await life.desk.usage(OPERATOR, line, "FR", 850_000, "1")
    await eventually(lambda: _held(scene), lambda found: found == [(life.workflow.id, "mail_not_composable")])
    await scene.forward(life.workflow.id, 5 * DAY)
    await life.desk.usage(OPERATOR, line, "FR", 100_000, "2")
    monkeypatch.undo()
    said = await scene.typed("order", "retry", "--reason", "mail_not_composable", "--yes")
    assert "eSIM line" in said.out, said
    await eventually(lambda: _done(scene), lambda found: found == [("used_80", True)])
    assert await _held(scene) == []
    monkeypatch.setattr("outbox.travel.notices.outgoing", refused)
    await life.desk.usage(OPERATOR, line, "FR", 100_000, "3")
    await eventually(lambda: _held(scene), lambda found: len(found) == 1)
    await life.workflow.cancel()
    await eventually(lambda: _done(scene), lambda found: found == [("used_100", True), ("used_80", True)])
    assert await life.workflow.result() == "ended"
    assert await _held(scene) == []
    assert "travel_line.given_up" in await life.types()


async def _held(scene: Scene) -> list[tuple[str, str]]:
    return [(row.workflow_id, row.reason) for row in await scene.sql("SELECT * FROM holds")]
