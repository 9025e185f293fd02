"""The steps of an order, for every kind. Each is part of one transaction of its caller: it locks the order,
returns the result it recorded if it was done before, asks the transition table, applies the effect of the
order's kind, moves the status and appends the events.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refusal, Refused
from models.orders.lifecycle import OPEN, OrderStatus, advance
from models.orders.placement import Acceptance, FollowUp, Placement, StepResult
from models.people.callers import By, Permission, cancelling
from store import events, origins
from store.event_table import EventRow
from store.events import Happening
from store.locks import lock_new_order, lock_subject
from store.operations import holds, not_sent
from store.operations.tables import HoldRow, NotSentRow
from store.orders import follow_ups, refused, views
from store.orders.effects import Decision, Effect, EntersIccid
from store.orders.kinds import EFFECTS
from store.orders.locked_order import LockedOrder, lock_order, references
from store.orders.tables import OrderNoteRow, OrderRow
from store.people.actors import actor_refusal
from store.row import now

PROVIDER = "provider"
"""The actor of what a provider answers by itself."""

_INSERT = insert(OrderRow)
_GONE = holds.gone(bindparam("order"), *(~HoldRow.step.startswith(owed) for owed in not_sent.OUTLASTING))
_SUPERSEDED = not_sent.gone(
    bindparam("order"), *(~NotSentRow.step.startswith(owed) for owed in not_sent.OUTLASTING)
)
_MOVE = (
    update(OrderRow)
    .where(OrderRow.id == bindparam("order"), OrderRow.status.in_(OPEN))
    .values(status_since=now())
    .returning(holds.steps_of(_GONE))
    .add_cte(_SUPERSEDED)
)
_NOTE = select(OrderNoteRow.id).where(
    OrderNoteRow.id == bindparam("note"),
    OrderNoteRow.order_id == bindparam("order"),
    OrderNoteRow.account_id == bindparam("account"),
)


async def accept(connection: AsyncConnection, placement: Placement) -> Acceptance:
    """Accept the order, or refuse it with every reason (F5, F7, F46, F52, F53, F67).

    Its subject is locked while the rules look at it, so two orders about one thing cannot both be accepted;
    where it has none, its id is, so a repeat waits for the attempt before.
    A refused order leaves nothing but an event: its key is free again. An order that has this id already is
    answered as it was, and refused (`key_used`) where it asks for something else or is of another account.
    """
    what = placement.what
    if what.subject is None:
        await lock_new_order(connection, placement.order_id)
    else:
        await lock_subject(connection, placement.account_id, what.subject)
    try:
        known = await views.acceptance(connection, placement.account_id, placement.order_id)
        if known is not None and not known.same_as(what):
            raise Refused.because("key_used", order=placement.order_id)
    except Refused as used:
        # no event is kept of this: it would be one of the order that has the key
        return Acceptance.refused(placement, *used.refusals)
    if known is not None:
        return known
    actor = f"user:{placement.user_id}"
    needed = Permission.PLACE_ORDERS
    account, origin = placement.account_id, placement.origin_id
    refusal = await actor_refusal(
        connection, actor, account, permission=needed, origin_id=origin, begins=True
    )
    refusal = refusal or await _no_note(connection, placement, placement.order_id, placement.note_id)
    if refusal:
        return await _refused(connection, placement, [refusal])
    decision = await EFFECTS[what.kind].decide(connection, placement)
    if decision.refusals:
        return await _refused(connection, placement, decision.refusals)
    await _write(connection, placement, decision)
    return Acceptance(
        order_id=placement.order_id, status=OrderStatus.SUBMITTED, what=what, shown=decision.shown
    )


async def acknowledge(
    connection: AsyncConnection,
    order_id: str,
    by: By,
    iccid: str | None = None,
) -> StepResult:
    """The provider acknowledged: the order begins (F12 to F16)."""
    order = await lock_order(connection, order_id)
    refusal = await _who(connection, order, by, Permission.ACKNOWLEDGE_ORDERS)
    if refusal:
        return await _recorded(connection, order, refusal)
    known = _said(order, by, iccid) in (None, order.iccid)
    if order.status is OrderStatus.PROVIDER_PROCESSING and not known:
        return await enter_iccid(connection, order_id, by, str(iccid))
    if order.status in (OrderStatus.PROVIDER_PROCESSING, OrderStatus.PROCESSED):
        return await _recorded(connection, order)
    refusal = advance(order.status, OrderStatus.PROVIDER_PROCESSING)
    if refusal:
        return await _recorded(connection, order, refusal)
    effect = await EFFECTS[order.kind].begin(connection, order, iccid)
    if isinstance(effect, Refusal):
        return await _recorded(connection, order, effect)
    return await _move(connection, order, OrderStatus.PROVIDER_PROCESSING, by, effect, esim_id=effect.esim_id)


async def enter_iccid(connection: AsyncConnection, order_id: str, by: By, iccid: str) -> StepResult:
    """Write the ICCID of the order's eSIM; it can be corrected until the order is processed (F15, F49)."""
    order = await lock_order(connection, order_id)
    refusal = await _who(connection, order, by, Permission.ENTER_ICCID)
    if refusal is None and order.iccid == iccid and order.status is not OrderStatus.CANCELLED:
        return await _recorded(connection, order)
    if order.status is not OrderStatus.PROVIDER_PROCESSING:
        refusal = refusal or advance(order.status, OrderStatus.PROCESSED)
    if refusal:
        return await _recorded(connection, order, refusal)
    kind = EFFECTS[order.kind]
    if not isinstance(kind, EntersIccid):
        return await _recorded(connection, order, Refusal.of("iccid_not_entered"))
    effect = await kind.enter_iccid(connection, order, iccid)
    if isinstance(effect, Refusal):
        return await _recorded(connection, order, effect)
    await _tell(connection, order, by, effect.happenings)
    return order.result(iccid=iccid)


