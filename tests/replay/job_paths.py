"""The ways a job can go, each driven once to be recorded."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from temporalio.client import WorkflowHandle

from models.orders.lifecycle import HoldReason
from tests.temporal_server import comes_true
from tests.workflows.codes.qr_house import QrHouse
from tests.workflows.operations.ways import job
from tests.workflows.troubles import AWAY, FINAL

Handle = WorkflowHandle[Any, Any]
Path = Callable[[QrHouse], Awaitable[Handle]]


async def job_of_two_parts(house: QrHouse) -> Handle:
    house.jobs.parts = 2
    return await job(house)


async def job_held_and_retried(house: QrHouse) -> Handle:
    house.troubles.last("continue_job", FINAL)
    handle = await job(house)
    await house.held_for(handle, HoldReason.STEP_FAILED)
    house.troubles.over("continue_job")
    await house.retry(handle)
    return handle


async def job_given_up(house: QrHouse) -> Handle:
    house.troubles.last("continue_job", FINAL)
    return await job(house, given_up_after=timedelta(seconds=1))


async def job_cancelled(house: QrHouse) -> Handle:
    house.troubles.last("continue_job", AWAY)
    handle = await job(house)
    await comes_true(lambda: house.troubles.attempts["continue_job"])
    await handle.cancel()
    return handle


JOB_PATHS: tuple[Path, ...] = (
    job_of_two_parts,
    job_held_and_retried,
    job_given_up,
    job_cancelled,
)
