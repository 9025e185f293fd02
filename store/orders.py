"""Orders as they are read, and what a caller may still be told after an order's workflow has ended."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from models.errors import NotFound, Refusal, Refused
from models.identifiers import storable
from models.inventory import OrderView
from models.lifecycle import OPEN, OrderStatus
from models.orders import Acceptance
from store import events
from store.tables import (
    DeviceRow,
    DistributorRow,
    LineRow,
    OrderEventRow,
    OrderNoteRow,
    OrderRow,
    PackRow,
    ProviderRow,
    SimRow,
)

PROCESSED_AFTER_CANCELLED = "incident.processed_after_cancelled"
_LONGEST_NOTE = 2000


async def order(connection: AsyncConnection, order_id: str) -> OrderView:
    """One order with everything that happened to it. Raises `NotFound`."""
    row = (await connection.execute(_orders().where(OrderRow.id == order_id))).one_or_none()
    if row is None:
        raise unknown(order_id)
    return _view(row, events=await events.of_order(connection, order_id))


async def orders(
    connection: AsyncConnection,
    *,
    status: OrderStatus | None = None,
    open_only: bool = False,
    held: bool = False,
    incidents: bool = False,
    line_id: int | None = None,
    account_id: int | None = None,
    limit: int = 100,
) -> list[OrderView]:
    """The newest orders, without their events."""
    statement = _orders().order_by(OrderRow.placed_at.desc(), OrderRow.id).limit(limit)
    if status is not None:
        statement = statement.where(OrderRow.status == status)
    if open_only:
        statement = statement.where(OrderRow.status.in_(OPEN))
    if incidents:
        statement = statement.where(_incident())
    if held:
        statement = statement.where(OrderRow.held_reason.is_not(None))
    if line_id is not None:
        statement = statement.where(OrderRow.line_id == line_id)
    if account_id is not None:
        statement = statement.where(OrderRow.account_id == account_id)
    return [_view(row) for row in await connection.execute(statement)]


_ACCEPTANCE = select(
    OrderRow.id, OrderRow.status, OrderRow.kind, OrderRow.line_id, OrderRow.pack_id, OrderRow.refusals
).where(OrderRow.id == bindparam("order_id"))


async def acceptance(connection: AsyncConnection, order_id: str) -> Acceptance | None:
    """How the order was answered when it was placed; None where it is not known."""
    row = (await connection.execute(_ACCEPTANCE, {"order_id": order_id})).one_or_none()
    if row is None:
        return None
    return Acceptance(
        order_id=row.id,
        status=row.status,
        kind=row.kind,
        line_id=row.line_id,
        pack_id=row.pack_id,
        refusals=tuple(Refusal(**reason) for reason in row.refusals),
    )


async def add_note(connection: AsyncConnection, order_id: str, text: str) -> int:
    """Keep free text about an order, and return its id, which may travel where the text may not (W6).

    Raises `NotFound`, or `Refused` (`note_invalid`).
    """
    if len(text) > _LONGEST_NOTE or not storable(text):
        raise Refused.because("note_invalid", characters=_LONGEST_NOTE)
    known = await connection.execute(select(OrderRow.id).where(OrderRow.id == order_id))
    if known.one_or_none() is None:
        raise unknown(order_id)
    added = await connection.execute(
        insert(OrderNoteRow).values(order_id=order_id, text=text).returning(OrderNoteRow.id)
    )
    return int(added.scalar_one())


async def is_open(connection: AsyncConnection, order_id: str) -> bool:
    """Whether the order still has a way to go. Raises `NotFound`."""
    status = (
        await connection.execute(select(OrderRow.status).where(OrderRow.id == order_id))
    ).scalar_one_or_none()
    if status is None:
        raise unknown(order_id)
    return status in OPEN


def unknown(order_id: str) -> NotFound:
    """Say that there is no such order."""
    return NotFound.because("unknown_order", order=order_id)


def _incident() -> ColumnElement[bool]:
    kept = select(OrderEventRow.id).where(
        OrderEventRow.order_id == OrderRow.id, OrderEventRow.type == PROCESSED_AFTER_CANCELLED
    )
    # only a cancelled order can have one: the events of others are not looked at
    return and_(OrderRow.status == OrderStatus.CANCELLED, kept.exists())


def _orders() -> Select[*tuple[Any, ...]]:
    esim, in_place = aliased(SimRow), aliased(SimRow)
    return (
        select(
            OrderRow.id,
            OrderRow.account_id,
            OrderRow.kind,
            OrderRow.status,
            OrderRow.line_id,
            LineRow.msisdn,
            DeviceRow.name.label("device"),
            LineRow.slot,
            ProviderRow.name.label("provider"),
            DistributorRow.name.label("distributor"),
            PackRow.name.label("pack"),
            OrderRow.pack_id,
            OrderRow.placed_by,
            OrderRow.placed_at,
            OrderRow.status_since,
            OrderRow.held_reason,
            OrderRow.held_since,
            OrderRow.sim_in_place_id,
            in_place.iccid.label("iccid_in_place"),
            OrderRow.esim_id,
            esim.iccid.label("iccid"),
            OrderNoteRow.text.label("cancel_reason"),
            OrderRow.refusals,
            _incident().label("incident"),
        )
        .join(LineRow, LineRow.id == OrderRow.line_id)
        .join(DeviceRow, DeviceRow.id == LineRow.device_id)
        .join(ProviderRow, ProviderRow.id == LineRow.provider_id)
        .join(PackRow, PackRow.id == OrderRow.pack_id)
        .join(DistributorRow, DistributorRow.id == PackRow.distributor_id)
        .outerjoin(in_place, in_place.id == OrderRow.sim_in_place_id)
        .outerjoin(esim, esim.id == OrderRow.esim_id)
        .outerjoin(OrderNoteRow, OrderNoteRow.id == OrderRow.cancel_note_id)
    )


def _view(row: Any, **more: Any) -> OrderView:
    known = dict(row._mapping)
    return OrderView(**known, **more)
