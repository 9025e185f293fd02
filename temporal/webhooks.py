"""Wakes the workflow that delivers to an endpoint, or starts it, in one call."""

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from models.identifiers import webhook_work_id
from workflows.operations.messages import RunWebhook
from workflows.operations.webhook import EsimWebhook
from workflows.search_attributes import webhook_labels


async def wake(client: Client, task_queue: str, webhook_id: int, account_id: int) -> None:
    """Signal `wake` to the workflow of the endpoint, which is started if it does not run. Idempotent. Raises
    what the client raises.
    """
    start = RunWebhook(webhook_id=webhook_work_id(webhook_id), account_id=account_id)
    await client.start_workflow(
        EsimWebhook.run,
        start,
        id=start.webhook_id,
        task_queue=task_queue,
        start_signal="wake",
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        static_summary=start.summary,
        static_details=start.details,
        search_attributes=webhook_labels(start),
    )
