"""Jobs started the way the desk starts them."""

import zlib
from typing import Any

from temporalio.client import WorkflowHandle

from models.identifiers import job_work_id, webhook_work_id
from models.operations.jobs import JobStatus
from tests.workflows.codes.qr_house import QrHouse
from workflows.operations.job import EsimJob
from workflows.operations.messages import RunJob, RunWebhook
from workflows.operations.webhook import EsimWebhook

JobHandle = WorkflowHandle[EsimJob, JobStatus]


async def job(house: QrHouse, **more: Any) -> JobHandle:
    """A job of this house: tests share a server."""
    number = zlib.crc32(house.task_queue.encode()) + 1
    start = RunJob(job_id=job_work_id(number), account_id=1, kind="import_fleet", **more)
    return await house.client.start_workflow(
        EsimJob.run, start, id=start.job_id, task_queue=house.task_queue, static_summary=start.summary
    )


async def webhook(house: QrHouse) -> WorkflowHandle[EsimWebhook, int]:
    """The deliveries to an endpoint of this house."""
    start = RunWebhook(webhook_id=webhook_id(house), account_id=1)
    return await house.client.start_workflow(
        EsimWebhook.run, start, id=start.webhook_id, task_queue=house.task_queue
    )


def webhook_id(house: QrHouse) -> str:
    """The id of that workflow."""
    return webhook_work_id(zlib.crc32(house.task_queue.encode()) + 1)
