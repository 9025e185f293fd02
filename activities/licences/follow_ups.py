"""What orders about numbers leave to be done outside the database."""

from collections.abc import Iterable

from temporalio import activity
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError, RPCStatusCode

from models.values import cut
from store.licences import change_rows, waiting
from store.orders.follow_ups import Due
from store.session import Database
from workflows.licences.messages import ChangeNumber
from workflows.messages import BY_SYSTEM, Retry
from workflows.search_attributes import change_labels


async def start_number_change(client: Client, due: Due, database: Database) -> None:
    """Start the workflow of a change that the order's step has recorded, such as the stop of a lost phone's
    eSIM (L30). Idempotent: nothing is started where it runs, or where nothing of it is left to be done.
    """
    async with database.reading() as connection:
        found = await change_rows.find(connection, due.target)
    if found is None or not found.unfinished:
        return
    start = ChangeNumber(
        change=found.change, provider=cut(found.provider), distributor=cut(found.distributor)
    )
    await client.start_workflow(
        "EsimNumberChange",
        start,
        id=due.target,
        task_queue=activity.info().task_queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        static_summary=start.summary,
        static_details=start.details,
        search_attributes=change_labels(start),
    )


async def continue_waiting(client: Client, due: Due, database: Database) -> None:
    """Have the work continue that waited because of an eSIM, which the order's step has stopped."""
    async with database.reading() as connection:
        waits = await waiting.workflows_of(connection, int(due.target), but=due.order_id)
    await retry_each(client, waits, BY_SYSTEM)


async def retry_each(client: Client, workflow_ids: Iterable[str], call: Retry) -> None:
    """Signal `retry` to each workflow. If one has ended, ignore the error: nothing of it waits."""
    for workflow_id in workflow_ids:
        try:
            await client.get_workflow_handle(workflow_id).signal("retry", call)
        except RPCError as failure:
            if failure.status is not RPCStatusCode.NOT_FOUND:
                raise
