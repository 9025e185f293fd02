"""Finds lines, SIMs, orders and people by what is typed into the one search box (P3)."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound
from models.fleet.rows import GridRow, HitKind, SearchHit
from models.identifiers import parse_order_id, reference
from models.orders.kinds import KINDS
from models.orders.notes import beginning_of
from models.people.callers import OfAccount, Permission
from store import lookups
from store.fleet.grid import of_ids
from store.fleet.grid_details import find_device
from store.fleet.grid_tables import InventoryRow
from store.fleet.grid_words import matches, searches_of, words_of
from store.operations import jobs
from store.orders.tables import LONGEST_BEGINNING, NOTE_BEGINS, OrderNoteRow, OrderRow
from store.people.tables import EmployeeRow, UserRow

MOST_OF_A_KIND = 6
_SHORTEST_ORDER = 3
_ORDER = re.compile(r"order-[a-z0-9]+")
_NAMED = re.compile(r"([DJLSU])-\d{1,15}", re.IGNORECASE)
_OF_TRAVEL = [name for name, kind in KINDS.items() if kind.view is Permission.VIEW_TRAVEL]


async def rows(connection: AsyncConnection, scope: OfAccount, text: str) -> list[SearchHit]:
    """Lines and SIMs by number, ICCID or its last digits, device or employee; discarded SIMs too."""
    mine = InventoryRow.account_id == scope.account_id
    ids: list[int] = []
    for conditions in searches_of(text):
        if len(ids) < MOST_OF_A_KIND:
            of_each = [_few(mine, condition) for condition in conditions]
            found = select(union(*of_each).subquery().c.id).limit(MOST_OF_A_KIND)
            ids = list(await connection.scalars(found))
    digits = "".join(filter(str.isdigit, text))
    return [_hit(row, digits) for row in await of_ids(connection, scope, ids)]


def _few(*conditions: ColumnElement[bool]) -> Select[int]:
    """A few rows: each condition by an index of its own, any of them would be looked for in all rows."""
    found = select(InventoryRow.id).where(*conditions).limit(MOST_OF_A_KIND)
    return select(found.subquery().c.id)


async def orders(connection: AsyncConnection, scope: OfAccount, text: str) -> list[SearchHit]:
    """Orders by the beginning of their id, or of their purchase reference."""
    wanted = " ".join(text.lower().split())
    if len(wanted) < _SHORTEST_ORDER:
        return []
    mine: list[ColumnElement[bool]] = [OrderRow.account_id == scope.account_id]
    if not scope.travel:
        mine.append(OrderRow.kind.not_in(_OF_TRAVEL))
    referred = NOTE_BEGINS.startswith(beginning_of(wanted)[:LONGEST_BEGINNING], autoescape=True)
    noted = select(OrderNoteRow.id).where(OrderNoteRow.account_id == scope.account_id, referred)
    of_each: list[ColumnElement[bool]] = [OrderRow.note_id.in_(noted)]
    begins = f"order-{wanted.removeprefix('order-')}"
    if _ORDER.fullmatch(begins):
        of_each.append(and_(OrderRow.id >= begins, OrderRow.id < f"{begins}~"))
    found: dict[str, SearchHit] = {}
    for condition in of_each:
        statement = select(OrderRow.id, OrderRow.status).where(*mine, condition)
        for row in await connection.execute(statement.order_by(OrderRow.id).limit(MOST_OF_A_KIND)):
            found[row.id] = SearchHit(kind=HitKind.ORDER, id=row.id, title=row.id, status=row.status)
    return list(found.values())


async def named(connection: AsyncConnection, scope: OfAccount, text: str) -> SearchHit | None:
    """What has exactly this id, such as `L-42` or the whole number of an order; None if it is no such id, or
    nothing of the account has it.
    """
    wanted = text.strip()
    try:
        return next(iter(await orders(connection, scope, parse_order_id(wanted))), None)
    except ValueError:
        found = _NAMED.fullmatch(wanted)
    if found is None:
        return None
    kind, look = _LOOKED_UP[found[1].upper()]
    try:
        await look(connection, scope, wanted)
    except NotFound:
        return None
    return SearchHit(kind=kind, id=wanted.upper(), title=wanted.upper())


_LOOKED_UP: Mapping[str, tuple[HitKind, Callable[[AsyncConnection, OfAccount, str], Awaitable[object]]]] = {
    "D": (HitKind.DEVICE, find_device),
    "J": (HitKind.JOB, jobs.find),
    "L": (HitKind.LINE, lookups.find_line),
    "S": (HitKind.SIM, lookups.find_sim),
    "U": (HitKind.USER, lookups.find_user),
}


async def employees(connection: AsyncConnection, scope: OfAccount, text: str) -> list[SearchHit]:
    """Employees by the beginning of each word of their name, or of their address."""
    return [hit async for hit in _people(connection, scope, text, EmployeeRow, HitKind.EMPLOYEE, "E")]


async def users(connection: AsyncConnection, scope: OfAccount, text: str) -> list[SearchHit]:
    """Users likewise."""
    return [hit async for hit in _people(connection, scope, text, UserRow, HitKind.USER, "U")]


async def _people(  # noqa: PLR0917  what a hit has
    connection: AsyncConnection, scope: OfAccount, text: str, table: Any, kind: HitKind, letter: str
) -> AsyncIterator[SearchHit]:
    of, words = table.__tablename__, words_of(text)
    if not words or all(word.isdigit() for word in words):
        return
    if "@" in words[0]:
        named = func.lower(table.email).startswith(words[0], autoescape=True)
    else:
        named = matches(words, f"inventory_words(ARRAY[{of}.name, {of}.email])")
    statement = (
        select(table.id, table.name, table.email)
        .where(table.account_id == scope.account_id, named)
        .order_by(table.name, table.id)
        .limit(MOST_OF_A_KIND)
    )
    for row in await connection.execute(statement):
        yield SearchHit(kind=kind, id=reference(letter, row.id), title=row.name, detail=row.email)


def _hit(row: GridRow, digits: str) -> SearchHit:
    """A SIM, if its ICCID is what was typed; else the line."""
    where = {"device_id": row.device_id, "slot": row.slot}
    for iccid, sim_id in ((row.iccid, row.sim_id), (row.temporary_iccid, row.temporary_id)):
        meant = _meant(iccid, digits) and not _meant((row.msisdn or "").lstrip("+"), digits)
        if iccid is not None and sim_id is not None and (meant or row.line_id is None):
            status = None if row.msisdn else row.state
            return SearchHit(
                kind=HitKind.SIM,
                id=reference("S", sim_id),
                title=iccid,
                detail=row.msisdn,
                status=status,
                **where,
            )
    detail = ", ".join(filter(None, (row.device, row.employee_name)))
    return SearchHit(
        kind=HitKind.LINE, id=reference("L", row.line_id or 0), title=row.msisdn or "", detail=detail, **where
    )


def _meant(number: str | None, digits: str) -> bool:
    """Whether a number begins or ends with what was typed."""
    return number is not None and bool(digits) and (number.startswith(digits) or number.endswith(digits))
