"""Orders that were refused: they have no row, as their key is free again. The event of the newest refusal
keeps what was requested and why it was refused, so people can still read it.
"""

from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refusal
from models.orders.lifecycle import OrderStatus
from models.orders.placement import Placement
from models.orders.views import OrderView
from models.paging import Page, Wanted
from models.people.callers import Scope
from store.event_table import EventRow
from store.events import Happening
from store.orders.tables import OrderRow
from store.paging import Keys
from store.scopes import travel_order, within

REFUSED = "order.refused"
_ORDER_ID = EventRow.about[1]
_COLUMNS = (EventRow.id, EventRow.account_id, EventRow.about, EventRow.actor, EventRow.at, EventRow.data)


def happening(placement: Placement, reasons: tuple[Refusal, ...]) -> Happening:
    """The event of a refused order: what was requested, and why it was refused."""
    return REFUSED, {
        "codes": [reason.code for reason in reasons],
        "kind": placement.kind,
        "refusals": [reason.model_dump(mode="json") for reason in reasons],
        "what": placement.what.model_dump(mode="json"),
    }


async def find(connection: AsyncConnection, scope: Scope, order_id: str) -> OrderView | None:
    """The order with this id as it was last refused, without its events; None if it never was, and if the
    same key was accepted.
    """
    of_order = _refused(scope).where(EventRow.about.contains([order_id]))
    row = (await connection.execute(of_order.order_by(EventRow.id.desc()).limit(1))).one_or_none()
    return None if row is None else _view(row)


async def newest(
    connection: AsyncConnection, scope: Scope, *, subject: str | None, wanted: Wanted
) -> Page[OrderView]:
    """The orders that were refused last, each once, newest first and without their events."""
    once = _refused(scope).ext(distinct_on(_ORDER_ID)).order_by(_ORDER_ID, EventRow.id.desc())
    if subject is not None:
        once = once.where(EventRow.about.contains([subject]))
    each = once.subquery()
    return (await Keys(each.c.id, descending=True).page(connection, select(each), wanted)).of(_view)


def _refused(scope: Scope) -> Select[Any]:
    """A refused order has no distributor yet: no scope of a distributor holds it."""
    return select(*_COLUMNS).where(
        EventRow.type == REFUSED,
        within(scope, EventRow.account_id, travel=travel_order(EventRow.data["kind"].astext)),
        ~exists().where(OrderRow.id == _ORDER_ID),
    )


def _view(row: Any) -> OrderView:
    order_id, *subject = row.about
    return OrderView(
        id=order_id,
        account_id=row.account_id,
        kind=row.data["kind"],
        status=OrderStatus.REFUSED,
        subject=next(iter(subject), None),
        provider=None,
        distributor=None,
        placed_by=int(row.actor.partition(":")[2]),
        placed_at=row.at,
        status_since=row.at,
        held_reason=None,
        held_since=None,
        esim_id=None,
        iccid=None,
        cancel_reason=None,
        what=row.data["what"],
        refusals=tuple(Refusal(**reason) for reason in row.data["refusals"]),
    )
