"""The clock of the database: what `esim_now()` and `esim_clock()` say, from which every stored time comes.

Both are plain SQL functions (see the first migration), which PostgreSQL puts in line: they cost nothing. A
sandbox or a test may set the clock, and then they are replaced by ones that add an offset.
"""

from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_FUNCTIONS = {"esim_now": ("now()", "STABLE"), "esim_clock": ("clock_timestamp()", "VOLATILE")}


async def set_clock(connection: AsyncConnection, offset: timedelta) -> None:
    """Set the database's clock ahead (or back) by this much, for every connection; zero makes it right again.

    For sandboxes and tests only: links expire, and reminders are due, by this clock.
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
