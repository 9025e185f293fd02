"""What orders about travel eSIMs leave to be done outside the database."""

from collections.abc import Awaitable, Callable, Iterable

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from store.orders.follow_ups import Due
from store.session import Database
from temporal.travel.alerts import StaffAlerts
from workflows.messages import BY_SYSTEM


async def stock_arrived(client: Client, due: Due, _: Database) -> None:
    """Have an order continue for which a cancelled one has left an eSIM (T17)."""
    await wake(client, [due.target])


async def wake(client: Client, order_ids: Iterable[str]) -> None:
    """Have each of these orders continue; see `wake_one`."""
    for order_id in order_ids:
        await wake_one(client, order_id)


async def wake_one(client: Client, order_id: str) -> None:
    """Have an order continue, as arriving stock was reserved for it: it asks the stock again. Idempotent. If
    its workflow has ended, ignore the error: who starts it again has it ask, too.
    """
    try:
        await client.get_workflow_handle(order_id).signal("retry", BY_SYSTEM)
    except RPCError as failure:
        if failure.status is not RPCStatusCode.NOT_FOUND:
            raise


def alert_staff(alerts: StaffAlerts) -> Callable[[Client, Due, Database], Awaitable[None]]:
    """The follow-up that alerts the staff of its stock (T17, T26)."""

    async def at_once(_: Client, due: Due, __: Database) -> None:
        await alerts([due.target])

    return at_once
