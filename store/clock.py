"""The clock of the database: `esim_now()` and `esim_clock()`, from which every stored time comes.

Both are plain SQL functions (see the first migration) that PostgreSQL inlines, so they cost nothing. A
sandbox or a test sets the clock by replacing them with functions that add an offset.
"""

from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_FUNCTIONS = {"esim_now": ("now()", "STABLE"), "esim_clock": ("clock_timestamp()", "VOLATILE")}


async def set_clock(connection: AsyncConnection, offset: timedelta) -> None:
    """Set the database's clock ahead (or back) by `offset`, for every connection; zero resets it.

    For sandboxes and tests only: this clock decides when links expire and reminders are due.
    """
    seconds = offset.total_seconds()
    ahead = f" + interval '{seconds} seconds'" if seconds else ""
    for name, (plain, volatility) in _FUNCTIONS.items():
        await connection.execute(
            text(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS timestamptz LANGUAGE sql {volatility} "
                f"AS $$ SELECT {plain}{ahead} $$"
            )
        )
