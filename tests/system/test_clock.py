"""A sandbox whose clock is advanced: what comes due meanwhile happens, in its sequence, in seconds."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from temporalio.client import (
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleIntervalSpec,
    ScheduleSpec,
    WorkflowExecutionStatus,
)

from models.orders.lifecycle import HoldReason
from settings import CLOCK_FILE
from starter.operations import settling
from store.clock import mark_clock, read_clock
from store.operations import holds
from temporal.travel.schedule import SCHEDULE
from tests.builders import ANA, OPERATOR, world
from tests.system.qr_scene import QUENTIN, QrScene
from tests.system.scene import Scene
from workflows.operations.messages import RetryMany

MARK = "0123456789abcdef" * 2


async def marked(scene: Scene) -> None:
    """Make a sandbox with a clock of it."""
    (scene.settings.data_dir / CLOCK_FILE).write_text(json.dumps({"mark": MARK}))
    async with scene.database.transaction() as connection:
        await mark_clock(connection, MARK)


async def advanced(scene: Scene, by: str) -> dict[str, object]:
    said = await scene.typed("clock", "advance", by, "--json")
    found: dict[str, object] = json.loads(said.out)
    return found


async def ahead(scene: Scene) -> timedelta:
    async with scene.database.transaction() as connection:
        return (await read_clock(connection)).ahead


def to_the_distributor(scene: Scene) -> list[str]:
    return [mail.subject for mail in scene.mailbox.mails if mail.to == ["orders@telvia.example"]]


@pytest.mark.covers("W5")
async def test_reminders_and_the_hold_after_the_last_come_with_the_clock(scene: Scene) -> None:
    await world(scene.database)
    await marked(scene)
    order = await scene.placed()
    first = await advanced(scene, "P3D")
    assert (first["ahead"], first["held"]) == ("P3D", [])
    mails = to_the_distributor(scene)
    assert len(mails) == 2, mails
    assert "eminder" in mails[1]

    second = await advanced(scene, "P27D")
    assert second["held"] == [{"id": order, "reason": HoldReason.NO_ACKNOWLEDGEMENT.value}]
    assert len(to_the_distributor(scene)) == 3
    shown = json.loads((await scene.typed("clock", "show", "--json")).out)
    assert shown["ahead"] == "P30D"
    events = (await scene.desk.order(OPERATOR, order)).events
    days = [(event.at - events[0].at).days for event in events if event.type in ("mail.sent", "order.held")]
    assert days == [0, 2, 4, 6], "each came in its time"


async def test_an_acknowledged_order_is_reminded_of_its_processing(scene: Scene) -> None:
    await world(scene.database)
    await marked(scene)
    order = await scene.acknowledged()
    done = await advanced(scene, "P9DT1H")
    assert done["held"] == [{"id": order, "reason": HoldReason.NO_PROCESSING.value}]
    assert len(to_the_distributor(scene)) == 3


@pytest.mark.covers("F37", "W5")
async def test_a_request_for_a_qr_code_is_reminded_of_and_its_import_notified(scene: Scene) -> None:
    qr = await QrScene.set_up(scene)
    await marked(scene)
    request = await qr.request()
    link = await qr.upload_link()
    done = await advanced(scene, "P7D")
    assert done["held"] == [{"id": request, "reason": HoldReason.NO_QR_CODE.value}]
    assert len([mail for mail in scene.mailbox.mails if mail.to == [QUENTIN]]) == 2, "with a reminder"

    async with qr.browser() as browser:
        await qr.upload(browser, link)
    before = len([mail for mail in scene.mailbox.mails if mail.to == [ANA]])
    await advanced(scene, "PT10M")
    assert len([mail for mail in scene.mailbox.mails if mail.to == [ANA]]) == before, "it is too early"
    await advanced(scene, "PT6M")
    assert len([mail for mail in scene.mailbox.mails if mail.to == [ANA]]) == before + 1


async def test_the_clock_stops_at_a_step_that_keeps_failing_and_goes_on_after_a_retry(scene: Scene) -> None:
    await world(scene.database)
    await marked(scene)
    order = await scene.acknowledged()
    scene.mailbox.answer = "554 5.7.1 no"
    said = await scene.typed("clock", "advance", "P10D", code=2)
    assert order in said.err
    left = re.search(r"advance the clock by (P7D(?:T\d+S)?)\.", said.err)
    assert left is not None, said.err
    assert "remind_provider" in said.err
    assert await ahead(scene) < timedelta(days=3, minutes=1)

    scene.mailbox.answer = "250 2.0.0 taken"
    await scene.typed("order", "retry", order)
    assert (await advanced(scene, left[1]))["ahead"] in ("P10D", "P10DT1S", "P9DT23H59M59S")


async def test_the_clock_stops_while_the_mail_server_answers_that_it_is_busy(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "FAILING_SECONDS", 0.5)
    await world(scene.database)
    await marked(scene)
    order = await scene.acknowledged()
    scene.mailbox.answer = "451 4.3.0 later"
    said = await scene.typed("clock", "advance", "P10D", code=2)
    assert order in said.err
    assert "mail_unavailable" in said.err or "mail_refused" in said.err, said.err
    async with scene.database.reading() as connection:
        assert await holds.everywhere(connection) == {}


@pytest.mark.parametrize("missing", ["both", "file", "mark", "same"])
async def test_only_the_clock_of_such_a_sandbox_can_be_advanced(idle_scene: Scene, missing: str) -> None:
    scene = idle_scene
    if missing in ("mark", "same"):
        other = "f" * 32 if missing == "same" else MARK
        (scene.settings.data_dir / CLOCK_FILE).write_text(json.dumps({"mark": other}))
    if missing in ("file", "same"):
        async with scene.database.transaction() as connection:
            await mark_clock(connection, MARK)
    for words in (("advance", "P1D"), ("show",)):
        said = await scene.typed("clock", *words, code=2)
        assert "no sandbox with a clock" in said.err
    assert await ahead(scene) == timedelta()


@pytest.mark.parametrize("by", ["P0D", "-P1D", "P3651D", "30", "30 days", "soon", "P", "", "P1D junk"])
async def test_a_duration_that_is_none_is_refused(idle_scene: Scene, by: str) -> None:
    await marked(idle_scene)
    said = await idle_scene.typed("clock", "advance", "--", by, code=2)
    assert "ISO 8601" in said.err
    assert await ahead(idle_scene) == timedelta()


async def test_without_a_worker_the_clock_stops_where_something_is_due(
    idle_scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "QUIET_SECONDS", 1.0)
    await world(idle_scene.database)
    await marked(idle_scene)
    async with idle_scene.worker():
        await idle_scene.acknowledged()
    said = await idle_scene.typed("clock", "advance", "P5D", code=3)
    assert "No worker answers" in said.err
    async with idle_scene.worker():
        await advanced(idle_scene, "PT1M")
    assert len(to_the_distributor(idle_scene)) == 2, "nothing is lost"


async def test_doctor_and_status_say_that_the_sandbox_has_a_clock(scene: Scene) -> None:
    await marked(scene)
    await advanced(scene, "P2DT3H")
    said = json.loads((await scene.typed("doctor", "--json", code=1)).out)
    check = next(one for one in said["checks"] if one["name"] == "clock")
    assert check["ok"]
    assert "2 days, 3:00:00 ahead" in check["sentence"]

    (scene.settings.data_dir / CLOCK_FILE).unlink()
    said = json.loads((await scene.typed("doctor", "--json", code=1)).out)
    check = next(one for one in said["checks"] if one["name"] == "clock")
    assert not check["ok"]
    assert "no sandbox with a clock" in check["sentence"]


@asynccontextmanager
async def sweeping(scene: Scene, message: RetryMany, name: str) -> AsyncIterator[None]:
    """A schedule in the place of that of the sweep; its workflow retries what is held."""
    action = ScheduleActionStartWorkflow("RetryHeld", message, id=name, task_queue=scene.settings.task_queue)
    every = ScheduleSpec(intervals=[ScheduleIntervalSpec(every=timedelta(days=365))])
    schedule = await scene.temporal.client.create_schedule(SCHEDULE, Schedule(action=action, spec=every))
    try:
        yield
    finally:
        await schedule.delete()


async def test_at_each_stop_the_sweep_runs_to_its_end(scene: Scene) -> None:
    await marked(scene)
    name = f"sweep of {scene.settings.task_queue}"
    async with sweeping(scene, RetryMany(all=True), name):
        assert (await advanced(scene, "P3D"))["hops"] == 3
    swept = await scene.temporal.client.get_workflow_handle(f"{name}-clock").describe()
    assert swept.status is WorkflowExecutionStatus.COMPLETED


async def test_a_sweep_that_fails_ends_the_advance(scene: Scene) -> None:
    await marked(scene)
    async with sweeping(scene, RetryMany(), f"sweep of {scene.settings.task_queue}"):
        said = await scene.typed("clock", "advance", "P3D", code=3)
    assert "The sweep does not succeed" in said.err
    assert await ahead(scene) == timedelta(days=1)
