"""Finds lines, SIMs, orders and people by what is typed into the one search box (P3)."""

from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from models.fleet.rows import GridRow, HitKind, SearchHit
from models.identifiers import reference
from models.orders.kinds import KINDS
from models.people.callers import OfAccount, Permission
from store.fleet.grid import of_ids
from store.fleet.grid_tables import InventoryRow
from store.fleet.grid_words import conditions_of, matches, words_of
from store.fleet.tables import LineRow
from store.orders.tables import OrderRow
from store.people.tables import EmployeeRow, UserRow

MOST_OF_A_KIND = 6
_SHORTEST_ORDER = 3
_OF_TRAVEL = [name for name, kind in KINDS.items() if kind.view is Permission.VIEW_TRAVEL]


async def rows(connection: AsyncConnection, scope: OfAccount, text: str) -> list[SearchHit]:
    """Lines and SIMs by number, ICCID or its last digits, device or employee; discarded SIMs too."""
    mine = InventoryRow.account_id == scope.account_id
    of_each = [_few(mine, condition) for condition in conditions_of(text)]
    if not of_each:
        return []
    ids = list(await connection.scalars(select(union(*of_each).subquery().c.id).limit(MOST_OF_A_KIND)))
    digits = "".join(filter(str.isdigit, text))
    return [_hit(row, digits) for row in await of_ids(connection, scope, ids)]


def _few(*conditions: ColumnElement[bool]) -> Select[int]:
    """A few rows: each condition by an index of its own, any of them would be looked for in all rows."""
    found = select(InventoryRow.id).where(*conditions).limit(MOST_OF_A_KIND)
    return select(found.subquery().c.id)


async def orders(connection: AsyncConnection, scope: OfAccount, text: str) -> list[SearchHit]:
    """Orders by the beginning of their id."""
    wanted = text.strip().lower().removeprefix("order-")
    if len(wanted) < _SHORTEST_ORDER or not (wanted.isascii() and wanted.isalnum()):
        return []
    begins = f"order-{wanted}"
    statement = (
        select(OrderRow.id, OrderRow.status, LineRow.device_id, LineRow.slot)
        .outerjoin(LineRow, LineRow.subject == OrderRow.subject)
        .where(OrderRow.account_id == scope.account_id, OrderRow.kind.not_in(_OF_TRAVEL))
        .where(OrderRow.id >= begins, OrderRow.id < f"{begins}~", OrderRow.id.startswith(begins))
        .order_by(OrderRow.id)
        .limit(MOST_OF_A_KIND)
    )
    return [
        SearchHit(
            kind=HitKind.ORDER,
            id=row.id,
            title=row.id,
            detail=row.status,
            device_id=row.device_id,
            slot=row.slot,
        )
        for row in await connection.execute(statement)
    ]


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
            detail = row.msisdn or row.state
            return SearchHit(kind=HitKind.SIM, id=reference("S", sim_id), title=iccid, detail=detail, **where)
    detail = ", ".join(filter(None, (row.device, row.employee_name)))
    return SearchHit(
        kind=HitKind.LINE, id=reference("L", row.line_id or 0), title=row.msisdn or "", detail=detail, **where
    )


def _meant(number: str | None, digits: str) -> bool:
    """Whether a number begins or ends with what was typed."""
    return number is not None and bool(digits) and (number.startswith(digits) or number.endswith(digits))
