"""The Schedule of the sweep of travel eSIMs: created or updated by every worker that starts."""

from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)

from settings import Settings
from temporal.connection import answered
from workflows.travel.sweep import EsimTravelSweep

SCHEDULE = "travel-sweep"
"""The id of the Schedule; its workflows are `travel-sweep-` and a time."""
_LONGEST = timedelta(hours=1)
"""How late a missed sweep is still started after Temporal was unavailable."""


async def keep_sweeping(client: Client, settings: Settings) -> None:
    """Create the Schedule, or give the existing one the interval and task queue of these settings; whether an
    operator has paused it stays. Raises `Unavailable`.
    """
    wanted = _schedule(settings)
    with answered():
        try:
            await client.create_schedule(SCHEDULE, wanted)
        except ScheduleAlreadyRunningError:
            await client.get_schedule_handle(SCHEDULE).update(lambda found: _updated(found, wanted))


def _updated(found: ScheduleUpdateInput, wanted: Schedule) -> ScheduleUpdate:
    wanted.state = found.description.schedule.state
    return ScheduleUpdate(schedule=wanted)


def _schedule(settings: Settings) -> Schedule:
    return Schedule(
        action=ScheduleActionStartWorkflow(
            EsimTravelSweep.run,
            id=SCHEDULE,
            task_queue=settings.task_queue,
            static_summary="Search travel eSIMs for what is due by date",
        ),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=settings.travel_sweep_every)]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=_LONGEST),
    )
