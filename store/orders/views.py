"""Reads orders, also after their workflow has ended."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
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
    literal,
    null,
    select,
)
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
from store.fleet.tables import SimRow
from store.operations import holds, not_sent
from store.orders import conditions, follow_ups, refused
from store.orders.follow_ups import Pending
from store.orders.kinds import EFFECTS
from store.orders.notes import beginning_as_pattern, begins_as
from store.orders.scope import mine
from store.orders.tables import OPEN_STATUSES, OrderNoteRow, OrderRow
from store.paging import Keys, built_once
from store.people import reminder_schedules
from store.people.tables import DistributorRow, ProviderRow
from store.scopes import shaped

_NEWEST = Keys(OrderRow.placed_at, OrderRow.id, descending=True)


async def order(
    connection: AsyncConnection, scope: Scope, order_id: str, *, history: bool = True
) -> OrderView:
    """One order with everything that happened to it, also one that was refused. Raises `NotFound`."""
    shape, known = shaped(scope)
    row = (await connection.execute(_one(shape), {**known, "order": order_id})).one_or_none()
    views = await read(connection, [row]) if row else []
    view = views[0] if views else await refused.find(connection, scope, order_id)
    if view is None:
        raise unknown(order_id)
    if not history:
        return view
    return view.model_copy(update={"events": await events.of(connection, scope, order_id)})


async def placed(connection: AsyncConnection, scope: Scope, order_id: str, kind: str) -> OrderView:
    """As `order`, in one statement, of one that was accepted a moment ago: without what only later steps
    write, which are its events, holds and e-mails that were not sent.
    """
    shape, known = shaped(scope)
    row = (await connection.execute(_placed(shape, kind), {**known, "order": order_id})).one_or_none()
    if row is None:
        raise unknown(order_id)
    details = EFFECTS[kind].details
    return _view(row, details.read(row.details) if details else None)


async def orders(
    connection: AsyncConnection,
    scope: Scope,
    *,
    status: OrderStatus | None = None,
    open_only: bool = False,
    held: bool = False,
    incidents: bool = False,
    late_after: Mapping[OrderStatus, timedelta] | None = None,
    subject: str | None = None,
    purchase_reference: str | None = None,
    wanted: Wanted = WHOLE,
) -> Page[OrderView]:
    """The newest orders, without their events; refused ones only where that status is asked for.

    `purchase_reference`: how it begins, in any case. What was refused has kept none.
    """
    if status is OrderStatus.REFUSED:
        if open_only or held or incidents or late_after or purchase_reference is not None:
            return Page()
        return await refused.newest(connection, scope, subject=subject, wanted=wanted)
    shape, known = shaped(scope)
    narrowed = {"open_only": open_only, "held": held, "incidents": incidents, "of_one": subject is not None}
    narrowed |= {"late": late_after is not None, "referred": purchase_reference is not None}
    statement = _listed(shape, status=status, **narrowed)
    known |= conditions.periods(late_after or {})
    values = {"subject": subject, "begins": beginning_as_pattern(purchase_reference or "")}
    rows = await _NEWEST.page(connection, statement, wanted, {**known, **values})
    return Page(await read(connection, rows), rows.following)


async def of_ids(connection: AsyncConnection, scope: Scope, ids: Sequence[str]) -> list[OrderView]:
    """The orders with these ids that there are, newest first and without their events."""
    shape, known = shaped(scope)
    rows = await connection.execute(_of_ids(shape), {**known, "ids": list(ids)})
    return await read(connection, rows.all())


@built_once
def _one(scope: Scope) -> Select[*tuple[Any, ...]]:
    return selected(scope).where(OrderRow.id == bindparam("order"))


@built_once
def _placed(scope: Scope, kind: str) -> Select[*tuple[Any, ...]]:
    later: dict[str, ColumnElement[Any]] = {"holds": null(), "not_sent": null(), "incident": false()}
    columns = [each for each in _ORDERS.selected_columns if each.key not in later]
    columns += [value.label(name) for name, value in later.items()]
    if details := EFFECTS[kind].details:
        columns.append(details.column())
    return _one(scope).with_only_columns(*columns)


@built_once
def _of_ids(scope: Scope) -> Select[*tuple[Any, ...]]:
    chosen = OrderRow.id == any_(bindparam("ids", type_=ARRAY(String)))
    return selected(scope).where(chosen).order_by(OrderRow.placed_at.desc(), OrderRow.id.desc())


@built_once
def _listed(
    scope: Scope,
    *,
    status: OrderStatus | None,
    open_only: bool,
    held: bool,
    incidents: bool,
    of_one: bool,
    late: bool,
    referred: bool,
) -> Select[*tuple[Any, ...]]:
    chosen_of = (
        (status is not None, OrderRow.status == status),
        (open_only, OrderRow.status.in_(OPEN_STATUSES)),
        (incidents, conditions.incident()),
        (late, conditions.late()),
        (held, OrderRow.id.in_(holds.held_of("order-"))),
        (of_one, OrderRow.subject == bindparam("subject", type_=String)),
        (referred, and_(_ORDER_NOTE.account_id == OrderRow.account_id, begins_as(_ORDER_NOTE))),
    )
    return selected(scope).where(*(condition for chosen, condition in chosen_of if chosen))


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
        conditions.incident().label("incident"),
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


def selected(scope: Scope) -> Select[*tuple[Any, ...]]:
    """The orders in the scope, with all that `read` needs."""
    return _ORDERS.where(mine(scope))


async def read(connection: AsyncConnection, rows: Sequence[Any]) -> list[OrderView]:
    """The orders with the details of their kinds: one query for each kind there is among them."""
    ids: dict[str, list[str]] = {}
    for row in rows:
        ids.setdefault(row.kind, []).append(row.id)
    details: dict[str, OrderDetails] = {}
    for kind, of_kind in ids.items():
        if read_kind := EFFECTS[kind].details:
            details.update(await read_kind.of(connection, of_kind))
    return [_view(row, details.get(row.id)) for row in rows]


def _view(row: Any, details: OrderDetails | None) -> OrderView:
    also = {"not_sent": not_sent.read(row.not_sent), "details": details}
    return OrderView(**{**row._mapping, **holds.read(row.holds), **also})
