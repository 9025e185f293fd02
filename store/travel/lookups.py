"""Find the eSIM line or the plan on one that a person typed; what is outside the scope is not found."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound
from models.fleet.inventory import SimState
from models.identifiers import parse_iccid, parse_reference
from models.orders.lifecycle import OrderStatus
from models.people.callers import Scope
from store.fleet.tables import SimRow
from store.orders.tables import OrderRow
from store.scopes import require_travel, within
from store.travel.line_tables import EsimLineRow, PlanAssignmentRow, TravelOrderRow
from store.travel.tables import TravelStockRow


@dataclass(frozen=True)
class EsimLineKey:
    """An eSIM line that was found."""

    id: int
    account_id: int

    @property
    def subject(self) -> str:
        """The reference that orders and SIMs have to the line: `esim_line:9`."""
        return f"esim_line:{self.id}"


@dataclass(frozen=True)
class AssignmentKey:
    """A plan on an eSIM line that was found."""

    id: int
    line: EsimLineKey


@dataclass(frozen=True)
class ReportedLine:
    """The eSIM line that a report is about."""

    line: EsimLineKey
    until: datetime | None = None
    """Until when the eSIM was on the line; None where it still is, or where the line is named by its id."""


_LINE = select(EsimLineRow.id, EsimLineRow.account_id)
_LEFT_LINE = (
    select(EsimLineRow.id, EsimLineRow.account_id, SimRow.discarded_at)
    .join(TravelStockRow, TravelStockRow.sim_id == SimRow.id)
    .join(OrderRow, OrderRow.id == TravelStockRow.order_id)
    .outerjoin(TravelOrderRow, TravelOrderRow.order_id == OrderRow.id)
    .join(
        EsimLineRow, or_(EsimLineRow.id == TravelOrderRow.esim_line_id, EsimLineRow.order_id == OrderRow.id)
    )
    .where(SimRow.state == SimState.DISCARDED, OrderRow.status == OrderStatus.PROCESSED)
)
"""The discarded eSIMs with the lines that they were on: their order has put them there."""


async def find_esim_line(connection: AsyncConnection, scope: Scope, text: str) -> EsimLineKey:
    """The eSIM line with this id (`EL-9`, `9`), or with the eSIM of this ICCID.

    Raises `NotFound` (`unknown_esim_line`).
    """
    require_travel(scope)
    number = parse_reference("EL", text)
    chosen: ColumnElement[bool]
    if number is not None:
        chosen = EsimLineRow.id == number
    else:
        try:
            iccid = parse_iccid(text)
        except ValueError:
            raise NotFound.because("unknown_esim_line") from None
        chosen = EsimLineRow.subject == select(SimRow.holder).where(SimRow.iccid == iccid).scalar_subquery()
    row = (await connection.execute(_LINE.where(chosen, within(scope, EsimLineRow.account_id)))).one_or_none()
    if row is None:
        raise NotFound.because("unknown_esim_line")
    return EsimLineKey(*row)


async def find_reported_line(connection: AsyncConnection, scope: Scope, text: str) -> ReportedLine:
    """The eSIM line that a report is about, as `find_esim_line`; also by the ICCID of an eSIM that was
    replaced since, as reports may arrive late (T31, T34). Raises `NotFound` (`unknown_esim_line`).
    """
    try:
        return ReportedLine(await find_esim_line(connection, scope, text))
    except NotFound:
        left = await _left_line(connection, scope, text)
        if left is None:
            raise
        return left


async def _left_line(connection: AsyncConnection, scope: Scope, text: str) -> ReportedLine | None:
    try:
        iccid = parse_iccid(text)
    except ValueError:
        return None
    mine = _LEFT_LINE.where(SimRow.iccid == iccid, within(scope, EsimLineRow.account_id))
    row = (await connection.execute(mine)).one_or_none()
    return None if row is None else ReportedLine(EsimLineKey(row.id, row.account_id), row.discarded_at)


async def find_assignment(connection: AsyncConnection, scope: Scope, text: str) -> AssignmentKey:
    """The plan on an eSIM line with this id (`PA-7`, `7`). Raises `NotFound` (`unknown_plan_on_line`)."""
    require_travel(scope)
    number = parse_reference("PA", text)
    if number is None:
        raise NotFound.because("unknown_plan_on_line")
    statement = select(PlanAssignmentRow.esim_line_id, PlanAssignmentRow.account_id).where(
        PlanAssignmentRow.id == number, within(scope, PlanAssignmentRow.account_id)
    )
    row = (await connection.execute(statement)).one_or_none()
    if row is None:
        raise NotFound.because("unknown_plan_on_line")
    return AssignmentKey(number, EsimLineKey(row.esim_line_id, row.account_id))