async def complete(
    connection: AsyncConnection,
    order_id: str,
    by: By,
    iccid: str | None,
    request: str,
) -> StepResult:
    """The provider processed the order: it is finished, for ever (F18 to F20, F48 to F51, F54).

    `request` names the call, so that an incident of it is kept once.
    """
    order = await lock_order(connection, order_id)
    refusal = await _who(connection, order, by, Permission.REPORT_PROCESSED)
    if refusal:
        return await _recorded(connection, order, refusal)
    iccid = _said(order, by, iccid)
    if order.status is OrderStatus.PROCESSED and iccid in (None, order.iccid):
        return await _recorded(connection, order)
    refusal = advance(order.status, OrderStatus.PROCESSED)
    if refusal:
        if order.status is OrderStatus.CANCELLED:
            await _incident(connection, order, by, request)
        return await _recorded(connection, order, refusal)
    effect = await EFFECTS[order.kind].finish(connection, order, iccid)
    if isinstance(effect, Refusal):
        return await _recorded(connection, order, effect)
    more = {} if effect.esim_id is None else {"esim_id": effect.esim_id}
    return await _move(connection, order, OrderStatus.PROCESSED, by, effect, **more)


async def cancel(
    connection: AsyncConnection,
    order_id: str,
    by: By,
    note_id: int | None = None,
) -> StepResult:
    """Cancel the order: what was begun is taken back (F22, F23, F43, F44).

    `note_id` is the note with the reason; one about another order would be told to the wrong people.
    """
    order = await lock_order(connection, order_id)
    refusal = await _who(connection, order, by, cancelling(order.status))
    if refusal is None and order.status is OrderStatus.CANCELLED:
        return await _recorded(connection, order)
    refusal = refusal or advance(order.status, OrderStatus.CANCELLED)
    refusal = refusal or await _no_note(connection, order, order.id, note_id)
    if refusal:
        return await _recorded(connection, order, refusal)
    effect = await EFFECTS[order.kind].undo(connection, order)
    return await _move(connection, order, OrderStatus.CANCELLED, by, effect, cancel_note_id=note_id)


async def _write(connection: AsyncConnection, placement: Placement, decision: Decision) -> None:
    """The accepted order with its details, and the event."""
    ids = {"account_id": placement.account_id}
    await connection.execute(
        _INSERT,
        {
            **ids,
            "id": placement.order_id,
            "kind": placement.kind,
            "status": OrderStatus.SUBMITTED,
            "subject": placement.what.subject,
            "provider_id": decision.provider_id,
            "distributor_id": decision.distributor_id,
            "placed_by": placement.user_id,
            "origin_id": placement.origin_id,
            "note_id": placement.note_id,
            "what": placement.what.model_dump(mode="json"),
        },
    )
    if decision.details:
        table, values = decision.details
        await connection.execute(insert(table), {**ids, "order_id": placement.order_id, **values})
    await _append(connection, placement, ("order.submitted", decision.happened))


