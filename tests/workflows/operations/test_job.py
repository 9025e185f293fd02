"""A job goes on part after part, is held where a step keeps failing, and is given up in the end."""

from datetime import timedelta

import pytest

from models.operations.jobs import JobStatus
from models.orders.lifecycle import HoldReason
from tests.temporal_server import comes_true
from tests.workflows.codes.qr_house import QrHouse
from tests.workflows.operations.ways import job
from tests.workflows.troubles import AWAY, FINAL
from workflows.operations.job import EsimJob

pytestmark = pytest.mark.covers("A21")


async def test_a_job_is_run_part_after_part_until_its_row_says_that_it_has_ended(qr_house: QrHouse) -> None:
    qr_house.jobs.parts = 3
    qr_house.troubles.next("continue_job", AWAY)
    handle = await job(qr_house)
    assert await handle.result() is JobStatus.DONE
    assert qr_house.jobs.done[handle.id] == 3


@pytest.mark.covers("W5")
async def test_a_step_that_keeps_failing_holds_the_job_until_a_retry(qr_house: QrHouse) -> None:
    qr_house.troubles.last("continue_job", FINAL)
    handle = await job(qr_house)
    await qr_house.held_for(handle, HoldReason.STEP_FAILED)
    assert await handle.query(EsimJob.state) is JobStatus.RUNNING
    qr_house.troubles.over("continue_job")
    await qr_house.retry(handle)
    assert await handle.result() is JobStatus.DONE


async def test_a_job_that_nobody_retries_is_given_up_and_so_is_one_that_is_cancelled_in_temporal(
    qr_house: QrHouse,
) -> None:
    qr_house.troubles.last("continue_job", FINAL)
    handle = await job(qr_house, given_up_after=timedelta(seconds=1))
    assert await handle.result() is JobStatus.FAILED


async def test_to_cancel_the_workflow_gives_the_job_up(qr_house: QrHouse) -> None:
    qr_house.troubles.last("continue_job", AWAY)
    handle = await job(qr_house)
    await comes_true(lambda: qr_house.troubles.attempts["continue_job"])
    await handle.cancel()
    assert await handle.result() is JobStatus.FAILED
