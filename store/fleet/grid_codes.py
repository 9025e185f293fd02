"""Finds lines by the QR code of their SIM with the indexes of the inventory."""

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.paging import MOST_COUNTED
from models.people.callers import OfAccount, Scope
from store.fleet.grid_tables import WITHOUT_CODE, InventoryRow
from store.paging import most


async def few_without_code(connection: AsyncConnection, scope: Scope) -> list[int] | None:
    """The lines whose eSIM has no code; None where there are many, or they are of several accounts."""
    if not isinstance(scope, OfAccount):
        return None
    found = (
        select(InventoryRow.line_id)
        .where(InventoryRow.account_id == scope.account_id, text(WITHOUT_CODE))
        .limit(most(MOST_COUNTED))
    )
    lines = [line for line in await connection.scalars(found) if line is not None]
    return lines if len(lines) < MOST_COUNTED else None
