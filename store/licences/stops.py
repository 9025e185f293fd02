"""The stop of an eSIM that an order leaves to be done: now, of a lost phone; later, of a licence that ends.

The row of the change is written in the order's transaction; a follow-up starts its workflow, which notifies
the provider.
"""

from datetime import date

from sqlalchemy import bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.identifiers import number_change_id
from models.licences.numbers import Change, Notice
from models.orders.placement import Placement
from store.licences.tables import NumberChangeRow
from store.row import now

START_NUMBER_CHANGE = "start_number_change"
"""The follow-up that starts the workflow of a change, whose id is its target."""
_RECORD = insert(NumberChangeRow)
_LAST_STOPPED = (
    select(NumberChangeRow.sim_id)
    .where(
        NumberChangeRow.number_id == bindparam("number"),
        NumberChangeRow.change == Change.STOP_ESIM,
        NumberChangeRow.sim_id.is_not(None),
    )
    .order_by(NumberChangeRow.applied_at.desc())
    .limit(1)
)


async def record_stopped(
    connection: AsyncConnection, placement: Placement, number_id: int, sim_id: int
) -> tuple[str, str]:
    """Record that the eSIM of a lost or stolen phone is stopped, and that the provider is to be notified
    (L30). Returns the follow-up.
    """
    change_id = number_change_id(placement.account_id, f"stop of {placement.order_id}")
    values = {
        "id": change_id,
        "account_id": placement.account_id,
        "number_id": number_id,
        "change": Change.STOP_ESIM,
        "actor": f"user:{placement.user_id}",
        "origin_id": placement.origin_id,
        "applied_at": now(),
        "changed": True,
        "sim_id": sim_id,
        "notice": Notice.STOP,
    }
    await connection.execute(_RECORD.values(values))
    return START_NUMBER_CHANGE, change_id


async def last_stopped(connection: AsyncConnection, number_id: int) -> int | None:
    """The eSIM of a lost or stolen phone that was stopped before its replacement is ordered."""
    found: int | None = await connection.scalar(_LAST_STOPPED, {"number": number_id})
    return found


async def record_end(
    connection: AsyncConnection, placement: Placement, number_id: int, due_on: date
) -> tuple[str, str]:
    """Record that the order, or the number's eSIM, ends on this day: the licence was given back (L32).
    Returns the follow-up.
    """
    change_id = number_change_id(placement.account_id, f"end of {placement.order_id}")
    values = {
        "id": change_id,
        "account_id": placement.account_id,
        "number_id": number_id,
        "change": Change.STOP_ESIM,
        "actor": "system",
        "due_on": due_on,
    }
    await connection.execute(_RECORD.values(values))
    return START_NUMBER_CHANGE, change_id
