"""The steps of an accepted order, for every kind. Each is part of one transaction of its caller: it locks the
order, returns the result it recorded if it was done before, asks the transition table, applies the effect of
the order's kind, moves the status and appends the events.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ARRAY, String, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refusal
from models.orders.cancelling import cancelling
from models.orders.kinds import permission_of
from models.orders.lifecycle import OPEN, OrderStatus, advance
from models.orders.placement import StepResult
from models.people.callers import By, Permission
from store import event_parts, events
from store.event_table import EventRow
from store.events import Happening
from store.operations import holds, not_sent
from store.operations.tables import HoldRow, NotSentRow
from store.orders import follow_ups, notes
from store.orders.conditions import PROCESSED_AFTER_CANCELLED
from store.orders.effects import Effect, EntersIccid
from store.orders.follow_ups import Emails, Pending, no_emails
from store.orders.kinds import EFFECTS
from store.orders.locked_order import LockedOrder, lock_order
from store.orders.tables import OrderRow
from store.people.actors import refusal_of
from store.row import now

PROVIDER = "provider"
"""The actor of what a provider's interface answers."""

_GONE = holds.gone(
    bindparam("order"), *(~HoldRow.step.startswith(pending) for pending in not_sent.OUTLASTING)
)
_SUPERSEDED = not_sent.gone(
    bindparam("order"), *(~NotSentRow.step.startswith(pending) for pending in not_sent.OUTLASTING)
)
_LEFT = follow_ups.leaving(bindparam("order", type_=String))
_APPENDED = event_parts.appended(holds.released_by(_GONE, "order", bindparam("about", type_=ARRAY(String))))
_MOVE = (
    update(OrderRow)
    .where(OrderRow.id == bindparam("order"), OrderRow.status.in_(OPEN))
    .values(status_since=now())
    .returning(follow_ups.of(_LEFT))
    .add_cte(_SUPERSEDED, _APPENDED)
)
"""Change the status, and remove the holds of the old status and the records of what was not sent in it. With
the events and the follow-ups.
"""


async def acknowledge(
    connection: AsyncConnection,
    order_id: str,
    by: By,
    iccid: str | None = None,
    *,
    emails: Emails = no_emails,
) -> StepResult:
    """The provider acknowledged: the order begins (F12 to F16)."""
    order = await lock_order(connection, order_id, by)
    refusal = _who(order, by, Permission.ACKNOWLEDGE_ORDERS)
    if refusal:
        return _recorded(order, refusal)
    known = _said(order, by, iccid) in (None, order.iccid)
    if order.status in (OrderStatus.PROVIDER_PROCESSING, OrderStatus.PROCESSED):
        # another ICCID than that of the order is entered, which a processed order refuses
        return _recorded(order) if known else await enter_iccid(connection, order_id, by, str(iccid))
    refusal = advance(order.status, OrderStatus.PROVIDER_PROCESSING)
    if refusal:
        return _recorded(order, refusal)
    effect = await EFFECTS[order.kind].begin(connection, order, iccid)
    if isinstance(effect, Refusal):
        return _recorded(order, effect)
    return await _move(
        connection, order, OrderStatus.PROVIDER_PROCESSING, by, effect, emails=emails, esim_id=effect.esim_id
    )


async def enter_iccid(connection: AsyncConnection, order_id: str, by: By, iccid: str) -> StepResult:
    """Write the ICCID of the order's eSIM; it can be corrected until the order is processed (F15, F49)."""
    order = await lock_order(connection, order_id, by)
    refusal = _who(order, by, Permission.ENTER_ICCID)
    if refusal is None and order.iccid == iccid and order.status is not OrderStatus.CANCELLED:
        return _recorded(order)
    if order.status is not OrderStatus.PROVIDER_PROCESSING:
        refusal = refusal or advance(order.status, OrderStatus.PROCESSED)
    if refusal:
        return _recorded(order, refusal)
    kind = EFFECTS[order.kind]
    if not isinstance(kind, EntersIccid):
        return _recorded(order, Refusal.of("iccid_not_entered"))
    effect = await kind.enter_iccid(connection, order, iccid)
    if isinstance(effect, Refusal):
        return _recorded(order, effect)
    await _append(connection, order, by, effect.happenings)
    return order.result(iccid=iccid)


