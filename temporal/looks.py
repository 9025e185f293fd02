"""Have a workflow look at the database, once what it waits for may have changed there."""

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode


async def look(client: Client, workflow_id: str) -> None:
    """Signal `look` to a workflow, so that it reads its row. If it has ended, ignore the error: nothing needs
    the signal. Raises what the client raises otherwise.
    """
    try:
        await client.get_workflow_handle(workflow_id).signal("look")
    except RPCError as failure:
        if failure.status is not RPCStatusCode.NOT_FOUND:
            raise
