"""What the steps of an order do to SIMs, within a step's transaction that holds their locks."""

from dataclasses import dataclass

from sqlalchemy import BigInteger, and_, bindparam, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
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


# Built once, for building a statement takes longer than running it. No parameter has the name of a column:
# it would be written to that column by each part of the statement.
_NEW = (
    insert(SimRow)
    .values(
        kind=SimKind.ESIM,
        state=SimState.TEMPORARY,
        account_id=bindparam("of_account"),
        iccid=bindparam("new_iccid"),
        employee_id=bindparam("of_employee"),
        holder=bindparam("subject"),
        order_id=bindparam("order"),
        provider_id=select(OrderRow.provider_id).where(OrderRow.id == bindparam("order")).scalar_subquery(),
        distributor_id=select(PackRow.distributor_id)
        .where(PackRow.id == bindparam("pack"))
        .scalar_subquery(),
    )
    .returning(SimRow.id)
    .cte("new")
)
_CREATE = select(_NEW.c.id).add_cte(
    insert(SimGroupRow)
    .from_select(
        ["sim_id", "group_id", "account_id"],
        select(_NEW.c.id, SimGroupRow.group_id, SimGroupRow.account_id).join_from(
            _NEW, SimGroupRow, SimGroupRow.sim_id == bindparam("like")
        ),
    )
    .cte("copied")
)
"""Create a temporary eSIM that is in the groups of another SIM."""
_INHERITED = select(SimGroupRow.group_id).where(SimGroupRow.sim_id == bindparam("old"))
_INHERIT_GROUPS = (
    delete(SimGroupRow)
    .where(
        or_(
            SimGroupRow.sim_id == bindparam("old"),
            and_(SimGroupRow.sim_id == bindparam("new"), SimGroupRow.group_id.not_in(_INHERITED)),
        )
    )
    .add_cte(
        insert(SimGroupRow)
        .from_select(
            ["sim_id", "group_id", "account_id"],
            select(bindparam("new", type_=BigInteger), SimGroupRow.group_id, SimGroupRow.account_id).where(
                SimGroupRow.sim_id == bindparam("old")
            ),
        )
        .on_conflict_do_nothing()
        .cte("inherited")
    )
)
"""Leave the new SIM in the groups that the old one is in, and the old one in none. No row is both inserted
and deleted: the parts of a statement run in any sequence.
"""
_DISCARDED = (
    update(SimRow)
    .where(SimRow.id == bindparam("old"), SimRow.state.in_([SimState.ACTIVE, SimState.SUSPENDED]))
    .values(state=SimState.DISCARDED, holder=None, employee_id=None, discarded_at=now())
    .returning(SimRow.id)
    .cte("discarded")
)
_SWAP = (
    update(SimRow)
    .where(
        SimRow.id == bindparam("new"),
        SimRow.state == SimState.TEMPORARY,
        # the line is free before it is taken: this part asks for what the other one returns
        select(_DISCARDED.c.id).exists(),
    )
    .values(state=SimState.ACTIVE, employee_id=bindparam("user"), iccid=bindparam("known_iccid"))
    .returning(SimRow.id)
)
"""Discard the old SIM and activate the new one; no row where either is not as it must be."""
_OWNER = select(SimRow.id).where(SimRow.iccid == bindparam("iccid"))


async def create_temporary(
    connection: AsyncConnection, order: LockedOrder, pack_id: int, like: LockedSim, iccid: str | None
) -> int:
    """Create the order's eSIM with the user and the groups of the SIM in place; return its id."""
    values = {
        "of_account": order.account_id,
        "new_iccid": iccid,
        "of_employee": like.employee_id,
        "subject": order.subject,
        "order": order.id,
        "pack": pack_id,
        "like": like.id,
    }
    return int((await connection.execute(_CREATE, values)).scalar_one())


async def swap(connection: AsyncConnection, old: LockedSim, new: LockedSim, iccid: str) -> None:
    """Put the temporary eSIM in the place of the old SIM, which is discarded and in no group any more."""
    await connection.execute(_INHERIT_GROUPS, {"old": old.id, "new": new.id})
    swapped = {"old": old.id, "new": new.id, "user": old.employee_id, "known_iccid": iccid}
    (await connection.execute(_SWAP, swapped)).scalar_one()


async def owner_of(connection: AsyncConnection, iccid: str) -> int | None:
    """The id of the SIM that has this ICCID, in whatever account."""
    found: int | None = (await connection.execute(_OWNER, {"iccid": iccid})).scalar_one_or_none()
    return found
