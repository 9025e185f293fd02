"""Reads orders, also after their workflow has ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    String,
    and_,
    any_,
    bindparam,
    false,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from models.errors import NotFound, Refused
from models.orders.lifecycle import OrderStatus
from models.orders.ordered import Shown
from models.orders.placement import Acceptance
from models.orders.views import OrderDetails, OrderView
from models.paging import WHOLE, Page, Wanted
from models.people.callers import Scope
from store import events
from store.event_table import EventRow
from store.fleet.tables import SimRow
from store.operations import holds, not_sent
from store.orders import follow_ups, refused
from store.orders.follow_ups import Pending
from store.orders.kinds import EFFECTS
from store.orders.notes import beginning_as_pattern, begins_as
from store.orders.tables import OPEN_STATUSES, OrderNoteRow, OrderRow
from store.paging import Keys, built_once
from store.people import reminder_schedules
from store.people.tables import DistributorRow, ProviderRow
from store.row import constants
from store.scopes import shaped, travel_order, within

PROCESSED_AFTER_CANCELLED = "incident.processed_after_cancelled"
_NEWEST = Keys(OrderRow.placed_at, OrderRow.id, descending=True)


async def order(
    connection: AsyncConnection, scope: Scope, order_id: str, *, history: bool = True
) -> OrderView:
    """One order with everything that happened to it, also one that was refused. Raises `NotFound`."""
    shape, known = shaped(scope)
    row = (await connection.execute(_one(shape), {**known, "order": order_id})).one_or_none()
    views = await _views(connection, [row]) if row else []
    view = views[0] if views else await refused.find(connection, scope, order_id)
    if view is None:
        raise unknown(order_id)
    if not history:
        return view
    return view.model_copy(update={"events": await events.of(connection, scope, order_id)})


async def placed(connection: AsyncConnection, scope: Scope, order_id: str) -> OrderView:
    """As `order`, of one that was accepted a moment ago: without what only later steps write, which are its
    events, holds and e-mails that were not sent. To look for these costs more than all the rest.
    """
    shape, known = shaped(scope)
    row = (await connection.execute(_placed(shape), {**known, "order": order_id})).one_or_none()
    if row is None:
        raise unknown(order_id)
    return (await _views(connection, [row]))[0]


@dataclass(frozen=True)
class Unfinished:
    """What starts the workflow of an order again."""

    account_id: int
    placed_by: int
    what: dict[str, Any]
    shown: Shown
    placed_at: datetime
    held: int
    """How often it was held so far."""


_UNFINISHED = (
    select(
        OrderRow.placed_at,
        OrderRow.account_id,
        OrderRow.kind,
        OrderRow.placed_by,
        OrderRow.what,
        func.coalesce(ProviderRow.name, "").label("provider"),
        func.coalesce(DistributorRow.name, "").label("distributor"),
        select(func.count())
        .where(EventRow.about.contains(array([OrderRow.id])), EventRow.type == "order.held")
        .correlate(OrderRow)
        .scalar_subquery()
        .label("held"),
    )
    .outerjoin(ProviderRow, ProviderRow.id == OrderRow.provider_id)
    .outerjoin(DistributorRow, DistributorRow.id == OrderRow.distributor_id)
    .where(
        OrderRow.id == bindparam("order"),
        or_(OrderRow.status.in_(OPEN_STATUSES), follow_ups.pending(OrderRow.id)),
    )
)


async def unfinished(connection: AsyncConnection, order_id: str) -> Unfinished | None:
    """An order that is open, or has ended with follow-ups due; None if nothing is left to do."""
    row = (await connection.execute(_UNFINISHED, {"order": order_id})).one_or_none()
    if row is None:
        return None
    details = (await EFFECTS[row.kind].details(connection, [order_id])).get(order_id)
    slot = details.slot if details else None
    shown = Shown(slot=slot, provider=row.provider, distributor=row.distributor)
    return Unfinished(row.account_id, row.placed_by, row.what, shown, row.placed_at, row.held)


async def orders(
    connection: AsyncConnection,
    scope: Scope,
    *,
    status: OrderStatus | None = None,
    open_only: bool = False,
    held: bool = False,
    incidents: bool = False,
    subject: str | None = None,
    purchase_reference: str | None = None,
    wanted: Wanted = WHOLE,
) -> Page[OrderView]:
    """The newest orders, without their events; refused ones only where that status is asked for.

    `purchase_reference`: how it begins, in any case. What was refused has kept none.
    """
    if status is OrderStatus.REFUSED:
        if open_only or held or incidents or purchase_reference is not None:
            return Page()
        return await refused.newest(connection, scope, subject=subject, wanted=wanted)
    shape, known = shaped(scope)
    narrowed = {"open_only": open_only, "held": held, "incidents": incidents, "of_one": subject is not None}
    statement = _listed(shape, status=status, referred=purchase_reference is not None, **narrowed)
    values = {"subject": subject, "begins": beginning_as_pattern(purchase_reference or "")}
    rows = await _NEWEST.page(connection, statement, wanted, {**known, **values})
    return Page(await _views(connection, rows), rows.following)


async def of_ids(connection: AsyncConnection, scope: Scope, ids: Sequence[str]) -> list[OrderView]:
    """The orders with these ids that there are, newest first and without their events."""
    shape, known = shaped(scope)
    rows = await connection.execute(_of_ids(shape), {**known, "ids": list(ids)})
    return await _views(connection, rows.all())


@built_once
def _one(scope: Scope) -> Select[*tuple[Any, ...]]:
    return _orders(scope).where(OrderRow.id == bindparam("order"))


@built_once
def _placed(scope: Scope) -> Select[*tuple[Any, ...]]:
    later: dict[str, ColumnElement[Any]] = {"holds": null(), "not_sent": null(), "incident": false()}
    columns = [each for each in _ORDERS.selected_columns if each.key not in later]
    named = (value.label(name) for name, value in later.items())
    return _one(scope).with_only_columns(*columns, *named)


@built_once
def _of_ids(scope: Scope) -> Select[*tuple[Any, ...]]:
    chosen = OrderRow.id == any_(bindparam("ids", type_=ARRAY(String)))
    return _orders(scope).where(chosen).order_by(OrderRow.placed_at.desc(), OrderRow.id.desc())


@built_once
def _listed(
    scope: Scope,
    *,
    status: OrderStatus | None,
    open_only: bool,
    held: bool,
    incidents: bool,
    of_one: bool,
    referred: bool,
) -> Select[*tuple[Any, ...]]:
    conditions = (
        (status is not None, OrderRow.status == status),
        (open_only, OrderRow.status.in_(OPEN_STATUSES)),
        (incidents, _incident()),
        (held, OrderRow.id.in_(holds.held_of("order-"))),
        (of_one, OrderRow.subject == bindparam("subject", type_=String)),
        (referred, and_(_ORDER_NOTE.account_id == OrderRow.account_id, begins_as(_ORDER_NOTE))),
    )
    return _orders(scope).where(*(condition for chosen, condition in conditions if chosen))


def answered(*more: ColumnElement[Any]) -> Select[Any]:
    """One row about the order with this id, with its columns null if there is none, and with the columns that
    the caller adds.
    """
    always = select(literal(1)).subquery("always")
    return (
        select(
            OrderRow.account_id,
            OrderRow.status,
            OrderRow.what,
            OrderRow.origin_id,
            ProviderRow.name.label("provider"),
            DistributorRow.name.label("distributor"),
            follow_ups.due_of(OrderRow.id).label("pending"),
            *more,
        )
        .select_from(always)
        .outerjoin(OrderRow, OrderRow.id == bindparam("order"))
        .outerjoin(ProviderRow, ProviderRow.id == OrderRow.provider_id)
        .outerjoin(DistributorRow, DistributorRow.id == OrderRow.distributor_id)
    )


_ACCEPTANCE = answered()


async def acceptance(connection: AsyncConnection, account_id: int, order_id: str) -> Acceptance | None:
    """How the account's order was answered when it was placed, with what is still to be done; None if it is
    not known, also if it was refused. Raises `Refused` (`key_used`) if another account has the id.
    """
    row = (await connection.execute(_ACCEPTANCE, {"order": order_id})).one()
    return acceptance_of(row, account_id, order_id)


def acceptance_of(row: Any, account_id: int, order_id: str) -> Acceptance | None:
    """As `acceptance`, from a row of `answered`."""
    if row.account_id is None:
        return None
    if row.account_id != account_id:
        raise Refused.because("key_used", order=order_id)
    pending = Pending.read(row.pending)
    return Acceptance(
        order_id=order_id,
        status=row.status,
        what=row.what,
        origin_id=row.origin_id,
        shown=Shown(provider=row.provider or "", distributor=row.distributor or ""),
        follow_ups=pending.follow_ups,
        emails=pending.emails,
    )


def unknown(order_id: str) -> NotFound:
    """Say that there is no such order."""
    return NotFound.because("unknown_order", order=order_id)


def _incident() -> ColumnElement[bool]:
    kept = select(EventRow.id).where(
        EventRow.about.contains(array([OrderRow.id])),
        EventRow.type.in_(constants([PROCESSED_AFTER_CANCELLED])),
    )
    # only a cancelled order can have one: the events of other orders are not read
    return and_(OrderRow.status == OrderStatus.CANCELLED, kept.exists())


_ESIM, _ORDER_NOTE = aliased(SimRow), aliased(OrderNoteRow)
_ORDERS = (
    select(
        OrderRow.id,
        OrderRow.account_id,
        OrderRow.kind,
        OrderRow.status,
        OrderRow.subject,
        ProviderRow.name.label("provider"),
        DistributorRow.name.label("distributor"),
        OrderRow.placed_by,
        OrderRow.placed_at,
        OrderRow.status_since,
        holds.of(OrderRow.id).label("holds"),
        not_sent.of(OrderRow.id).label("not_sent"),
        OrderRow.esim_id,
        _ESIM.iccid.label("iccid"),
        _ORDER_NOTE.text.label("note"),
        OrderNoteRow.text.label("cancel_reason"),
        OrderRow.what,
        _incident().label("incident"),
        reminder_schedules.in_force(OrderRow.account_id, OrderRow.placed_at).label("reminders"),
    )
    .outerjoin(ProviderRow, ProviderRow.id == OrderRow.provider_id)
    .outerjoin(DistributorRow, DistributorRow.id == OrderRow.distributor_id)
    .outerjoin(
        # a cancelled order has none: what it had reserved may serve another one by now
        _ESIM,
        and_(_ESIM.id == OrderRow.esim_id, OrderRow.status != OrderStatus.CANCELLED),
    )
    .outerjoin(_ORDER_NOTE, _ORDER_NOTE.id == OrderRow.note_id)
    .outerjoin(OrderNoteRow, OrderNoteRow.id == OrderRow.cancel_note_id)
)


def _orders(scope: Scope) -> Select[*tuple[Any, ...]]:
    travel = travel_order(OrderRow.kind)
    return _ORDERS.where(
        within(scope, OrderRow.account_id, distributor=OrderRow.distributor_id, travel=travel)
    )


async def _views(connection: AsyncConnection, rows: Sequence[Any]) -> list[OrderView]:
    """The orders with the details of their kinds: one query for each kind there is among them."""
    ids: dict[str, list[str]] = {}
    for row in rows:
        ids.setdefault(row.kind, []).append(row.id)
    details: dict[str, OrderDetails] = {}
    for kind, of_kind in ids.items():
        details.update(await EFFECTS[kind].details(connection, of_kind))
    return [
        OrderView(
            **{**row._mapping, **holds.read(row.holds), "not_sent": not_sent.read(row.not_sent)},
            details=details.get(row.id),
        )
        for row in rows
    ]
