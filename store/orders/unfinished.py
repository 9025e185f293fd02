"""What starts the workflow of an order again, also one that has ended with follow-ups due (W10)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncConnection

from models.orders.ordered import Shown
from store.event_table import EventRow
from store.orders import follow_ups
from store.orders.kinds import EFFECTS
from store.orders.tables import OPEN_STATUSES, OrderRow
from store.people.tables import DistributorRow, ProviderRow


@dataclass(frozen=True)
class Unfinished:
    """What starts the workflow of an order again."""

    account_id: int
    placed_by: int
    what: dict[str, Any]
    shown: Shown
    placed_at: datetime
    held: int
    """How often it was held so far."""


_UNFINISHED = (
    select(
        OrderRow.placed_at,
        OrderRow.account_id,
        OrderRow.kind,
        OrderRow.placed_by,
        OrderRow.what,
        func.coalesce(ProviderRow.name, "").label("provider"),
        func.coalesce(DistributorRow.name, "").label("distributor"),
        select(func.count())
        .where(EventRow.about.contains(array([OrderRow.id])), EventRow.type == "order.held")
        .correlate(OrderRow)
        .scalar_subquery()
        .label("held"),
    )
    .outerjoin(ProviderRow, ProviderRow.id == OrderRow.provider_id)
    .outerjoin(DistributorRow, DistributorRow.id == OrderRow.distributor_id)
    .where(
        OrderRow.id == bindparam("order"),
        or_(OrderRow.status.in_(OPEN_STATUSES), follow_ups.pending(OrderRow.id)),
    )
)


async def unfinished(connection: AsyncConnection, order_id: str) -> Unfinished | None:
    """An order that is open, or has ended with follow-ups due; None if nothing is left to do."""
    row = (await connection.execute(_UNFINISHED, {"order": order_id})).one_or_none()
    if row is None:
        return None
    of_kind = EFFECTS[row.kind].details
    details = (await of_kind.of(connection, [order_id])).get(order_id) if of_kind else None
    slot = details.slot if details else None
    shown = Shown(slot=slot, provider=row.provider, distributor=row.distributor)
    return Unfinished(row.account_id, row.placed_by, row.what, shown, row.placed_at, row.held)
