"""Reads numbers with their agents and assignments: licence, eSIM, open order and holds (L8)."""

from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Interval,
    Select,
    and_,
    bindparam,
    cast,
    func,
    literal,
    or_,
    select,
    union,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from models.fleet.inventory import SimState
from models.licences.views import NumberView
from models.paging import MOST_COUNTED, WHOLE, Page, Wanted
from models.people.callers import Scope
from store.codes.tables import QrVersionRow
from store.fleet.tables import STATES_IN_PLACE, SimRow
from store.licences import history as history_of
from store.licences import unfinished_changes
from store.licences.billing_tables import BillingRow
from store.licences.facts import STATE, add_on_today
from store.licences.tables import AgentRow, LicenceRow, NumberChangeRow, NumberRow
from store.operations import holds
from store.orders.tables import OPEN_STATUSES, OrderNoteRow, OrderRow
from store.paging import among, built_once, by_account, most
from store.people.tables import AccountRow, DistributorRow, ProviderRow
from store.row import constants, has
from store.scopes import shaped, within

_Temporary = aliased(SimRow)
_SHOWN = (
    select(OrderRow.id)
    .where(
        OrderRow.subject == NumberRow.subject,
        or_(OrderRow.status.in_(OPEN_STATUSES), holds.is_held(OrderRow.id)),
    )
    .order_by(OrderRow.status.in_(OPEN_STATUSES).desc(), OrderRow.placed_at.desc())
    .limit(1)
    .correlate(NumberRow)
    .scalar_subquery()
)
"""The open order of a number, else the last one that is held, such as for the agent's address (L27)."""
_number, _order = aliased(NumberRow), aliased(OrderRow)
_WITH_HOLDS = union(
    select(_number.id)
    .join(_order, _order.subject == _number.subject)
    .where(_order.id.in_(holds.held_of("order-"))),
    select(NumberChangeRow.number_id).where(NumberChangeRow.id.in_(holds.held_of("number-change-"))),
)
HELD = and_(
    NumberRow.id.in_(_WITH_HOLDS),  # these few first, not each number with its joins
    or_(holds.is_held(OrderRow.id), unfinished_changes.HELD),
)
"""Whether that order, or a change of the number, is held, as a condition."""


async def numbers(
    connection: AsyncConnection,
    scope: Scope,
    kept: timedelta,
    *,
    chosen: tuple[ColumnElement[bool], ...] = (),
    wanted: Wanted = WHOLE,
) -> Page[NumberView]:
    """Numbers, sorted by account and phone number; deleted ones too, which are `kept` for some time."""
    shape, known = shaped(scope)
    statement = _listed(shape).where(*chosen) if chosen else _listed(shape)
    keys = by_account(scope, NumberRow.msisdn, NumberRow.id)
    rows = await keys.page(connection, statement, wanted, {**known, "kept": kept})
    return Page(await _with_unfinished(connection, [_view(row) for row in rows]), rows.following)


async def without_licence(connection: AsyncConnection, scope: Scope) -> tuple[ColumnElement[bool], ...]:
    """Whether a number uses no licence, as conditions of `numbers`: where few do, they are found first."""
    used = select(LicenceRow.id).where(LicenceRow.number_id == NumberRow.id).exists()
    some = select(NumberRow.id).where(within(scope, NumberRow.account_id), ~used).limit(most(MOST_COUNTED))
    ids = list(await connection.scalars(some))
    none = LicenceRow.id.is_(None)
    if len(ids) >= MOST_COUNTED:
        return (none,)
    return (none, among(NumberRow.id, literal(ids, ARRAY(BigInteger))))


@built_once
def _listed(scope: Scope) -> Select[Any]:
    return _numbers().where(within(scope, NumberRow.account_id))


async def number(
    connection: AsyncConnection, scope: Scope, number_id: int, kept: timedelta, *, history: bool = True
) -> NumberView:
    """One number with everything that happened to it; it must exist in the scope."""
    statement = _numbers().where(NumberRow.id == number_id, within(scope, NumberRow.account_id))
    row = (await connection.execute(statement, {"kept": kept})).one()
    (view,) = await _with_unfinished(connection, [_view(row)])
    if not history:
        return view
    return view.model_copy(update={"events": await history_of.of_number(connection, scope, number_id)})


async def _with_unfinished(connection: AsyncConnection, views: list[NumberView]) -> list[NumberView]:
    """The numbers with what changes of them have left to be done."""
    found = await unfinished_changes.of_numbers(connection, [view.id for view in views])
    return [view.model_copy(update={"unfinished_changes": found.get(view.id, ())}) for view in views]


def _columns() -> tuple[Any, ...]:
    code = select(QrVersionRow.id).where(QrVersionRow.sim_id == SimRow.id, QrVersionRow.current)
    recoverable_until = NumberRow.deleted_at + cast(bindparam("kept", type_=Interval), Interval)
    return (
        NumberRow.id,
        AccountRow.name.label("account"),
        NumberRow.msisdn,
        NumberRow.line_type,
        STATE.label("state"),
        ProviderRow.name.label("provider"),
        DistributorRow.name.label("distributor"),
        NumberRow.agent_id,
        AgentRow.name.label("agent"),
        LicenceRow.id.label("licence_id"),
        func.coalesce(add_on_today, LicenceRow.add_on).label("add_on"),
        SimRow.id.label("sim_id"),
        SimRow.state.label("sim_state"),
        SimRow.iccid,
        _Temporary.id.label("temporary_id"),
        has(code.correlate(SimRow)).label("code_known"),
        OrderRow.id.label("order_id"),
        OrderRow.status.in_(OPEN_STATUSES).label("order_open"),
        OrderRow.kind.label("order_kind"),
        OrderRow.status.label("order_status"),
        holds.of(OrderRow.id).label("holds"),
        NumberRow.suspended_at,
        OrderNoteRow.text.label("suspended_for"),
        NumberRow.deleted_at,
        recoverable_until.label("recoverable_until"),
    )


@cache
def _numbers() -> Select[Any]:
    return (
        select(*_columns())
        .join(AccountRow, AccountRow.id == NumberRow.account_id)
        .join(ProviderRow, ProviderRow.id == NumberRow.provider_id)
        .join(DistributorRow, DistributorRow.id == NumberRow.distributor_id)
        .outerjoin(AgentRow, AgentRow.id == NumberRow.agent_id)
        .outerjoin(LicenceRow, LicenceRow.number_id == NumberRow.id)
        .outerjoin(BillingRow, BillingRow.account_id == NumberRow.account_id)
        .outerjoin(SimRow, and_(SimRow.holder == NumberRow.subject, SimRow.state.in_(STATES_IN_PLACE)))
        .outerjoin(
            _Temporary,
            and_(
                _Temporary.holder == NumberRow.subject, _Temporary.state.in_(constants([SimState.TEMPORARY]))
            ),
        )
        .outerjoin(OrderRow, OrderRow.id == _SHOWN)
        .outerjoin(OrderNoteRow, OrderNoteRow.id == NumberRow.suspended_note_id)
    )


def _view(row: Any) -> NumberView:
    cells = dict(row._mapping)
    order_id, is_open = cells.pop("order_id"), cells.pop("order_open")
    held = holds.read(cells.pop("holds"))
    if not is_open:
        cells |= {"order_kind": None, "order_status": None}
    return NumberView(**cells, open_order=order_id if is_open else None, **held)
