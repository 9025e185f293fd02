"""The rows of orders about travel eSIMs: the eSIM from stock, the line, the plan, within a step."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Integer,
    Numeric,
    String,
    and_,
    bindparam,
    case,
    cast,
    false,
    func,
    insert,
    null,
    select,
    true,
    type_coerce,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from models.fleet.inventory import IN_PLACE, SimState
from models.identifiers import order_notification_id
from models.people.callers import By
from models.travel.volumes import MB
from store.codes import notifications
from store.codes.tables import QrVersionRow
from store.fleet.tables import SimRow
from store.orders.locked_order import LockedOrder
from store.row import now
from store.travel.line_tables import EsimLineRow, PlanAssignmentRow, TravelOrderRow
from store.travel.settling import NOT_ENDED
from store.travel.tables import SubscriberRow, TravelPlanRow, TravelStockRow

_OF_ORDER = TravelOrderRow.order_id == bindparam("order")
_READ = select(
    TravelOrderRow.subscriber_id,
    TravelOrderRow.esim_line_id,
    TravelOrderRow.plan_id,
    TravelOrderRow.profile,
    TravelOrderRow.replaced_sim_id,
).where(_OF_ORDER)
_replaced = aliased(SimRow)
DETAILS = (
    select(
        TravelOrderRow.order_id,
        TravelOrderRow.subscriber_id,
        TravelOrderRow.esim_line_id,
        TravelOrderRow.line_name,
        TravelOrderRow.plan_id,
        TravelPlanRow.name.label("plan"),
        TravelOrderRow.profile,
        TravelOrderRow.destinations,
        TravelOrderRow.complimentary,
        TravelOrderRow.reason,
        TravelOrderRow.replaced_sim_id,
        _replaced.iccid.label("replaced_iccid"),
        TravelOrderRow.waiting_since,
    )
    .outerjoin(TravelPlanRow, TravelPlanRow.id == TravelOrderRow.plan_id)
    .outerjoin(_replaced, _replaced.id == TravelOrderRow.replaced_sim_id)
)
"""What `TravelOrderDetails` says of orders."""
_RESERVED = (
    select(SimRow.id, SimRow.iccid, type_coerce(NOT_ENDED, NOT_ENDED.type).label("not_ended"))
    .join(TravelStockRow, TravelStockRow.sim_id == SimRow.id)
    .where(TravelStockRow.order_id == bindparam("order"), SimRow.state == SimState.IN_STOCK)
    .with_for_update(of=SimRow, key_share=True)
)
_REVEALED = (
    select(SimRow.id, SimRow.iccid)
    .join(TravelStockRow, TravelStockRow.sim_id == SimRow.id)
    .where(
        TravelStockRow.order_id == bindparam("order"),
        TravelStockRow.revealed_at.is_not(None),
        SimRow.state == SimState.IN_STOCK,
    )
    .with_for_update(of=SimRow, key_share=True)
)
_TEMPORARY = (
    select(SimRow.id, SimRow.iccid)
    .where(SimRow.order_id == bindparam("order"), SimRow.state == SimState.TEMPORARY)
    .with_for_update(key_share=True)
)
_ESIMS = (
    select(SimRow.id, SimRow.iccid, SimRow.state)
    .where(SimRow.holder == bindparam("subject"))
    .order_by(SimRow.id)
    .with_for_update(key_share=True)
)
_ADD_LINE = (
    insert(EsimLineRow)
    .from_select(
        ["account_id", "subscriber_id", "name", "profile", "complimentary", "order_id"],
        select(
            TravelOrderRow.account_id,
            TravelOrderRow.subscriber_id,
            TravelOrderRow.line_name,
            TravelOrderRow.profile,
            TravelOrderRow.complimentary,
            TravelOrderRow.order_id,
        ).where(_OF_ORDER),
        include_defaults=False,
    )
    .returning(EsimLineRow.id)
)
_OF_LINE = update(TravelOrderRow).where(_OF_ORDER).values(esim_line_id=bindparam("line"))
_MAKE_TEMPORARY = (
    update(SimRow)
    .where(SimRow.id == bindparam("sim"), SimRow.state == SimState.IN_STOCK)
    .values(state=SimState.TEMPORARY, holder=bindparam("of_line"), order_id=bindparam("order"))
    .returning(SimRow.id)
)
_suspended = (
    select(EsimLineRow.id)
    .where(EsimLineRow.subject == SimRow.holder, EsimLineRow.suspended_at.is_not(None))
    .correlate(SimRow)
    .exists()
)
_ACTIVATE = (
    update(SimRow)
    .where(SimRow.id == bindparam("sim"), SimRow.state == SimState.TEMPORARY)
    .values(state=case((_suspended, SimState.SUSPENDED.value), else_=SimState.ACTIVE.value))
    .returning(SimRow.id)
)
_RENEW = (
    update(EsimLineRow)
    .where(EsimLineRow.id == TravelOrderRow.esim_line_id, _OF_ORDER)
    .values(esim_since=now(), installed_at=null(), ended_at=null(), returned=false())
)
_PUT_BACK = (
    update(SimRow)
    .where(SimRow.order_id == bindparam("order"), SimRow.state == SimState.TEMPORARY)
    .values(state=SimState.IN_STOCK, holder=null(), order_id=null())
    .returning(SimRow.id)
)
_END_LINE = (
    update(EsimLineRow)
    .where(EsimLineRow.order_id == bindparam("order"))
    .values(ended_at=now(), returned=true())
)
_terms = TravelOrderRow.terms
_months = func.make_interval(0, cast(_terms["shelf_life_months"].astext, Integer))
_utc = func.timezone("UTC", now())
_countries = func.array(
    select(func.jsonb_array_elements_text(_terms["countries"])).correlate(TravelOrderRow).scalar_subquery(),
    type_=ARRAY(String),
)
_ASSIGN = (
    insert(PlanAssignmentRow)
    .from_select(
        [
            *("account_id", "esim_line_id", "plan_id", "order_id", "countries", "data_bytes", "price"),
            *("currency", "lapses_at"),
        ],
        select(
            TravelOrderRow.account_id,
            TravelOrderRow.esim_line_id,
            TravelOrderRow.plan_id,
            TravelOrderRow.order_id,
            _countries,
            cast(_terms["data_mb"].astext, BigInteger) * MB,
            cast(_terms["price"].astext, Numeric(9, 2)),
            _terms["currency"].astext,
            func.timezone("UTC", _utc + _months),
        ).where(_OF_ORDER),
        include_defaults=False,
    )
    .returning(PlanAssignmentRow.id)
)
_CODE = (
    select(QrVersionRow.id, SubscriberRow.email)
    .join(
        TravelOrderRow,
        and_(TravelOrderRow.account_id == QrVersionRow.account_id, _OF_ORDER),
    )
    .join(SubscriberRow, SubscriberRow.id == TravelOrderRow.subscriber_id)
    .where(QrVersionRow.sim_id == bindparam("sim"), QrVersionRow.current)
)


@dataclass(frozen=True)
class LineEsims:
    """The eSIMs of a line, which are locked."""

    in_place: Any = None
    temporary: Any = None


async def read(connection: AsyncConnection, order_id: str) -> Any:
    """The order's own row."""
    return (await connection.execute(_READ, {"order": order_id})).one()


