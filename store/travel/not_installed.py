"""eSIMs that were never installed by the configured date: back to stock, or discarded (T40)."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import (
    ColumnElement,
    Interval,
    bindparam,
    exists,
    null,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from models.fleet.inventory import IN_PLACE, SimState
from models.orders.lifecycle import OPEN
from models.travel.profiles import Notice
from store import events
from store.codes import discard as codes
from store.fleet.tables import SimRow
from store.locks import lock_subject
from store.orders.tables import OrderRow
from store.row import now
from store.travel import due, notices, stock
from store.travel.line_tables import EsimLineRow
from store.travel.settling import NOTHING, Settled
from store.travel.tables import TravelStockRow

NOT_INSTALLED: tuple[ColumnElement[bool], ...] = (
    EsimLineRow.installed_at.is_(None),
    EsimLineRow.ended_at.is_(None),
    ~exists().where(OrderRow.subject == EsimLineRow.subject, OrderRow.status.in_(sorted(OPEN))),
    exists().where(SimRow.holder == EsimLineRow.subject, SimRow.state.in_(IN_PLACE)),
)
"""Whether the eSIM of a line is on no phone as far as is known, and no open order changes that."""
_OVERDUE = (*NOT_INSTALLED, EsimLineRow.esim_since <= now() - bindparam("within", type_=Interval))
_FIND = (
    select(EsimLineRow.id, EsimLineRow.account_id)
    .where(*_OVERDUE)
    .order_by(EsimLineRow.esim_since, EsimLineRow.id)
    .limit(bindparam("at_most"))
)
_STILL = select(EsimLineRow.profile).where(EsimLineRow.id == bindparam("line"), *_OVERDUE)
_ESIM = (
    select(SimRow.id, TravelStockRow.revealed_at)
    .join(TravelStockRow, TravelStockRow.sim_id == SimRow.id)
    .where(SimRow.holder == bindparam("subject"), SimRow.state.in_(IN_PLACE))
    .with_for_update()
)
_RETURN = (
    update(SimRow)
    .where(SimRow.id == bindparam("sim"))
    .values(state=SimState.IN_STOCK, holder=null(), order_id=null(), employee_id=null())
)
_FREE = update(TravelStockRow).where(TravelStockRow.sim_id == bindparam("sim")).values(order_id=null())
_END = (
    update(EsimLineRow)
    .where(EsimLineRow.id == bindparam("line"))
    .values(ended_at=now(), returned=bindparam("went_back"), suspended_at=null(), suspended_note_id=null())
)


async def find(connection: AsyncConnection, within: timedelta, at_most: int) -> list[tuple[int, int]]:
    """Lines whose eSIM was not installed within this time, and their accounts; the longest first."""
    rows = await connection.execute(_FIND, {"within": within, "at_most": at_most})
    return [(row.id, row.account_id) for row in rows]


@dataclass(frozen=True)
class Ended:
    """What the end of a line leads to, once it is committed."""

    settled: Settled = NOTHING
    request: str | None = None
    """The request for the QR code that ended with the line: its workflow is to be signalled."""


async def end(connection: AsyncConnection, line_id: int, account_id: int, within: timedelta) -> Ended | None:
    """End a line whose eSIM was never installed: the eSIM goes back to stock if its code was never revealed,
    else it is discarded. Its queued plans stay on the line, for another eSIM that replaces it (T28, T34); the
    subscriber is to be notified.

    None if it was installed meanwhile.
    """
    subject = f"esim_line:{line_id}"
    await lock_subject(connection, account_id, subject)
    profile = await connection.scalar(_STILL, {"line": line_id, "within": within})
    if profile is None:
        return None
    await stock.lock_profile(connection, account_id, profile)
    esim = (await connection.execute(_ESIM, {"subject": subject})).one()
    returned = esim.revealed_at is None
    if returned:
        request = await codes.revoke(connection, esim.id)
        await connection.execute(_RETURN, {"sim": esim.id})
        await connection.execute(_FREE, {"sim": esim.id})
    else:
        _, request = await codes.discard(connection, esim.id)
    await connection.execute(_END, {"line": line_id, "went_back": returned})
    happened: events.Happening = ("esim_line.ended", {"sim": esim.id, "returned": returned})
    await events.append(connection, account_id, (subject,), "system", happened)
    await notices.record(connection, account_id, Notice.NOT_INSTALLED, esim_line_id=line_id)
    await due.renew(connection, line_id, news=True)
    settled = await stock.changed(connection, account_id, profile) if returned else NOTHING
    return Ended(settled, request)
