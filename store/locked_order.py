"""An order locked for a step, with the two SIMs of its line."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound, Refusal
from models.identifiers import iccid_warning
from models.inventory import SimState
from models.lifecycle import OrderStatus
from models.orders import OrderState, StepResult
from store.tables import OrderRow, SimRow


@dataclass(frozen=True)
class LockedSim:
    """A SIM as it is until the end of the transaction."""

    id: int
    iccid: str | None
    state: str
    employee_id: int | None


@dataclass(frozen=True)
class LockedOrder:
    """An order and its line's two SIMs, locked until the end of the transaction."""

    order_id: str
    account_id: int
    line_id: int
    pack_id: int
    status: OrderStatus
    held: bool
    sim_in_place_id: int
    esim_id: int | None
    iccid: str | None
    in_place: LockedSim | None
    temporary: LockedSim | None

    def result(
        self,
        refusal: Refusal | None = None,
        *,
        status: OrderStatus | None = None,
        iccid: str | None = None,
    ) -> StepResult:
        """The answer of a step: the state as it is, or as the step has just made it. The same call again
        is answered alike, with the same warnings (F49).
        """
        status, iccid = status or self.status, iccid or self.iccid
        warning = iccid_warning(iccid) if iccid and status is not OrderStatus.CANCELLED else None
        state = OrderState(
            order_id=self.order_id, status=status, iccid=iccid, warnings=(warning,) if warning else ()
        )
        return StepResult(state=state, refusal=refusal)


_LOCK_ORDER = select(OrderRow.__table__).where(OrderRow.id == bindparam("order")).with_for_update()
_LOCK_SIMS = (
    select(SimRow.id, SimRow.iccid, SimRow.state, SimRow.employee_id)
    .where((SimRow.line_id == bindparam("line")) | (SimRow.order_id == bindparam("order")))
    .order_by(SimRow.id)
    .with_for_update()
)


async def lock_order(connection: AsyncConnection, order_id: str) -> LockedOrder:
    """Lock the order, then its line's SIMs: steps of one order queue here. Raises `NotFound`."""
    known = {"order": order_id}
    order = (await connection.execute(_LOCK_ORDER, known)).one_or_none()
    if order is None:
        raise NotFound.because("unknown_order", order=order_id)
    sims = (await connection.execute(_LOCK_SIMS, {**known, "line": order.line_id})).all()
    by_state = {row.state: LockedSim(*row) for row in sims}
    return LockedOrder(
        order_id=order.id,
        account_id=order.account_id,
        line_id=order.line_id,
        pack_id=order.pack_id,
        status=OrderStatus(order.status),
        held=order.held_reason is not None,
        sim_in_place_id=order.sim_in_place_id,
        esim_id=order.esim_id,
        iccid=next((row.iccid for row in sims if row.id == order.esim_id), None),
        in_place=by_state.get(SimState.ACTIVE),
        temporary=by_state.get(SimState.TEMPORARY),
    )
