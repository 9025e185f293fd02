"""The effects of an order's steps on SIMs, within the transaction of the step, which has locked them."""

from dataclasses import dataclass

from sqlalchemy import BigInteger, and_, bindparam, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.fleet.inventory import SimKind, SimState
from store.catalogue.tables import PackRow
from store.codes import discard
from store.fleet.tables import SimGroupRow, SimRow
from store.orders.locked_order import LockedOrder
from store.orders.tables import OrderRow
from store.row import now


@dataclass(frozen=True)
class LockedSim:
    """A SIM that is locked until the end of the transaction."""

    id: int
    iccid: str | None
    state: str
    employee_id: int | None


# Built once, because building a statement takes longer than running it. No parameter has the name of a
# column: SQLAlchemy would write it to that column in each part of the statement.
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
"""Create a temporary eSIM in the groups of another SIM."""
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
"""Move the new SIM to exactly the groups of the old one, and remove the old one from them. No row is both
inserted and deleted, because the parts of a statement run in an arbitrary sequence.
"""
_DISCARDED = (
    update(SimRow)
    .where(SimRow.id == bindparam("old"), SimRow.state.in_([SimState.ACTIVE, SimState.SUSPENDED]))
    .values(state=SimState.DISCARDED, holder=None, employee_id=None, discarded_at=now())
    .returning(SimRow.id)
    .cte("discarded")
)
_ENDED, _REVOKED = discard.ending(bindparam("old", type_=BigInteger))
_SWAP = (
    update(SimRow)
    .where(
        SimRow.id == bindparam("new"),
        SimRow.state == SimState.TEMPORARY,
        # the old SIM leaves the line first: this part reads what the other one returns
        select(_DISCARDED.c.id).exists(),
    )
    .values(state=SimState.ACTIVE, employee_id=bindparam("user"), iccid=bindparam("known_iccid"))
    .returning(select(_ENDED.c.id).scalar_subquery())
    .add_cte(*_REVOKED)
)
"""Discard the old SIM, end what leads to its code, and activate the new one. No row if either SIM is not in
the state that it must be in: then an error rolls back all of it. The old SIM leaves its groups in a statement
before, as the trigger `keep_discarded` does not see what other parts of its own statement do.
"""


async def create_temporary(
    connection: AsyncConnection, order: LockedOrder, pack_id: int, like: LockedSim, iccid: str | None
) -> int:
    """Create the order's temporary eSIM with the user and groups of the SIM in place; return its id."""
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


async def swap(connection: AsyncConnection, old: LockedSim, new: LockedSim, iccid: str) -> str | None:
    """Put the temporary eSIM in the place of the old SIM, which is discarded and in no group any more, with
    everything that leads to its code. The id of the request for its QR code that ended with it, if one was
    open: its workflow is to be signalled.
    """
    await connection.execute(_INHERIT_GROUPS, {"old": old.id, "new": new.id})
    swapped = {"old": old.id, "new": new.id, "user": old.employee_id, "known_iccid": iccid}
    ended: str | None = (await connection.execute(_SWAP, swapped)).scalar_one()
    return ended