async def complete(
    connection: AsyncConnection,
    order_id: str,
    by: By,
    iccid: str | None,
    request: str,
    *,
    emails: Emails = no_emails,
) -> StepResult:
    """The provider processed the order: it is finished, which is final (F18 to F20, F48 to F51, F54).

    `request` names the call, so that an incident of it is kept once.
    """
    order = await lock_order(connection, order_id, by)
    refusal = _who(order, by, Permission.REPORT_PROCESSED)
    if refusal:
        return _recorded(order, refusal)
    iccid = _said(order, by, iccid)
    if order.status is OrderStatus.PROCESSED and iccid in (None, order.iccid):
        return _recorded(order)
    refusal = advance(order.status, OrderStatus.PROCESSED)
    if refusal:
        if order.status is OrderStatus.CANCELLED:
            await _incident(connection, order, by, request)
        return _recorded(order, refusal)
    effect = await EFFECTS[order.kind].finish(connection, order, iccid)
    if isinstance(effect, Refusal):
        return _recorded(order, effect)
    more = {} if effect.esim_id is None else {"esim_id": effect.esim_id}
    return await _move(connection, order, OrderStatus.PROCESSED, by, effect, emails=emails, **more)


async def cancel(
    connection: AsyncConnection,
    order_id: str,
    by: By,
    note_id: int | None = None,
    *,
    emails: Emails = no_emails,
    leaves: Sequence[tuple[str, str]] = (),
) -> StepResult:
    """Cancel the order: what was begun is undone (F22, F23, F43, F44).

    `leaves`: the follow-ups of a cancelled order of any kind, besides those of its own kind.
    `note_id`: the note with the reason. A note about another order is refused: other people read it.
    """
    order = await lock_order(connection, order_id, by)
    refusal = _who(order, by, cancelling(order.status, permission_of(order.kind)))
    if refusal is None and order.status is OrderStatus.CANCELLED:
        return _recorded(order)
    refusal = refusal or advance(order.status, OrderStatus.CANCELLED)
    refusal = refusal or await notes.note_refusal(connection, order.account_id, order.id, note_id)
    if refusal:
        return _recorded(order, refusal)
    effect = await EFFECTS[order.kind].undo(connection, order)
    effect = replace(effect, follow_ups=[*effect.follow_ups, *leaves])
    return await _move(
        connection, order, OrderStatus.CANCELLED, by, effect, emails=emails, cancel_note_id=note_id
    )


async def _move(
    connection: AsyncConnection,
    order: LockedOrder,
    status: OrderStatus,
    by: By,
    effect: Effect,
    *,
    emails: Emails,
    **columns: int | None,
) -> StepResult:
    """Change the order's status, with its events and follow-ups. The holds of the old status are removed, but
    for those of follow-ups and e-mails, which are due in any status.
    """
    happenings = [(f"order.{status}", _noted(columns)), *effect.happenings]
    wanted = [*effect.follow_ups, *((follow_ups.EMAIL, name) for name in emails(status))]
    known = {
        "order": order.id,
        "about": order.about,
        **event_parts.happened(order.account_id, order.about, by, happenings),
        **follow_ups.left(wanted),
    }
    moved = await connection.execute(_MOVE, {**known, "status": status, **columns})
    pending = order.pending.and_also(Pending.read(moved.scalar_one()))
    return order.result(status=status, iccid=effect.iccid, pending=pending)


def _recorded(order: LockedOrder, refusal: Refusal | None = None) -> StepResult:
    """The order as it is, with the follow-ups that are due: the answer of a repeated step."""
    return order.result(refusal, pending=order.pending)


async def _append(
    connection: AsyncConnection, order: LockedOrder, by: By, happenings: Sequence[Happening]
) -> None:
    await events.append(
        connection, order.account_id, order.about, by.actor, *happenings, origin_id=by.origin_id
    )


def _noted(columns: Mapping[str, int | None]) -> dict[str, Any]:
    note_id = columns.get("cancel_note_id")
    return {"note": note_id} if note_id else {}


def _said(order: LockedOrder, by: By, iccid: str | None) -> str | None:
    """The ICCID of this call. A provider that is asked again, after a restart or a refused answer, repeats
    its first answer: the ICCID that a person entered in the meantime is kept.
    """
    return None if by.actor == PROVIDER and order.iccid is not None else iccid


def _who(order: LockedOrder, by: By, permission: Permission | Collection[Permission]) -> Refusal | None:
    """Why this actor may not do this to the order (S5)."""
    return refusal_of(order.actor, by.actor, permission=permission, distributor_id=order.distributor_id)


async def _incident(connection: AsyncConnection, order: LockedOrder, by: By, request: str) -> None:
    """Record that the provider processed a cancelled order, once for each call."""
    kept = await connection.execute(
        select(EventRow.id).where(
            EventRow.about.contains([order.id]), EventRow.data["request"].astext == request
        )
    )
    if kept.first() is None:
        happened = (PROCESSED_AFTER_CANCELLED, {"request": request})
        await _append(connection, order, by, [happened])
