"""What the steps of an order do to SIMs, within a step's transaction that holds their locks."""

from dataclasses import dataclass

from sqlalchemy import BigInteger, bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.fleet.inventory import SimKind, SimState
from store.catalogue.tables import PackRow
from store.fleet.tables import SimGroupRow, SimRow
from store.orders.locked_order import LockedOrder
from store.orders.tables import OrderRow
from store.row import now


@dataclass(frozen=True)
class LockedSim:
    """A SIM as it is until the end of the transaction."""

    id: int
    iccid: str | None
    state: str
    employee_id: int | None


# Built once, for building a statement takes longer than running it. Parameters that have the name of a
# column are written to that column.
_CREATE = (
    insert(SimRow)
    .values(
        kind=SimKind.ESIM,
        state=SimState.TEMPORARY,
        provider_id=select(OrderRow.provider_id).where(OrderRow.id == bindparam("order")).scalar_subquery(),
        distributor_id=select(PackRow.distributor_id)
        .where(PackRow.id == bindparam("pack"))
        .scalar_subquery(),
    )
    .returning(SimRow.id)
)
_COPY_GROUPS = insert(SimGroupRow).from_select(
    ["sim_id", "group_id", "account_id"],
    select(bindparam("new", type_=BigInteger), SimGroupRow.group_id, SimGroupRow.account_id).where(
        SimGroupRow.sim_id == bindparam("old")
    ),
)
_TAKE_GROUPS = (
    delete(SimGroupRow)
    .where(SimGroupRow.sim_id.in_([bindparam("old"), bindparam("new")]))
    .returning(SimGroupRow.sim_id, SimGroupRow.group_id, SimGroupRow.account_id)
)
_GIVE_GROUPS = insert(SimGroupRow)
_DISCARD = (
    update(SimRow)
    .where(SimRow.id == bindparam("sim"), SimRow.state.in_([SimState.ACTIVE, SimState.SUSPENDED]))
    .values(state=SimState.DISCARDED, holder=None, employee_id=None, discarded_at=now())
    .returning(SimRow.id)
)
_ACTIVATE = (
    update(SimRow)
    .where(SimRow.id == bindparam("sim"), SimRow.state == SimState.TEMPORARY)
    .values(state=SimState.ACTIVE, employee_id=bindparam("employee_id"), iccid=bindparam("iccid"))
    .returning(SimRow.id)
)
_OWNER = select(SimRow.id).where(SimRow.iccid == bindparam("iccid"))


async def create_temporary(
    connection: AsyncConnection, order: LockedOrder, pack_id: int, like: LockedSim, iccid: str | None
) -> int:
    """Create the order's eSIM with the user and the groups of the SIM in place; return its id."""
    values = {
        "account_id": order.account_id,
        "iccid": iccid,
        "employee_id": like.employee_id,
        "holder": order.subject,
        "order_id": order.id,
        "order": order.id,
        "pack": pack_id,
    }
    esim_id = (await connection.execute(_CREATE, values)).scalar_one()
    await connection.execute(_COPY_GROUPS, {"new": esim_id, "old": like.id})
    return int(esim_id)


async def swap(connection: AsyncConnection, old: LockedSim, new: LockedSim, iccid: str) -> None:
    """Put the temporary eSIM in the place of the old SIM, which is discarded and in no group any more."""
    groups = (await connection.execute(_TAKE_GROUPS, {"old": old.id, "new": new.id})).all()
    (await connection.execute(_DISCARD, {"sim": old.id})).scalar_one()
    activated = {"sim": new.id, "employee_id": old.employee_id, "iccid": iccid}
    (await connection.execute(_ACTIVATE, activated)).scalar_one()
    inherited = [{**row._mapping, "sim_id": new.id} for row in groups if row.sim_id == old.id]
    if inherited:
        await connection.execute(_GIVE_GROUPS, inherited)


async def owner_of(connection: AsyncConnection, iccid: str) -> int | None:
    """The id of the SIM that has this ICCID, in whatever account."""
    found: int | None = (await connection.execute(_OWNER, {"iccid": iccid})).scalar_one_or_none()
    return found
