"""The audit: events joined with the origins of the calls that made them, page by page (A17)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    Text,
    and_,
    case,
    cast,
    column,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from models.events import Audience
from models.operations.audit import PLATFORM, AuditEntry
from models.operations.jobs import OF_TRAVEL
from models.paging import Page, Wanted
from models.people.callers import OPERATOR, OfAccount, Scope
from store.event_table import EventRow, Xid8
from store.events import Cursor
from store.orders.tables import OrderRow
from store.origins import OriginRow
from store.people.tables import AccountRow, ApiKeyRow
from store.scopes import travel_order, within
from store.travel.tables import TravelStockRow

_PLACE = (EventRow.epoch, EventRow.xid, EventRow.id)
_OF_TRAVEL = ("esim_line:", "subscriber:", "travel_plan:", "stock:", "travel-")
"""How references to records of travel eSIMs begin; their orders and SIMs are looked up."""
_KEYS_OF_PLATFORM = select(func.concat("K-", ApiKeyRow.id)).where(ApiKeyRow.account_id.is_(None))
_ENTRIES: Select[Any] = (
    select(
        EventRow.epoch,
        cast(EventRow.xid, Text).label("xid"),
        EventRow.id,
        EventRow.at,
        AccountRow.name.label("account"),
        EventRow.type,
        EventRow.actor,
        EventRow.about,
        EventRow.data,
        OriginRow.surface,
        OriginRow.session,
        OriginRow.address,
        OriginRow.request_id,
        and_(OriginRow.surface == "api", OriginRow.session.in_(_KEYS_OF_PLATFORM)).label("platform_key"),
    )
    .outerjoin(OriginRow, OriginRow.id == EventRow.origin_id)
    .outerjoin(AccountRow, AccountRow.id == EventRow.account_id)
    .order_by(*(column.desc() for column in _PLACE))
)


@dataclass(frozen=True)
class AuditFilter:
    """Which entries are wanted; None: any."""

    actor: str | None = None
    about: str | None = None
    type: str | None = None
    """A type such as `order.submitted`, or what several begin with, such as `order`."""
    since: datetime | None = None
    until: datetime | None = None


async def entries(
    connection: AsyncConnection, scope: Scope, chosen: AuditFilter, wanted: Wanted, *, everything: bool
) -> Page[AuditEntry]:
    """The entries of the scope, newest first. Raises `Refused` (`page_cursor_invalid`).

    Unless `everything`, only what an account may see (`Audience`), without the sessions and addresses of the
    platform's own staff and its API keys.
    """
    found = _ENTRIES.where(within(scope, EventRow.account_id), *_conditions(chosen))
    if not everything:
        found = found.where(EventRow.audience == Audience.ACCOUNT)
    if isinstance(scope, OfAccount) and not scope.travel:
        found = found.where(not_(_about_travel()))
    if wanted.after is not None:
        found = found.where(tuple_(*_PLACE) < _place(wanted))
    if wanted.limit is not None:
        found = found.limit(wanted.limit + 1)
    rows = list(await connection.execute(found))
    shown = [_entry(row, everything=everything) for row in rows[: wanted.limit]]
    return Page(shown, (shown[-1].id,) if len(rows) > len(shown) else None)


def _conditions(chosen: AuditFilter) -> Iterator[ColumnElement[bool]]:
    if chosen.actor is not None:
        yield EventRow.actor == chosen.actor
    if chosen.about is not None:
        yield EventRow.about.contains([chosen.about])
    if chosen.type is not None:
        several = EventRow.type.startswith(f"{chosen.type}.", autoescape=True)
        yield or_(EventRow.type == chosen.type, several)
    if chosen.since is not None:
        yield EventRow.at >= chosen.since
    if chosen.until is not None:
        yield EventRow.at < chosen.until


def _place(wanted: Wanted) -> Any:
    """The last entry that was shown, as a value of the sort keys."""
    try:
        (last,) = wanted.after or ()
        cursor = Cursor.parse(str(last))
    except (Refused, ValueError):
        raise Refused.because("page_cursor_invalid") from None
    xid = cast(literal(str(cursor.xid), Text), Xid8())
    return tuple_(literal(cursor.epoch, BigInteger), xid, literal(cursor.id, BigInteger))


def _about_travel() -> ColumnElement[bool]:
    """Whether an entry is about travel eSIMs, which exist for the staff alone that may see them (T1)."""
    named: Any = func.unnest(EventRow.about).table_valued(column("reference", String))
    named = named.render_derived(name="named")
    reference = named.c.reference
    sim_id = case(
        (reference.startswith("sim:"), cast(func.substr(reference, len("sim:") + 1), BigInteger)), else_=None
    )
    of_order = exists().where(OrderRow.id == reference, travel_order(OrderRow.kind))
    of_sim = exists().where(TravelStockRow.sim_id == sim_id)
    of_job = and_(EventRow.type.startswith("job."), EventRow.data["kind"].astext.in_(OF_TRAVEL))
    begins = or_(*(reference.startswith(beginning) for beginning in _OF_TRAVEL))
    return or_(of_job, exists().select_from(named).where(or_(begins, of_order, of_sim)))


def _entry(row: Any, *, everything: bool) -> AuditEntry:
    """`everything`: also the session and the address of the platform's staff and of its keys, with which it
    acts as a user, too.
    """
    shown = everything or (row.actor != OPERATOR and not row.platform_key)
    session = PLATFORM if row.platform_key else None
    return AuditEntry(
        id=str(Cursor(row.epoch, int(row.xid), row.id)),
        at=row.at,
        account=row.account,
        type=row.type,
        actor=row.actor,
        about=tuple(row.about),
        data=row.data,
        surface=row.surface,
        session=row.session if shown else session,
        address=row.address if shown else None,
        request_id=row.request_id,
    )
