"""What orders about travel eSIMs leave to be done outside the database."""

from collections.abc import Iterable

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from store.orders.follow_ups import Due
from store.session import Database
from workflows.messages import BY_SYSTEM


async def stock_arrived(client: Client, due: Due, _: Database) -> None:
    """Have an order continue for which a cancelled one has left an eSIM (T17)."""
    await wake(client, [due.target])


async def wake(client: Client, order_ids: Iterable[str]) -> None:
    """Have each of these orders continue, as arriving stock was reserved for it: it asks the stock again.
    Idempotent. If the workflow of one has ended, ignore the error: who starts it again has it ask, too.
    """
    for order_id in order_ids:
        try:
            await client.get_workflow_handle(order_id).signal("retry", BY_SYSTEM)
        except RPCError as failure:
            if failure.status is not RPCStatusCode.NOT_FOUND:
                raise
