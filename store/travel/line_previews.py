"""What an order about an eSIM line would do, read before it is placed (T24, T39)."""

from sqlalchemy import and_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refusal
from models.fleet.inventory import IN_PLACE, SimState
from models.identifiers import parse_iccid
from models.people.callers import AllAccounts, Scope
from models.travel.kinds import AddLine, AddPlan, ReplaceLineEsim
from models.travel.line_views import LinePreview, ReplacePreview
from store.fleet.tables import SimRow
from store.scopes import within
from store.travel import facts
from store.travel.line_tables import EsimLineRow
from store.travel.offers import in_stock, in_stock_of
from store.travel.plans import plans
from store.travel.tables import TravelPlanRow, TravelStockRow

_IN_STOCK = select(TravelPlanRow.account_id, in_stock()).where(TravelPlanRow.id == bindparam("plan"))
_LINE = (
    select(EsimLineRow.name, SimRow.iccid)
    .outerjoin(SimRow, and_(SimRow.holder == EsimLineRow.subject, SimRow.state.in_(IN_PLACE)))
    .where(EsimLineRow.id == bindparam("line"))
)

_REPLACED = _LINE.with_only_columns(
    EsimLineRow.id.label("esim_line_id"),
    EsimLineRow.name.label("line_name"),
    SimRow.iccid,
    EsimLineRow.profile,
    in_stock_of(EsimLineRow.account_id, EsimLineRow.profile),
)


async def of_line(connection: AsyncConnection, what: AddLine) -> LinePreview:
    """The plan of a new line, the line's name, and the stock of the plan's profile."""
    stock = (await connection.execute(_IN_STOCK, {"plan": what.plan_id})).one()
    plan = await facts.plan(connection, stock.account_id, what.plan_id)
    assert plan is not None  # noqa: S101  just read
    return LinePreview(
        plan=(await plans(connection, AllAccounts(), chosen=(TravelPlanRow.id == what.plan_id,)))[0],
        line_name=plan.line_name(what.destinations),
        in_stock=stock.in_stock,
        complimentary=what.complimentary,
    )


async def of_plan(connection: AsyncConnection, what: AddPlan) -> LinePreview:
    """The plan that is added, and the line with its eSIM."""
    plan = (await plans(connection, AllAccounts(), chosen=(TravelPlanRow.id == what.plan_id,)))[0]
    line = (await connection.execute(_LINE, {"line": what.esim_line_id})).one()
    return LinePreview(plan=plan, line_name=line.name, esim_line_id=what.esim_line_id, iccid=line.iccid)


async def of_replacement(connection: AsyncConnection, what: ReplaceLineEsim) -> ReplacePreview:
    """The line with its present eSIM, and the stock of its profile."""
    row = (await connection.execute(_REPLACED, {"line": what.esim_line_id})).one()
    return ReplacePreview(**row._mapping)


async def why_on_no_line(connection: AsyncConnection, scope: Scope, text: str) -> Refusal | None:
    """Why the eSIM with this ICCID is on no line: it is in stock, or discarded (T24). None if there is
    no such eSIM.
    """
    try:
        iccid = parse_iccid(text)
    except ValueError:
        return None
    statement = (
        select(SimRow.state)
        .join(TravelStockRow, TravelStockRow.sim_id == SimRow.id)
        .where(SimRow.iccid == iccid, within(scope, SimRow.account_id))
    )
    state = await connection.scalar(statement)
    if state is None:
        return None
    return Refusal.of("line_without_esim" if state == SimState.DISCARDED else "esim_not_allocated")
