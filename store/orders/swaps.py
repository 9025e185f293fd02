"""Switch to eSIM and Replace the eSIM: what they do to a line and its SIMs (F12 to F24)."""

from dataclasses import dataclass

from sqlalchemy import and_, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from models.errors import Refusal
from models.fleet.inventory import SimState
from models.orders.kinds import Swap
from models.orders.ordered import Shown
from models.orders.placement import Placement
from models.orders.rules import refusals
from models.orders.views import SwapDetails
from store.catalogue.tables import PackRow
from store.events import Happening
from store.fleet import sim_moves
from store.fleet.sim_moves import LockedSim
from store.fleet.tables import DeviceRow, LineRow, SimRow
from store.orders.effects import Decision, Details, Effect
from store.orders.facts import LINE_FACTS
from store.orders.facts import read as facts_in
from store.orders.locked_order import LockedOrder
from store.orders.tables import SwapRow
from store.people.tables import DistributorRow, ProviderRow

LOOK_AT_REQUEST = "look_at_request"
"""The follow-up that signals a request for a QR code which ended with its SIM."""

_ASKED = (
    LINE_FACTS.add_columns(
        LineRow.provider_id,
        ProviderRow.name.label("provider"),
        PackRow.distributor_id,
        DistributorRow.name.label("distributor"),
    )
    .join(ProviderRow, ProviderRow.id == LineRow.provider_id)
    .outerjoin(PackRow, and_(PackRow.id == bindparam("pack"), PackRow.account_id == LineRow.account_id))
    .outerjoin(DistributorRow, DistributorRow.id == PackRow.distributor_id)
    .where(LineRow.account_id == bindparam("account"))
)
"""All facts that decide whether an order is accepted: those of the line, and its provider and distributor."""
_owner = aliased(SimRow)
_LOCK_SIMS = (
    select(
        SimRow.id,
        SimRow.iccid,
        SimRow.state,
        SimRow.employee_id,
        SwapRow.pack_id,
        SwapRow.sim_in_place_id,
        select(_owner.id).where(_owner.iccid == bindparam("iccid")).scalar_subquery().label("owner_id"),
    )
    .join(SwapRow, SwapRow.order_id == bindparam("order"))
    .where((SimRow.holder == bindparam("line")) | (SimRow.order_id == bindparam("order")))
    .order_by(SimRow.id)
    .with_for_update(of=SimRow)
)
_ENTER = (
    update(SimRow)
    .where(SimRow.id == bindparam("sim"), SimRow.state == SimState.TEMPORARY)
    .values(iccid=bindparam("iccid"))
    .returning(SimRow.id)
)
_DROP = (
    delete(SimRow)
    .where(SimRow.id == bindparam("sim"), SimRow.state == SimState.TEMPORARY)
    .returning(SimRow.id)
)
_in_place = aliased(SimRow)
_DETAILS = (
    select(
        SwapRow.order_id,
        SwapRow.line_id,
        LineRow.msisdn,
        DeviceRow.name.label("device"),
        LineRow.slot,
        SwapRow.pack_id,
        PackRow.name.label("pack"),
        SwapRow.sim_in_place_id,
        _in_place.iccid.label("iccid_in_place"),
    )
    .join(LineRow, LineRow.id == SwapRow.line_id)
    .join(DeviceRow, DeviceRow.id == LineRow.device_id)
    .join(PackRow, PackRow.id == SwapRow.pack_id)
    .join(_in_place, _in_place.id == SwapRow.sim_in_place_id)
)


@dataclass(frozen=True)
class _Line:
    """The SIMs of an order's line, locked."""

    pack_id: int | None
    sim_in_place_id: int | None
    """The SIM that was in place when the order was placed."""
    in_place: LockedSim | None
    temporary: LockedSim | None
    owner_id: int | None
    """The SIM that has the ICCID which the step enters, in whatever account."""

    def taken(self, iccid: str | None) -> Refusal | None:
        """Why the eSIM of the order cannot have this ICCID."""
        if iccid is None or self.owner_id is None or (self.temporary and self.temporary.iccid == iccid):
            return None
        return Refusal.of("iccid_in_use", iccid=iccid)

    @property
    def changed(self) -> bool:
        """Whether the SIM in place is not the one that the order is to replace."""
        return self.in_place is None or self.in_place.id != self.sim_in_place_id


