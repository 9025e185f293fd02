"""Read and import numbers, and read agents: needs the database only, as `starter.fleet.desk`.

A number is named by its phone number in E.164 or its id (`N-7`), an agent by the address or the id (`AG-4`).
"""

import asyncio
from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import ColumnElement

from models.files.table import SentFile
from models.imports import ImportReport, Progress
from models.licences.file import parse_numbers
from models.licences.numbers import NumberState
from models.licences.views import AgentView, NumberView
from models.paging import Page, Position, Wanted
from models.people.callers import Caller, Permission
from starter.imports import FileImport, Record
from store import lookups
from store.licences import agents, history, number_views, search
from store.licences.facts import STATE
from store.licences.file_import import import_numbers
from store.licences.lookups import find_agent, find_number
from store.licences.tables import LicenceRow, NumberRow
from store.operations import holds
from store.session import Database
from store.staging import importing


class NumberBook:
    """Reads and imports the numbers in the caller's scope."""

    def __init__(self, database: Database, kept: timedelta) -> None:
        """`kept`: how long a deleted number can be recovered."""
        self._database = database
        self._kept = kept

    async def import_numbers(
        self,
        caller: Caller,
        content: bytes | SentFile,
        dry_run: bool = False,
        progress: Progress | None = None,
        *,
        account: str | None = None,
        record: Record | None = None,
    ) -> ImportReport:
        """Import numbers with their agents from a file (`models.licences.file`): all rows or none."""
        caller.require(Permission.MANAGE_NUMBERS)
        file_import = FileImport(caller, "import_numbers", account, content, dry_run, record)
        table = await file_import.begun(self._database)
        own = await file_import.own(self._database)
        rows = await asyncio.to_thread(parse_numbers, table, progress, own)
        async with importing(self._database, dry_run) as connection:
            report = await import_numbers(connection, rows, caller.by, self._kept, progress)
            return await file_import.done(connection, table, report)

    async def numbers(
        self,
        caller: Caller,
        account: str | None = None,
        *,
        agent: str | None = None,
        assigned: bool | None = None,
        held: bool = False,
        states: Collection[NumberState] = (),
        find: str | None = None,
        limit: int | None = None,
        after: Position | None = None,
    ) -> Page[NumberView]:
        """List numbers with their assignment (L8); `assigned`: only those that use a licence, or use none;
        `held`: only those whose order or change is held; `states`: only these; `find`: those whose phone
        number begins or ends so, or whose agent is called so.
        """
        async with self._database.reading() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            user = None if agent is None else await find_agent(connection, scope, agent)
            caller.require(Permission.VIEW_LICENCES)
            part = Wanted(limit, after)
            chosen: tuple[ColumnElement[bool], ...] = () if user is None else (NumberRow.agent_id == user.id,)
            if assigned is not None:
                uses = (LicenceRow.id.is_not(None),)
                chosen += uses if assigned else await number_views.without_licence(connection, scope)
            if held:
                chosen = (*chosen, number_views.HELD)
            if states:
                chosen = (*chosen, STATE.in_([state.value for state in states]))
            if find and find.strip():
                chosen = (*chosen, await search.numbers(connection, scope, find))
            return await number_views.numbers(connection, scope, self._kept, chosen=chosen, wanted=part)

    async def number(self, caller: Caller, number: str, *, history: bool = True) -> NumberView:
        """One number, with everything that happened to it unless that is not wanted."""
        async with self._database.reading() as connection:
            found = await find_number(connection, caller.scope, number)
            caller.require(Permission.VIEW_LICENCES)
            return await number_views.number(connection, caller.scope, found.id, self._kept, history=history)

    async def people(self, caller: Caller, number: NumberView) -> dict[str, str]:
        """Names and addresses of the people in the events of the number, by reference (`user:3`), and the
        address of each notification of its QR codes by the notification's id.
        """
        async with self._database.reading() as connection:
            found = await find_number(connection, caller.scope, f"N-{number.id}")
            caller.require(Permission.VIEW_LICENCES)
            return await history.people(connection, caller.of_account(found.account_id), number.events)

    async def held(self, caller: Caller) -> dict[str, int]:
        """How many changes of numbers and requests for licences wait for a person, by their kind; kinds of
        which none does are left out.
        """
        async with self._database.reading() as connection:
            caller.require(Permission.VIEW_LICENCES)
            return await holds.counts(connection, caller.scope, ("number-change-", "licence-request-"))


class AgentBook:
    """Reads the agents in the caller's scope."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def agents(
        self,
        caller: Caller,
        account: str | None = None,
        *,
        find: str | None = None,
        limit: int | None = None,
        after: Position | None = None,
    ) -> Page[AgentView]:
        """List agents with the numbers that they use, also those who are deactivated; `find`: those whose
        name or address has a word that begins so.
        """
        async with self._database.reading() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            caller.require(Permission.VIEW_LICENCES)
            asked: tuple[ColumnElement[bool], ...] = ()
            part = Wanted(limit, after)
            if find and find.strip():
                asked = (search.of_agents(find),)
            return await agents.agents(connection, scope, part, asked)

    async def agent(self, caller: Caller, agent: str) -> AgentView:
        """One agent, also one who is deactivated. Raises `NotFound` (`unknown_agent`)."""
        async with self._database.reading() as connection:
            found = await find_agent(connection, caller.scope, agent)
            caller.require(Permission.VIEW_LICENCES)
            return await agents.agent(connection, caller.scope, found.id)
