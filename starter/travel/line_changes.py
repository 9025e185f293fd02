"""Revoke a plan of an eSIM line; suspend and resume the line (T32, T33)."""

from models.identifiers import reference
from models.people.callers import Caller, Permission
from starter.connected import ConnectedDesk
from store.travel import line_changes
from store.travel.lookups import find_assignment, find_esim_line


class LineDesk(ConnectedDesk):
    """Changes eSIM lines and their plans, each call in one transaction: a worker need not run."""

    async def revoke(self, caller: Caller, plan: str) -> str:
        """Revoke a queued plan (`PA-7`); return the line that it was on (`EL-9`).

        Idempotent. Raises `Refused` (`plan_not_queued`) once it was used: of this and a connection at the
        same moment exactly one succeeds.
        """
        async with self._database.transaction() as connection:
            found = await find_assignment(connection, caller.scope, plan)
            caller.require(Permission.SELL_TRAVEL)
            await line_changes.revoke(connection, found, caller.by)
        return reference("EL", found.line.id)

    async def suspend(self, caller: Caller, line: str, reason: str) -> None:
        """Suspend the eSIM of a line (`EL-9`, or its ICCID), with a reason. The clocks of its plans go on.

        Idempotent: a suspended line keeps its first reason. Raises `Refused`: `suspension_without_reason`,
        `line_without_esim`.
        """
        async with self._database.transaction() as connection:
            found = await find_esim_line(connection, caller.scope, line)
            caller.require(Permission.SELL_TRAVEL)
            await line_changes.suspend(connection, found, reason, caller.by)

    async def resume(self, caller: Caller, line: str, reason: str = "") -> None:
        """Resume a suspended line. Idempotent. Raises `Refused` (`line_without_esim`)."""
        async with self._database.transaction() as connection:
            found = await find_esim_line(connection, caller.scope, line)
            caller.require(Permission.SELL_TRAVEL)
            await line_changes.resume(connection, found, reason, caller.by)