async def _refused(
    connection: AsyncConnection, placement: Placement, reasons: Sequence[Refusal]
) -> Acceptance:
    await _append(connection, placement, refused.happening(placement, tuple(reasons)))
    return Acceptance.refused(placement, *reasons)


async def _append(connection: AsyncConnection, placement: Placement, happened: Happening) -> None:
    name, data = happened
    noted = {"note": placement.note_id} if placement.note_id else {}
    by = await origins.verified(connection, By(f"user:{placement.user_id}", placement.origin_id))
    await events.append(
        connection,
        placement.account_id,
        references(placement.order_id, placement.what.subject),
        by.actor,
        (name, {**data, **noted}),
        origin_id=by.origin_id,
    )


async def _move(
    connection: AsyncConnection,
    order: LockedOrder,
    status: OrderStatus,
    by: By,
    effect: Effect,
    **columns: int | None,
) -> StepResult:
    """Move the order, with what happened by it. What it was held for in the old status is over, but for what
    it owes all the same.
    """
    moved = await connection.execute(_MOVE, {"order": order.id, "status": status, **columns})
    released = holds.released("order", moved.scalar_one())
    happenings = [*released, (f"order.{status}", _noted(columns)), *effect.happenings]
    await _tell(connection, order, by, happenings)
    await follow_ups.leave(connection, order.id, effect.follow_ups)
    due = await _due(connection, order, owes=bool(effect.follow_ups))
    return order.result(status=status, iccid=effect.iccid, follow_ups=due)


async def _recorded(
    connection: AsyncConnection, order: LockedOrder, refusal: Refusal | None = None
) -> StepResult:
    """The order as it is, with what earlier steps left to be done: what a repeated step finds."""
    return order.result(refusal, follow_ups=await _due(connection, order))


async def _due(
    connection: AsyncConnection, order: LockedOrder, *, owes: bool = False
) -> tuple[FollowUp, ...]:
    return await follow_ups.due(connection, order.id) if owes or order.owes else ()


async def _tell(
    connection: AsyncConnection, order: LockedOrder, by: By, happenings: Sequence[Happening]
) -> None:
    await events.append(
        connection, order.account_id, order.about, by.actor, *happenings, origin_id=by.origin_id
    )


def _noted(columns: Mapping[str, int | None]) -> dict[str, Any]:
    note_id = columns.get("cancel_note_id")
    return {"note": note_id} if note_id else {}


def _said(order: LockedOrder, by: By, iccid: str | None) -> str | None:
    """The ICCID that this call is about. A provider that is asked again, after a restart or a refused answer,
    answers as at first: the ICCID that a person entered in the meantime is kept.
    """
    return None if by.actor == PROVIDER and order.iccid is not None else iccid


async def _who(
    connection: AsyncConnection,
    order: LockedOrder,
    by: By,
    permission: Permission | Collection[Permission],
) -> Refusal | None:
    """Why this actor may not do this to the order (S5)."""
    return await actor_refusal(
        connection,
        by.actor,
        order.account_id,
        permission=permission,
        origin_id=by.origin_id,
        distributor_id=order.distributor_id,
    )


async def _incident(connection: AsyncConnection, order: LockedOrder, by: By, request: str) -> None:
    """Keep that the provider processed a cancelled order, once a call."""
    kept = await connection.execute(
        select(EventRow.id).where(
            EventRow.about.contains([order.id]), EventRow.data["request"].astext == request
        )
    )
    if kept.first() is None:
        happened = (views.PROCESSED_AFTER_CANCELLED, {"request": request})
        await _tell(connection, order, by, [happened])


async def _no_note(
    connection: AsyncConnection, of: LockedOrder | Placement, order_id: str, note_id: int | None
) -> Refusal | None:
    if note_id is None:
        return None
    ids = {"note": note_id, "order": order_id, "account": of.account_id}
    found = await connection.execute(_NOTE, ids)
    if found.one_or_none():
        return None
    return Refusal.of("unknown_note")
