"""The eSIMs of an order about a number, within the transaction of its step."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from models.errors import Refusal
from models.fleet.inventory import IN_PLACE, SimKind, SimState
from models.licences.numbers import ReplaceReason
from store.fleet.tables import SimRow
from store.licences.tables import LicenceOrderRow, LicenceRow, NumberRow
from store.orders.locked_order import LockedOrder
from store.orders.tables import OrderRow

_LOCK = (
    select(SimRow.id)
    .where((SimRow.holder == bindparam("number")) | (SimRow.order_id == bindparam("order")))
    .order_by(SimRow.id)
    .with_for_update()
)
_in_place, _temporary, _owner = aliased(SimRow), aliased(SimRow), aliased(SimRow)
_FIND = (
    select(
        LicenceOrderRow.number_id,
        LicenceOrderRow.agent_id,
        LicenceOrderRow.reason,
        LicenceOrderRow.replaced_sim_id,
        LicenceRow.number_id.label("used_by"),
        NumberRow.agent_id.label("agent_now"),
        (NumberRow.deleted_at.is_not(None) | NumberRow.suspended_at.is_not(None)).label("unusable"),
        _in_place.id.label("in_place_id"),
        _temporary.id.label("temporary_id"),
        _temporary.iccid.label("temporary_iccid"),
        select(_owner.id).where(_owner.iccid == bindparam("iccid")).scalar_subquery().label("owner_id"),
    )
    .join(NumberRow, NumberRow.id == LicenceOrderRow.number_id)
    .join(LicenceRow, LicenceRow.id == LicenceOrderRow.licence_id)
    .outerjoin(_in_place, and_(_in_place.holder == NumberRow.subject, _in_place.state.in_(IN_PLACE)))
    .outerjoin(
        _temporary,
        and_(_temporary.order_id == LicenceOrderRow.order_id, _temporary.state == SimState.TEMPORARY),
    )
    .where(LicenceOrderRow.order_id == bindparam("order"))
)
_NEW = (
    insert(SimRow)
    .from_select(
        ["account_id", "kind", "state", "iccid", "provider_id", "distributor_id", "holder", "order_id"],
        select(
            OrderRow.account_id,
            bindparam("esim", SimKind.ESIM.value),
            bindparam("new", SimState.TEMPORARY.value),
            bindparam("new_iccid", type_=SimRow.iccid.type),
            OrderRow.provider_id,
            OrderRow.distributor_id,
            OrderRow.subject,
            OrderRow.id,
        ).where(OrderRow.id == bindparam("order")),
    )
    .returning(SimRow.id)
)
_TEMPORARY = (SimRow.id == bindparam("sim"), SimRow.state == SimState.TEMPORARY)
_ENTER = update(SimRow).where(*_TEMPORARY).values(iccid=bindparam("known")).returning(SimRow.id)
_ACTIVATE = (
    update(SimRow)
    .where(*_TEMPORARY)
    .values(iccid=bindparam("known"), state=SimState.ACTIVE)
    .returning(SimRow.id)
)
_DROP = (
    delete(SimRow)
    .where(SimRow.order_id == bindparam("order"), SimRow.state == SimState.TEMPORARY)
    .returning(SimRow.id, SimRow.iccid)
)


@dataclass(frozen=True)
class OfOrder:
    """The number of an order with its eSIMs, which are locked."""

    number_id: int
    agent_id: int
    reason: ReplaceReason | None
    replaced_sim_id: int | None
    used_by: int | None
    """The number that uses the licence."""
    agent_now: int | None
    unusable: bool
    """The number is suspended or deleted."""
    in_place_id: int | None
    temporary_id: int | None
    temporary_iccid: str | None
    owner_id: int | None
    """The SIM that has the ICCID which the step enters, in whatever account."""

    def taken(self, iccid: str | None) -> Refusal | None:
        """Why the eSIM of the order cannot have this ICCID."""
        if iccid is None or self.owner_id in (None, self.temporary_id) or iccid == self.temporary_iccid:
            return None
        return Refusal.of("iccid_in_use", iccid=iccid)

    @property
    def changed(self) -> bool:
        """Whether the number has another agent, licence or eSIM than when the order was placed. A change of
        the number cancels its order, so this is not expected.
        """
        stopped = self.reason is None or self.reason.stops_at_once
        expected = None if stopped else self.replaced_sim_id
        return (
            self.unusable
            or self.agent_now != self.agent_id
            or self.used_by != self.number_id
            or self.in_place_id != expected
        )


async def lock(connection: AsyncConnection, order: LockedOrder, iccid: str | None) -> OfOrder:
    """Lock the SIMs of the order's number, and find the SIM that has this ICCID. If another SIM gets it
    while this waits for the locks, the unique index refuses the write of the eSIM.
    """
    await connection.execute(_LOCK, {"number": order.subject, "order": order.id})
    return await details(connection, order, iccid)


async def details(connection: AsyncConnection, order: LockedOrder, iccid: str | None = None) -> OfOrder:
    """The same without the locks."""
    row = (await connection.execute(_FIND, {"order": order.id, "iccid": iccid})).one()
    reason = None if row.reason is None else ReplaceReason(row.reason)
    return OfOrder(**dict(row._mapping) | {"reason": reason})


async def create_temporary(connection: AsyncConnection, order: LockedOrder, iccid: str | None) -> int:
    """Create the order's temporary eSIM, held by the number; return its id."""
    known = {"order": order.id, "new_iccid": iccid}
    return int((await connection.execute(_NEW, known)).scalar_one())


async def enter(connection: AsyncConnection, sim_id: int, iccid: str) -> None:
    """Write or correct the ICCID of the temporary eSIM."""
    (await connection.execute(_ENTER, {"sim": sim_id, "known": iccid})).scalar_one()


async def activate(connection: AsyncConnection, sim_id: int, iccid: str) -> None:
    """The temporary eSIM serves the number."""
    (await connection.execute(_ACTIVATE, {"sim": sim_id, "known": iccid})).scalar_one()


async def drop(connection: AsyncConnection, order: LockedOrder) -> dict[str, Any] | None:
    """Delete the temporary eSIM, if there is one; what its event says."""
    row = (await connection.execute(_DROP, {"order": order.id})).one_or_none()
    return None if row is None else {"sim": row.id, "iccid": row.iccid}
