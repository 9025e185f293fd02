"""Wakes the workflow of an eSIM line, or starts it, in one call."""

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from models.identifiers import travel_line_id
from workflows.search_attributes import travel_line_labels
from workflows.travel.line_life import EsimLineLife
from workflows.travel.messages import LiveLine


async def wake(client: Client, task_queue: str, start: LiveLine) -> None:
    """Signal `look` to the workflow of the line, which is started if it does not run. Idempotent. Raises what
    the client raises.
    """
    await client.start_workflow(
        EsimLineLife.run,
        start,
        id=travel_line_id(start.esim_line_id),
        task_queue=task_queue,
        start_signal="look",
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        static_summary=start.summary,
        static_details=start.details,
        search_attributes=travel_line_labels(start),
    )
