"""The eSIM lines of a subscriber with their eSIMs and plans (T13)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    case,
    func,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from models.fleet.inventory import SimState
from models.people.callers import OfAccount, Scope
from models.travel.subscriber_views import LineOfSubscriber, LineUnderWay, PlanOnLine
from store.fleet.tables import STATES_IN_PLACE, SimRow
from store.orders.tables import OPEN_STATUSES, OrderRow
from store.paging import among, built_once
from store.row import constants, now
from store.scopes import shaped, within
from store.travel.line_tables import EsimLineRow, PlanAssignmentRow, TravelOrderRow
from store.travel.plan_rows import life_of
from store.travel.tables import TravelPlanRow

_PLANS = (
    select(
        PlanAssignmentRow.id,
        PlanAssignmentRow.esim_line_id,
        PlanAssignmentRow.plan_id,
        TravelPlanRow.name.label("plan"),
        PlanAssignmentRow.countries,
        PlanAssignmentRow.data_bytes,
        PlanAssignmentRow.used_bytes,
        PlanAssignmentRow.assigned_at,
        PlanAssignmentRow.lapses_at,
        PlanAssignmentRow.started_at,
        PlanAssignmentRow.ends_at,
        PlanAssignmentRow.depleted_at,
        PlanAssignmentRow.revoked_at,
        PlanAssignmentRow.order_id,
        now().label("now"),
    )
    .join(TravelPlanRow, TravelPlanRow.id == PlanAssignmentRow.plan_id)
    .where(among(PlanAssignmentRow.esim_line_id, bindparam("lines", type_=ARRAY(BigInteger))))
    .order_by(PlanAssignmentRow.id)
)

_UNDER_WAY = (
    select(
        TravelOrderRow.order_id,
        TravelOrderRow.line_name,
        TravelPlanRow.name.label("plan"),
        TravelOrderRow.profile,
        OrderRow.placed_at,
        TravelOrderRow.waiting_since,
    )
    .join(OrderRow, OrderRow.id == TravelOrderRow.order_id)
    .join(TravelPlanRow, TravelPlanRow.id == TravelOrderRow.plan_id)
    .where(
        TravelOrderRow.subscriber_id == bindparam("subscriber"),
        TravelOrderRow.account_id == bindparam("account"),
        TravelOrderRow.esim_line_id.is_(None),
        OrderRow.status.in_(OPEN_STATUSES),
    )
    .order_by(OrderRow.placed_at, OrderRow.id)
)


async def lines_of(
    connection: AsyncConnection, account_id: int, subscriber_id: int
) -> tuple[LineOfSubscriber, ...]:
    """The eSIM lines of a subscriber, in the sequence in which they were added."""
    known = {"subscriber": subscriber_id, "account": account_id}
    rows = (await connection.execute(_of_subscriber(), known)).all()
    plans = await plans_on(connection, OfAccount(account_id), [row.id for row in rows])
    return tuple(LineOfSubscriber(**row._mapping, plans=plans.get(row.id, ())) for row in rows)


@cache
def _of_subscriber() -> Select[Any]:
    mine = (
        EsimLineRow.subscriber_id == bindparam("subscriber"),
        EsimLineRow.account_id == bindparam("account"),
    )
    return select_lines().where(*mine).order_by(EsimLineRow.id)


async def under_way(
    connection: AsyncConnection, account_id: int, subscriber_id: int
) -> tuple[LineUnderWay, ...]:
    """The open orders that add a line to a subscriber and have no eSIM yet, in the sequence of placing."""
    rows = await connection.execute(_UNDER_WAY, {"subscriber": subscriber_id, "account": account_id})
    return tuple(LineUnderWay(**row._mapping) for row in rows)


async def plans_on(
    connection: AsyncConnection, scope: Scope, lines: Sequence[int]
) -> Mapping[int, tuple[PlanOnLine, ...]]:
    """The plans on these eSIM lines, by line, in the sequence in which they were assigned."""
    on_line: dict[int, list[PlanOnLine]] = defaultdict(list)
    if lines:
        shape, known = shaped(scope)
        for row in await connection.execute(_plans(shape), {**known, "lines": list(lines)}):
            on_line[row.esim_line_id].append(_plan(row))
    return {line: tuple(plans) for line, plans in on_line.items()}


@built_once
def _plans(scope: Scope) -> Select[*tuple[Any, ...]]:
    return _PLANS.where(within(scope, PlanAssignmentRow.account_id))


@cache
def select_lines() -> Select[Any]:
    """The eSIM lines with their eSIM and open order, as a statement that can be narrowed."""
    in_place, temporary = aliased(SimRow), aliased(SimRow)

    def esim(column: str) -> Any:
        return case((in_place.id.is_not(None), getattr(in_place, column)), else_=getattr(temporary, column))

    lines = select(
        EsimLineRow.id,
        EsimLineRow.name,
        EsimLineRow.profile,
        EsimLineRow.complimentary,
        EsimLineRow.added_at,
        EsimLineRow.installed_at,
        EsimLineRow.suspended_at,
        EsimLineRow.ended_at,
        esim("id").label("sim_id"),
        esim("iccid").label("iccid"),
        esim("state").label("sim_state"),
        func.coalesce(
            _open_order(OrderRow.subject == EsimLineRow.subject),
            _open_order(OrderRow.id == EsimLineRow.order_id),
        ).label("open_order"),
    ).select_from(EsimLineRow)
    # one join for each index of a SIM by its holder
    return lines.outerjoin(
        in_place, and_(in_place.holder == EsimLineRow.subject, in_place.state.in_(STATES_IN_PLACE))
    ).outerjoin(
        temporary,
        and_(temporary.holder == EsimLineRow.subject, temporary.state.in_(constants([SimState.TEMPORARY]))),
    )


def _open_order(which: ColumnElement[bool]) -> ScalarSelect[str]:
    return (
        select(OrderRow.id)
        .where(which, OrderRow.status.in_(OPEN_STATUSES))
        .correlate(EsimLineRow)
        .scalar_subquery()
    )


def _plan(row: Any) -> PlanOnLine:
    cells = {name: value for name, value in row._mapping.items() if name in PlanOnLine.model_fields}
    return PlanOnLine(**cells, state=life_of(row).state(row.now))
