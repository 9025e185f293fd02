"""The audit: events joined with the origins of the calls that made them, page by page (A17)."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Select,
    String,
    Text,
    and_,
    cast,
    column,
    func,
    literal,
    not_,
    select,
    true,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound, Refused
from models.events import EVENT_TYPES, Audience
from models.feed import Cursor
from models.operations.audit import PLATFORM, AuditEntry
from models.paging import Page, Wanted
from models.people.callers import OPERATOR, OfAccount, Scope
from store.event_scopes import about_travel
from store.event_table import EventRow, Xid8
from store.origins import OriginRow
from store.paging import most
from store.people.tables import AccountRow, ApiKeyRow
from store.scopes import within

_PLACE = (EventRow.epoch, EventRow.xid, EventRow.id)
_NEWEST_FIRST = tuple(column.desc() for column in _PLACE)
_LONGEST = timedelta(hours=1)
"""Longer than a transaction takes from its first change to its last entry."""
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
    .order_by(*_NEWEST_FIRST)
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
    session: str | None = None
    """An API key, `K-7`, or a session, `SE-12`."""
    address: str | None = None
    """The IP address of the calls."""


async def entries(
    connection: AsyncConnection, scope: Scope, chosen: AuditFilter, wanted: Wanted, *, everything: bool
) -> Page[AuditEntry]:
    """The entries of the scope, newest first. Raises `Refused` (`page_cursor_invalid`).

    Unless `everything`, only what an account may see (`Audience`), without the sessions and addresses of the
    platform's own staff and its API keys.
    """
    conditions = [*_seen(scope, everything=everything), *_conditions(chosen)]
    conditions += _of_origin(chosen, everything=everything)
    conditions += [edge async for edge in _edges(connection, scope, chosen)]
    if wanted.after is not None:
        conditions.append(tuple_(*_PLACE) < _place(wanted))
    rows = list(await connection.execute(_listed(scope, chosen, conditions, wanted)))
    shown = [_entry(row, everything=everything) for row in rows[: wanted.limit]]
    return Page(shown, (shown[-1].id,) if len(rows) > len(shown) else None)


async def entry(connection: AsyncConnection, scope: Scope, entry_id: str, *, everything: bool) -> AuditEntry:
    """One entry by its id. Raises `NotFound` (`unknown_event`)."""
    try:
        place = Cursor.parse(entry_id)
    except Refused:
        raise NotFound.because("unknown_event") from None
    same = tuple_(*_PLACE) == _place_of(place.epoch, str(place.xid), place.id)
    row = (await connection.execute(_ENTRIES.where(same, *_seen(scope, everything=everything)))).one_or_none()
    if row is None:
        raise NotFound.because("unknown_event")
    return _entry(row, everything=everything)


def _seen(scope: Scope, *, everything: bool) -> Iterator[ColumnElement[bool]]:
    """What the scope may see."""
    yield within(scope, EventRow.account_id)
    if not everything:
        yield EventRow.audience == Audience.ACCOUNT
    if isinstance(scope, OfAccount) and not scope.travel:
        yield not_(about_travel())


def _of_origin(chosen: AuditFilter, *, everything: bool) -> Iterator[ColumnElement[bool]]:
    """The calls that are wanted. Those whose session and address are not shown are not found by them."""
    if chosen.session is None and chosen.address is None:
        return
    calls = select(OriginRow.id)
    if chosen.session is not None:
        calls = calls.where(OriginRow.session == chosen.session)
    if chosen.address is not None:
        calls = calls.where(OriginRow.address == chosen.address)
    if not everything:
        yield EventRow.actor != OPERATOR
        calls = calls.where(
            not_(and_(OriginRow.surface == "api", OriginRow.session.in_(_KEYS_OF_PLATFORM.correlate(None))))
        )
    yield EventRow.origin_id.in_(calls.correlate(None))


def _listed(
    scope: Scope, chosen: AuditFilter, conditions: list[ColumnElement[bool]], wanted: Wanted
) -> Select[Any]:
    """The entries that fulfil the conditions, with one more than wanted."""
    if wanted.limit is None:
        return _ENTRIES.where(*conditions, *_of_type(chosen))
    few = most(wanted.limit + 1)
    if chosen.type is None or not isinstance(scope, OfAccount):
        return _ENTRIES.where(*conditions, *_of_type(chosen)).limit(few)
    # the newest of each type, in the sequence of an index, then the newest of these
    types: Any = func.unnest(literal(_types(chosen.type), ARRAY(String))).table_valued(column("type", String))
    types = types.render_derived(name="types")
    newest = select(*_PLACE).where(EventRow.type == types.c.type, *conditions).order_by(*_NEWEST_FIRST)
    of_type = newest.limit(few).correlate(types).lateral("of_type")
    found = select(of_type.c.id).select_from(types.join(of_type, true()))
    found = found.order_by(of_type.c.epoch.desc(), of_type.c.xid.desc(), of_type.c.id.desc()).limit(few)
    return _ENTRIES.where(EventRow.id.in_(found.correlate(None)))


def _types(beginning: str) -> list[str]:
    """The types of events that are meant by one, or by what several begin with."""
    several = [name for name in EVENT_TYPES if name == beginning or name.startswith(f"{beginning}.")]
    return several or [beginning]


def _of_type(chosen: AuditFilter) -> Iterator[ColumnElement[bool]]:
    if chosen.type is not None:
        yield EventRow.type.in_(_types(chosen.type))


async def _edges(
    connection: AsyncConnection, scope: Scope, chosen: AuditFilter
) -> AsyncIterator[ColumnElement[bool]]:
    """Between which places of an account's list all entries of the time are: it is read from there on.

    A place is that of a transaction, which may have begun before the entry was made.
    """
    if not isinstance(scope, OfAccount):
        return
    places = select(EventRow.epoch, cast(EventRow.xid, Text), EventRow.id)
    places = places.where(within(scope, EventRow.account_id)).limit(most(1))
    if chosen.until is not None:
        later = places.where(EventRow.at >= chosen.until + _LONGEST).order_by(EventRow.at)
        if row := (await connection.execute(later)).one_or_none():
            yield tuple_(*_PLACE) < _place_of(*row)
    if chosen.since is not None:
        earlier = places.where(EventRow.at < chosen.since - _LONGEST).order_by(EventRow.at.desc())
        if row := (await connection.execute(earlier)).one_or_none():
            yield tuple_(*_PLACE) > _place_of(*row)


def _conditions(chosen: AuditFilter) -> Iterator[ColumnElement[bool]]:
    if chosen.actor is not None:
        yield EventRow.actor == chosen.actor
    if chosen.about is not None:
        yield EventRow.about.contains([chosen.about])
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
    return _place_of(cursor.epoch, str(cursor.xid), cursor.id)


def _place_of(epoch: int, xid: str, event_id: int) -> Any:
    return tuple_(literal(epoch, BigInteger), cast(literal(xid, Text), Xid8()), literal(event_id, BigInteger))


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
