"""Reads what changes of numbers have left to be done: providers to be asked, and what is held (L30)."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, BigInteger, and_, any_, bindparam, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.licences.views import UnfinishedChangeView
from store.fleet.tables import SimRow
from store.licences import change_rows
from store.licences.tables import NumberChangeRow, NumberRow
from store.operations import holds, not_sent
from store.operations.tables import HoldRow
from store.people.tables import DistributorRow, ProviderRow
from store.row import now

_HELD = NumberChangeRow.id.in_(select(HoldRow.workflow_id))
_UNFINISHED = (
    select(
        NumberChangeRow.number_id,
        NumberChangeRow.id,
        NumberChangeRow.change,
        func.coalesce(NumberChangeRow.applied_at, NumberChangeRow.requested_at).label("since"),
        case((NumberChangeRow.notified_at.is_(None), NumberChangeRow.notice)).label("notice"),
        NumberChangeRow.sim_id,
        ProviderRow.name.label("provider"),
        DistributorRow.name.label("distributor"),
        holds.of(NumberChangeRow.id).label("holds"),
        not_sent.of(NumberChangeRow.id).label("not_sent"),
        or_(
            _HELD,
            not_sent.is_waiting(NumberChangeRow.id),
            NumberChangeRow.applied_at < now() - not_sent.INTERRUPTED_AFTER,
        ).label("overdue"),
    )
    .join(NumberRow, NumberRow.id == NumberChangeRow.number_id)
    .outerjoin(SimRow, SimRow.id == NumberChangeRow.sim_id)
    .join(ProviderRow, ProviderRow.id == func.coalesce(SimRow.provider_id, NumberRow.provider_id))
    .join(DistributorRow, DistributorRow.id == func.coalesce(SimRow.distributor_id, NumberRow.distributor_id))
    .where(
        NumberChangeRow.number_id == any_(bindparam("numbers", type_=ARRAY(BigInteger))),
        or_(_HELD, and_(change_rows.UNFINISHED, NumberChangeRow.applied_at.is_not(None))),
    )
    .order_by(NumberChangeRow.requested_at, NumberChangeRow.id)
)
HELD = NumberRow.id.in_(select(NumberChangeRow.number_id).where(_HELD))
"""Whether a change of the number is held, as a condition."""


async def of_numbers(
    connection: AsyncConnection, number_ids: Collection[int]
) -> dict[int, tuple[UnfinishedChangeView, ...]]:
    """Unfinished changes of each of these numbers, which the caller has found in its scope; oldest first, but
    not those that are due later. Numbers without any are left out.
    """
    found: dict[int, tuple[UnfinishedChangeView, ...]] = {}
    if not number_ids:
        return found
    for row in await connection.execute(_UNFINISHED, {"numbers": list(number_ids)}):
        found[row.number_id] = (*found.get(row.number_id, ()), _view(row))
    return found


def _view(row: Any) -> UnfinishedChangeView:
    cells = dict(row._mapping)
    del cells["number_id"]
    held, unsent = holds.read(cells.pop("holds")), not_sent.read(cells.pop("not_sent"))
    return UnfinishedChangeView(**cells, **held, not_sent=unsent)
