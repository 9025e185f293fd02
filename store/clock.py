"""The clock of the database: `esim_now()` and `esim_clock()`, from which every stored time comes.

Both are plain SQL functions (see the first migration) that PostgreSQL inlines, so they cost nothing. A
sandbox or a test sets the clock by replacing them with functions that add an offset.

A sandbox whose clock can be advanced leaves a mark in its database, as the comment of `esim_now()`, and the
same mark in its data folder. Both must agree, so that no other database is ever taken for that of a sandbox.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_FUNCTIONS = {"esim_now": ("now()", "STABLE"), "esim_clock": ("clock_timestamp()", "VOLATILE")}
_COMMENT = "sandbox with a clock: "
_MARK = re.compile(r"[0-9a-f]{32}")
_READ = text(
    "SELECT esim_now() AS now, esim_now() - now() AS ahead,"
    " obj_description(CAST('esim_now()' AS regprocedure), 'pg_proc') AS comment"
)

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('esim_now'))")
"""PostgreSQL refuses to replace a function twice at once."""


@dataclass(frozen=True)
class ClockState:
    """The clock as it is. `ahead`: of the server's own clock. `mark`: that of the sandbox whose clock it is;
    None in any other database.
    """

    now: datetime
    ahead: timedelta
    mark: str | None


async def set_clock(connection: AsyncConnection, offset: timedelta) -> None:
    """Set the database's clock ahead (or back) by `offset`, for every connection; zero resets it.

    For sandboxes and tests only: this clock decides when links expire and reminders are due.
    """
    await connection.execute(_ONE_AT_A_TIME)
    seconds = offset.total_seconds()
    ahead = f" + interval '{seconds} seconds'" if seconds else ""
    for name, (plain, volatility) in _FUNCTIONS.items():
        await connection.execute(
            text(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS timestamptz LANGUAGE sql {volatility} "
                f"AS $$ SELECT {plain}{ahead} $$"
            )
        )


async def read_clock(connection: AsyncConnection) -> ClockState:
    """The time of the clock, how far it is ahead, and of which sandbox it is."""
    row = (await connection.execute(_READ)).one()
    comment = row.comment or ""
    mark = comment.removeprefix(_COMMENT) if comment.startswith(_COMMENT) else None
    return ClockState(row.now, row.ahead, mark)


async def mark_clock(connection: AsyncConnection, mark: str) -> None:
    """Leave the mark of a sandbox, by which its clock can be advanced from now on."""
    if not _MARK.fullmatch(mark):
        raise ValueError("A mark is 32 hexadecimal digits.")
    await connection.execute(text(f"COMMENT ON FUNCTION esim_now() IS '{_COMMENT}{mark}'"))