async def lock_reserved(connection: AsyncConnection, order_id: str) -> Any:
    """Lock the eSIM in stock that is reserved for the order; None if there is none."""
    return (await connection.execute(_RESERVED, {"order": order_id})).one_or_none()


async def lock_revealed(connection: AsyncConnection, order_id: str) -> Any:
    """Lock the eSIM in stock that is reserved for the order, if its code was revealed; else None."""
    return (await connection.execute(_REVEALED, {"order": order_id})).one_or_none()


async def lock_temporary(connection: AsyncConnection, order_id: str) -> Any:
    """Lock the temporary eSIM of the order; None if there is none."""
    return (await connection.execute(_TEMPORARY, {"order": order_id})).one_or_none()


async def lock_esims(connection: AsyncConnection, subject: str) -> LineEsims:
    """Lock the eSIMs of a line: the one in place and the temporary one."""
    rows = (await connection.execute(_ESIMS, {"subject": subject})).all()
    return LineEsims(
        in_place=next((row for row in rows if row.state in IN_PLACE), None),
        temporary=next((row for row in rows if row.state == SimState.TEMPORARY), None),
    )


async def add_line(connection: AsyncConnection, order_id: str) -> int:
    """Add the line of the order; its id."""
    line_id = int((await connection.execute(_ADD_LINE, {"order": order_id})).scalar_one())
    await connection.execute(_OF_LINE, {"order": order_id, "line": line_id})
    return line_id


async def make_temporary(connection: AsyncConnection, order_id: str, sim_id: int, holder: str) -> None:
    """The eSIM leaves the stock for this line."""
    which = {"order": order_id, "sim": sim_id, "of_line": holder}
    (await connection.execute(_MAKE_TEMPORARY, which)).one()


async def activate(connection: AsyncConnection, sim_id: int) -> None:
    """The temporary eSIM is in place on its line: active, or suspended as the line is."""
    (await connection.execute(_ACTIVATE, {"sim": sim_id})).one()


async def renew_line(connection: AsyncConnection, order_id: str) -> None:
    """The line has a new eSIM, which no phone has installed yet."""
    await connection.execute(_RENEW, {"order": order_id})


async def put_back(connection: AsyncConnection, order_id: str) -> int | None:
    """The temporary eSIM of a cancelled order is in stock again, and a line that it was to bring has ended.
    Its id, if there was one. The profile is locked.
    """
    sim_id: int | None = (await connection.execute(_PUT_BACK, {"order": order_id})).scalar_one_or_none()
    await connection.execute(_END_LINE, {"order": order_id})
    return sim_id


async def assign(connection: AsyncConnection, order_id: str) -> int:
    """Assign the plan of the order to its line, as it was when it was ordered; the id of the assignment."""
    return int((await connection.execute(_ASSIGN, {"order": order_id})).scalar_one())


async def notify(connection: AsyncConnection, order: LockedOrder, sim_id: int) -> str | None:
    """Record the notification of the eSIM's code to its subscriber, which a step of the order itself sends;
    its id. None as long as the eSIM has no code, or the subscriber no address. Idempotent.
    """
    row = (await connection.execute(_CODE, {"order": order.id, "sim": sim_id})).one_or_none()
    if row is None or row.email is None:
        return None
    notification_id = order_notification_id(order.account_id, order.id)
    await notifications.create(
        connection,
        notification_id=notification_id,
        account_id=order.account_id,
        sim_id=sim_id,
        version_id=row.id,
        address=row.email,
        by=By(notifications.OFFERED_BY),
    )
    return notification_id
