"""Change the numbers of agents.

    async with NumberDesk.open(Settings()) as desk:
        adam = await callers.user(desk.database, "adam@acme.example")
        await desk.convert(adam, "+33612345678", "direct")
        await desk.change_user(adam, "N-7", "gina@acme.example")

A number is named by its phone number in E.164 or its id (`N-7`). Which eSIM a number has: `AssignmentDesk`.
"""

from temporalio.client import Client

from models.errors import Refused
from models.licences.numbers import Change, LineType, ReplaceReason
from models.licences.views import Changed
from models.people.callers import Caller, OfAccount, Permission
from settings import Settings
from starter.connected import ConnectedDesk
from starter.licences.book import NumberBook
from starter.licences.changes import NumberChanges
from store.licences.lookups import NumberKey, find_agent, find_number
from store.session import Database

_STOPPED_FOR = tuple(reason.value for reason in ReplaceReason if reason.stops_at_once)
_CONVERSIONS = {LineType.DIRECT: Change.MAKE_DIRECT, LineType.SHARED: Change.MAKE_SHARED}


class NumberDesk(ConnectedDesk, NumberBook):
    """Reads, imports and changes the numbers in the caller's scope.

    Every change is idempotent: what is so already is not changed again, and no provider is notified (L26).
    With a `key` also the answer is the same when the call is repeated. `shown`: the agent whom a confirmation
    showed (`models.licences.rules.shown_agent`); if another one uses the number by now, nothing is changed
    (`agent_changed`).
    """

    def __init__(self, client: Client, database: Database, settings: Settings) -> None:
        super().__init__(client, database, settings)
        self._changes = NumberChanges(self._calls, database)
        self._kept = settings.number_recoverable_for

    async def change_user(
        self,
        caller: Caller,
        number: str,
        agent: str | None,
        *,
        key: str | None = None,
        shown: str | None = None,
    ) -> Changed:
        """Change the agent who uses the number; None: no agent. To another agent, the eSIM stops at once, an
        open order is cancelled and the licence is free (L15, L24); nothing new is assigned (L16).
        """
        async with self._database.reading() as connection:
            found = await find_number(connection, caller.scope, number)
            caller.require(Permission.MANAGE_NUMBERS)
            scope = OfAccount(found.account_id)
            user = None if agent is None else await find_agent(connection, scope, agent)
        if user is not None and user.deactivated:
            raise Refused.because("agent_deactivated")
        agent_id = None if user is None else user.id
        return await self._changes.make(
            caller, found, Change.CHANGE_USER, key, agent_id=agent_id, shown=shown
        )

    async def convert(
        self, caller: Caller, number: str, line_type: str, *, key: str | None = None
    ) -> Changed:
        """Convert the number to a `direct` number, or to a `shared` line if it has no eSIM (L6, L22)."""
        found = await self._found(caller, number)
        wanted = line_type.strip().lower()
        if wanted not in set(LineType):
            raise Refused.because("unknown_line_type", types=", ".join(LineType))
        return await self._changes.make(caller, found, _CONVERSIONS[LineType(wanted)], key)

    async def suspend(
        self, caller: Caller, number: str, reason: str, *, key: str | None = None, shown: str | None = None
    ) -> Changed:
        """Suspend the number: its eSIM is off, the licence stays in use and charged (L39). The reason is
        needed (`reason_needed`).
        """
        found = await self._found(caller, number)
        return await self._changes.make(caller, found, Change.SUSPEND, key, reason=reason, shown=shown)

    async def resume(self, caller: Caller, number: str, *, key: str | None = None) -> Changed:
        """Resume a suspended number, and its eSIM."""
        found = await self._found(caller, number)
        return await self._changes.make(caller, found, Change.RESUME, key)

    async def stop_esim(
        self, caller: Caller, number: str, reason: str, *, key: str | None = None, shown: str | None = None
    ) -> Changed:
        """Stop the eSIM of a `lost` or `stolen` phone at once, also of a suspended number: an open order is
        cancelled and the licence is free (L30). Assign one afterwards; to replace the eSIM and keep the
        licence, call `AssignmentDesk.replace`, which stops it first.
        """
        found = await self._found(caller, number)
        why = reason.strip().lower()
        if why not in _STOPPED_FOR:
            raise Refused.because("unknown_stop_reason", reasons=", ".join(_STOPPED_FOR))
        return await self._changes.make(caller, found, Change.STOP_ESIM, key, reason=why, shown=shown)

    async def delete(
        self, caller: Caller, number: str, *, key: str | None = None, shown: str | None = None
    ) -> Changed:
        """Delete the number: its eSIM stops at once, an open order is cancelled, the licence is free and no
        agent uses it (L13, L23, L24). For some time it can be recovered.
        """
        found = await self._found(caller, number)
        return await self._changes.make(caller, found, Change.DELETE, key, shown=shown)

    async def recover(self, caller: Caller, number: str, *, key: str | None = None) -> Changed:
        """Recover a deleted number, without an agent or an eSIM (L13)."""
        found = await self._found(caller, number)
        return await self._changes.make(caller, found, Change.RECOVER, key)

    async def _found(self, caller: Caller, number: str) -> NumberKey:
        async with self._database.reading() as connection:
            found = await find_number(connection, caller.scope, number)
        caller.require(Permission.MANAGE_NUMBERS)
        return found
