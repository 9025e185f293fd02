"""The steps of an order. Each is one transaction of its caller: it locks the order, asks the transition
table, does the effect, moves the status and appends the events. Run again, it finds its own result.
"""

from typing import Any

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refusal
from models.inventory import SimState
from models.lifecycle import OPEN, HoldReason, OrderStatus, advance
from models.orders import StepResult
from store import events, qr_discard, sim_moves
from store.locked_order import LockedOrder, lock_order
from store.tables import OrderEventRow, OrderNoteRow, OrderRow, SimRow

SYSTEM = "system"

_MOVE = (
    update(OrderRow)
    .where(OrderRow.id == bindparam("order"), OrderRow.status.in_(OPEN))
    .values(status_since=func.now(), held_reason=None, held_since=None)
    .returning(OrderRow.id)
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
_NOTE = select(OrderNoteRow.id).where(
    OrderNoteRow.id == bindparam("note"), OrderNoteRow.order_id == bindparam("order")
)


async def open_processing(
    connection: AsyncConnection, order_id: str, actor: str, iccid: str | None = None
) -> StepResult:
    """The provider acknowledged: create the temporary eSIM with the groups and the user of the SIM in
    place, which stays as it is (F12 to F16). The acknowledgement may carry the ICCID.
    """
    order = await lock_order(connection, order_id)
    if order.status is OrderStatus.PROVIDER_PROCESSING and iccid not in (None, order.iccid):
        return await enter_iccid(connection, order_id, actor, str(iccid))
    if order.status in (OrderStatus.PROVIDER_PROCESSING, OrderStatus.PROCESSED):
        return order.result()
    refusal = advance(order.status, OrderStatus.PROVIDER_PROCESSING) or await _taken(connection, order, iccid)
    if refusal or order.in_place is None:
        return order.result(refusal or _line_changed())
    esim_id = await sim_moves.create_temporary(connection, order, order.in_place, iccid)
    happenings: list[events.Happening] = [
        ("order.provider_processing", {}),
        ("esim.temporary_created", {"sim": esim_id}),
    ]
    if iccid:
        happenings.append(("esim.iccid_entered", {"sim": esim_id, "iccid": iccid}))
    await _move(connection, order, OrderStatus.PROVIDER_PROCESSING, actor, happenings, esim_id=esim_id)
    return order.result(status=OrderStatus.PROVIDER_PROCESSING, iccid=iccid)


async def enter_iccid(connection: AsyncConnection, order_id: str, actor: str, iccid: str) -> StepResult:
    """Write the ICCID of the temporary eSIM; it can be corrected until the order is processed (F15, F49)."""
    order = await lock_order(connection, order_id)
    if order.iccid == iccid and order.status is not OrderStatus.CANCELLED:
        return order.result()
    if order.status is not OrderStatus.PROVIDER_PROCESSING or order.temporary is None:
        refusal = advance(order.status, OrderStatus.PROCESSED)
        return order.result(refusal or _line_changed())
    taken = await _taken(connection, order, iccid)
    if taken:
        return order.result(taken)
    entered = await connection.execute(_ENTER, {"sim": order.temporary.id, "iccid": iccid})
    entered.scalar_one()
    await events.append(
        connection, order_id, actor, ("esim.iccid_entered", {"sim": order.temporary.id, "iccid": iccid})
    )
    return order.result(iccid=iccid)


async def complete(
    connection: AsyncConnection, order_id: str, actor: str, iccid: str | None, request: str
) -> StepResult:
    """The provider processed the order: the eSIM takes the line, with what the SIM in place has at this
    moment, and that SIM is discarded, out of all groups, for ever (F18 to F20, F48 to F51, F54). A request
    for its QR code ends, and its links are dead.

    `request` names the call, so that an incident of it is kept once.
    """
    order = await lock_order(connection, order_id)
    if order.status is OrderStatus.PROCESSED and iccid in (None, order.iccid):
        ended = await qr_discard.ended_by_discard(connection, order.sim_in_place_id)
        return order.result().model_copy(update={"ended_qr_request": ended})
    refusal = advance(order.status, OrderStatus.PROCESSED)
    if refusal:
        if order.status is OrderStatus.CANCELLED:
            await _incident(connection, order_id, actor, request)
        return order.result(refusal)
    if order.in_place is None or order.temporary is None or order.in_place.id != order.sim_in_place_id:
        return order.result(_line_changed())
    known = iccid or order.temporary.iccid
    if known is None:
        return order.result(Refusal.of("iccid_unknown"))
    taken = await _taken(connection, order, known)
    if taken:
        return order.result(taken)
    await sim_moves.swap(connection, order.in_place, order.temporary, known)
    ended = await qr_discard.end_by_discard(connection, order.in_place.id)
    happenings: list[events.Happening] = [
        ("order.processed", {}),
        ("sim.discarded", {"sim": order.in_place.id, "iccid": order.in_place.iccid}),
        ("esim.activated", {"sim": order.temporary.id, "iccid": known}),
    ]
    await _move(connection, order, OrderStatus.PROCESSED, actor, happenings)
    result = order.result(status=OrderStatus.PROCESSED, iccid=known)
    return result.model_copy(update={"ended_qr_request": ended})


async def cancel(
    connection: AsyncConnection, order_id: str, actor: str, note_id: int | None = None
) -> StepResult:
    """Cancel the order: its temporary eSIM is deleted, the SIM in place stays as it is (F22, F23, F43, F44).

    `note_id` is the note with the reason; one about another order would be told to the wrong people.
    """
    order = await lock_order(connection, order_id)
    if order.status is OrderStatus.CANCELLED:
        return order.result()
    refusal = advance(order.status, OrderStatus.CANCELLED) or await _no_note(connection, order, note_id)
    if refusal:
        return order.result(refusal)
    happenings: list[events.Happening] = [("order.cancelled", {"note": note_id} if note_id else {})]
    if order.temporary is not None:
        (await connection.execute(_DROP, {"sim": order.temporary.id})).scalar_one()
        happenings.append(
            ("esim.temporary_deleted", {"sim": order.temporary.id, "iccid": order.temporary.iccid})
        )
    await _move(connection, order, OrderStatus.CANCELLED, actor, happenings, cancel_note_id=note_id)
    return order.result(status=OrderStatus.CANCELLED)


async def hold(connection: AsyncConnection, order_id: str, reason: HoldReason) -> None:
    """Mark the order as waiting for a person; marking it again with the same reason changes nothing."""
    changed = await connection.execute(
        update(OrderRow)
        .where(OrderRow.id == order_id, OrderRow.held_reason.is_distinct_from(reason))
        .values(held_reason=reason, held_since=func.now())
    )
    if changed.rowcount:
        await events.append(connection, order_id, SYSTEM, ("order.held", {"reason": reason}))


async def release(connection: AsyncConnection, order_id: str, actor: str, *, given_up: bool = False) -> None:
    """The order goes on, or what it was held for is given up; releasing it again changes nothing."""
    changed = await connection.execute(
        update(OrderRow)
        .where(OrderRow.id == order_id, OrderRow.held_reason.is_not(None))
        .values(held_reason=None, held_since=None)
    )
    if changed.rowcount:
        happened = "mail.given_up" if given_up else "order.released"
        await events.append(connection, order_id, actor, (happened, {}))


async def _move(
    connection: AsyncConnection,
    order: LockedOrder,
    status: OrderStatus,
    actor: str,
    happenings: list[events.Happening],
    **more: Any,
) -> None:
    """Move the order, with what happened by it. What it was held for in the old status is over."""
    moved = await connection.execute(_MOVE, {"order": order.order_id, "status": status, **more})
    moved.scalar_one()
    if order.held:
        happenings = [("order.released", {}), *happenings]
    await events.append(connection, order.order_id, actor, *happenings)


async def _no_note(connection: AsyncConnection, order: LockedOrder, note_id: int | None) -> Refusal | None:
    if note_id is None:
        return None
    found = await connection.execute(_NOTE, {"note": note_id, "order": order.order_id})
    if found.one_or_none():
        return None
    return Refusal.of("unknown_note")


async def _taken(connection: AsyncConnection, order: LockedOrder, iccid: str | None) -> Refusal | None:
    if iccid is None or (order.temporary and order.temporary.iccid == iccid):
        return None
    if await sim_moves.owner_of(connection, iccid) is None:
        return None
    return Refusal.of("iccid_in_use", iccid=iccid)


async def _incident(connection: AsyncConnection, order_id: str, actor: str, request: str) -> None:
    kept = await connection.execute(
        select(OrderEventRow.id).where(
            OrderEventRow.order_id == order_id, OrderEventRow.data["request"].astext == request
        )
    )
    if kept.first() is None:
        await events.append(
            connection, order_id, actor, ("incident.processed_after_cancelled", {"request": request})
        )


def _line_changed() -> Refusal:
    return Refusal.of("line_changed")
