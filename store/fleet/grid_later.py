"""Writes the rows of the inventory once at the end of an import, and not after each of its statements."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_BEGIN = (
    "DROP TABLE IF EXISTS pg_temp.inventory_later",
    "CREATE TEMPORARY TABLE inventory_later (line bigint, sim bigint) ON COMMIT DROP",
    "SET LOCAL esim.inventory = 'later'",
)
_REFRESH = """
SELECT refresh_inventory(
    array(SELECT DISTINCT line FROM inventory_later WHERE line IS NOT NULL),
    array(SELECT DISTINCT sim FROM inventory_later WHERE sim IS NOT NULL))
"""
_END = (
    "SET LOCAL esim.inventory = 'now'",
    _REFRESH,
    "DROP TABLE inventory_later",
)


async def begin(connection: AsyncConnection) -> None:
    """From here on the triggers of this transaction only note which rows have changed."""
    for statement in _BEGIN:
        await connection.execute(text(statement))


async def end(connection: AsyncConnection) -> None:
    """Write those rows."""
    for statement in _END:
        await connection.execute(text(statement))