class Swaps:
    """Changes the inventory for orders that swap the SIM of a line."""

    details = Details(_DETAILS, SwapDetails)

    async def decide(self, connection: AsyncConnection, placement: Placement) -> Decision:
        """Refused with every reason (F5, F7, F46, F52, F53), by the line as it is now."""
        what = placement.what
        assert isinstance(what, Swap)  # noqa: S101  the kinds of this class
        ids = {"line": what.line_id, "pack": what.pack_id, "account": placement.account_id}
        asked = (await connection.execute(_ASKED, {**ids, "user": placement.user_id})).one_or_none()
        if asked is None:
            return Decision([Refusal.of("unknown_line")])
        if asked.distributor_id is None:
            return Decision([Refusal.of("unknown_pack")])
        facts, sim_id = facts_in(asked)
        return Decision(
            refusals=refusals(what.action, facts, what.choice),
            provider_id=asked.provider_id,
            distributor_id=asked.distributor_id,
            shown=Shown(slot=asked.slot, provider=asked.provider, distributor=asked.distributor),
            details=(
                SwapRow,
                {"line_id": what.line_id, "pack_id": what.pack_id, "sim_in_place_id": sim_id},
            ),
            happened={"sim_in_place": sim_id},
        )

    async def begin(
        self, connection: AsyncConnection, order: LockedOrder, iccid: str | None
    ) -> Effect | Refusal:
        """Create the temporary eSIM with the groups and the user of the SIM in place, which stays as it is
        (F12 to F16). The acknowledgement may carry the ICCID.
        """
        line = await _lock_line(connection, order, iccid)
        if taken := line.taken(iccid):
            return taken
        if line.in_place is None or line.pack_id is None:
            return _line_changed()
        esim_id = await sim_moves.create_temporary(connection, order, line.pack_id, line.in_place, iccid)
        happenings: list[Happening] = [("esim.temporary_created", {"sim": esim_id})]
        if iccid:
            happenings.append(("esim.iccid_entered", {"sim": esim_id, "iccid": iccid}))
        return Effect(happenings, iccid=iccid, esim_id=esim_id)

    async def enter_iccid(
        self, connection: AsyncConnection, order: LockedOrder, iccid: str
    ) -> Effect | Refusal:
        """It can be entered and corrected until the order is processed (F15, F49)."""
        line = await _lock_line(connection, order, iccid)
        if line.temporary is None:
            return _line_changed()
        if taken := line.taken(iccid):
            return taken
        (await connection.execute(_ENTER, {"sim": line.temporary.id, "iccid": iccid})).scalar_one()
        return Effect([("esim.iccid_entered", {"sim": line.temporary.id, "iccid": iccid})], iccid=iccid)

    async def finish(
        self, connection: AsyncConnection, order: LockedOrder, iccid: str | None
    ) -> Effect | Refusal:
        """The eSIM replaces the SIM in place, with its employee and its groups as they are now. That SIM is
        discarded for good and leaves all groups (F18 to F20, F48 to F51, F54). A request for its QR code
        ends, and its links are revoked.
        """
        line = await _lock_line(connection, order, iccid)
        if line.in_place is None or line.temporary is None or line.changed:
            return _line_changed()
        known = iccid or line.temporary.iccid
        if known is None:
            return Refusal.of("iccid_unknown")
        if taken := line.taken(known):
            return taken
        ended = await sim_moves.swap(connection, line.in_place, line.temporary, known)
        return Effect(
            [
                ("sim.discarded", {"sim": line.in_place.id, "iccid": line.in_place.iccid}),
                ("esim.activated", {"sim": line.temporary.id, "iccid": known}),
            ],
            iccid=known,
            follow_ups=[(LOOK_AT_REQUEST, ended)] if ended else [],
        )

    async def undo(self, connection: AsyncConnection, order: LockedOrder) -> Effect:
        """The temporary eSIM is deleted, the SIM in place stays as it is (F22, F23, F44)."""
        line = await _lock_line(connection, order, None)
        if line.temporary is None:
            return Effect()
        (await connection.execute(_DROP, {"sim": line.temporary.id})).scalar_one()
        deleted = {"sim": line.temporary.id, "iccid": line.temporary.iccid}
        return Effect([("esim.temporary_deleted", deleted)])


async def _lock_line(connection: AsyncConnection, order: LockedOrder, iccid: str | None) -> _Line:
    """Lock the SIMs of the order's line, and find the SIM that has this ICCID. If another SIM gets it while
    this waits for the locks, the unique index refuses the write of the eSIM.
    """
    known = {"order": order.id, "line": order.subject, "iccid": iccid}
    rows = (await connection.execute(_LOCK_SIMS, known)).all()
    sims = {row.state: LockedSim(row.id, row.iccid, row.state, row.employee_id) for row in rows}
    return _Line(
        pack_id=rows[0].pack_id if rows else None,
        sim_in_place_id=rows[0].sim_in_place_id if rows else None,
        in_place=sims.get(SimState.ACTIVE) or sims.get(SimState.SUSPENDED),
        temporary=sims.get(SimState.TEMPORARY),
        owner_id=rows[0].owner_id if rows else None,
    )


def _line_changed() -> Refusal:
    return Refusal.of("line_changed")
