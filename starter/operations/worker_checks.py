"""Check the workers: whether any polls, and whether Temporal routes work to their version."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import TaskQueueType, WorkerVersioningMode
from temporalio.api.taskqueue.v1 import PollerInfo, TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest, DescribeTaskQueueResponse
from temporalio.client import Client

from starter.operations.readiness import Check, within
from temporal.connection import answered
from wording.counts import POLLING_WORKERS, counted

POLLED_WITHIN = timedelta(seconds=70)
"""A live worker polls at least so often; Temporal lists pollers for minutes after they have ended."""


async def workers(client: Client, queue: str) -> list[Check]:
    """Whether any worker polls for orders and, with worker versioning, whether the current version does."""
    found, unavailable = await within(
        lambda: _described(client, queue), "Not known, as Temporal does not answer."
    )
    if found is None:
        return [Check("workers", ok=False, sentence=unavailable)]
    since = datetime.now(UTC) - POLLED_WITHIN
    pollers = [one for one in found.pollers if one.last_access_time.ToDatetime(tzinfo=UTC) >= since]
    if not pollers:
        sentence = (
            "No worker polls for orders, so none makes progress. Start esim-worker, or see ESIM_TASK_QUEUE."
        )
        return [Check("workers", ok=False, sentence=sentence)]
    number = len({one.identity for one in pollers})
    polls = counted(number, POLLING_WORKERS)
    there = Check("workers", ok=True, sentence=f"{polls} for orders.")
    return [there, *_versions(found, pollers)]


async def _described(client: Client, queue: str) -> DescribeTaskQueueResponse:
    with answered():
        return await client.workflow_service.describe_task_queue(
            DescribeTaskQueueRequest(
                namespace=client.namespace,
                task_queue=TaskQueue(name=queue),
                task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
            )
        )


def _versions(found: DescribeTaskQueueResponse, pollers: Sequence[PollerInfo]) -> list[Check]:
    """The check of versions, if any worker has one."""
    versioned = WorkerVersioningMode.WORKER_VERSIONING_MODE_VERSIONED
    builds = Counter(
        (one.deployment_options.deployment_name, one.deployment_options.build_id)
        if one.deployment_options.worker_versioning_mode == versioned
        else ("", "")
        for one in pollers
    )
    if not any(build for _, build in builds):
        return []
    named = ", ".join(f"{build or 'none'} ({number})" for (_, build), number in sorted(builds.items()))
    now = found.versioning_info.current_deployment_version
    current = (now.deployment_name, now.build_id)
    if current in builds:
        of_now = f"{now.build_id} is current" if now.build_id else "those without a version are current"
        return [Check("versions", ok=True, sentence=f"Workers by version: {named}; {of_now}.")]
    if now.build_id:
        sentence = (
            f"Workers by version: {named}; {now.build_id} is current, and no worker of it polls. "
            "Start workers of it, or make another version current: docs/versions.md."
        )
        return [Check("versions", ok=False, sentence=sentence)]
    deployment, build = max(build for build in builds if build[1])
    sentence = (
        f"Workers by version: {named}; none is current. Run: temporal worker deployment set-current-version "
        f"--deployment-name {deployment} --build-id {build}"
    )
    return [Check("versions", ok=False, sentence=sentence)]
