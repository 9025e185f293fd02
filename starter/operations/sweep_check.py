"""Check the sweep of travel eSIMs: whether Temporal starts it, and whether its last run succeeded."""

from datetime import UTC, datetime, timedelta

from temporalio.client import (
    Client,
    ScheduleActionExecutionStartWorkflow,
    ScheduleDescription,
    WorkflowExecutionStatus,
)
from temporalio.service import RPCError, RPCStatusCode

from starter.operations.readiness import UNKNOWN, Check, within
from temporal.connection import described, explained, reached
from temporal.travel.schedule import SCHEDULE

NAME = "travel_sweep"
SLACK = timedelta(minutes=15)
"""How long a run may take, and start late: after two intervals and this without one, it is late."""
_FAILED = {
    WorkflowExecutionStatus.FAILED,
    WorkflowExecutionStatus.TERMINATED,
    WorkflowExecutionStatus.TIMED_OUT,
}


async def travel_sweep(client: Client, every: timedelta) -> Check:
    """Whether the Schedule exists, is not paused, and has lately started a run that did not fail."""

    async def ask() -> Check:
        found = await _schedule(client)
        if found is None:
            return _red(
                f"There is no Schedule {SCHEDULE}, so nothing of travel eSIMs that is due by date is done. "
                "Run: esim-orders order retry --without-workflow"
            )
        if found.schedule.state.paused:
            return _red(
                f"The Schedule {SCHEDULE} is paused. Run: temporal schedule toggle --unpause "
                f"--schedule-id {SCHEDULE} --reason WHY"
            )
        return await _last_run(client, found, every)

    check, unavailable = await within(ask, UNKNOWN.format("Temporal"))
    return check or _red(unavailable)


async def _schedule(client: Client) -> ScheduleDescription | None:
    try:
        with reached():
            return await client.get_schedule_handle(SCHEDULE).describe()
    except RPCError as failure:
        if failure.status is RPCStatusCode.NOT_FOUND:
            return None
        raise explained(failure) from None


async def _last_run(client: Client, found: ScheduleDescription, every: timedelta) -> Check:
    started = {
        run.action.workflow_id: run.started_at
        for run in found.info.recent_actions
        if isinstance(run.action, ScheduleActionExecutionStartWorkflow)
    }
    last = max(started.values(), default=found.info.created_at)
    what = "Its last run was started" if started else "It was made without a run since"
    at = f"{last.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    if datetime.now(UTC) - last > 2 * every + SLACK:
        return _red(
            f"The sweep of travel eSIMs is late. {what} {at}. See the Schedule {SCHEDULE} in the Web UI: "
            "a run that no worker takes delays the next one."
        )
    failed = await _failed(client, started)
    if failed is not None:
        return _red(
            f"The last sweep of travel eSIMs has failed: {failed}. Its failure in the Web UI names the "
            "parts; the next run does them again."
        )
    sentence = f"The last sweep of travel eSIMs was started {at}." if started else "No sweep was due yet."
    return Check(NAME, ok=True, sentence=f"{sentence} The Schedule {SCHEDULE} runs.")


async def _failed(client: Client, started: dict[str, datetime]) -> str | None:
    """The last run that has ended, if it has failed: the one after it may be running now."""
    for workflow_id in sorted(started, key=lambda one: started[one], reverse=True):
        run = await described(client, workflow_id)
        if run is None:
            return None
        if run.status is not WorkflowExecutionStatus.RUNNING:
            return workflow_id if run.status in _FAILED else None
    return None


def _red(sentence: str) -> Check:
    return Check(NAME, ok=False, sentence=sentence)
