"""The inventory as people work with it: the grid, the detail of a device, search and saved views (P2 to P5).

    inventory = InventoryDesk(database)
    page = await inventory.rows(ana, InventoryQuery(provider="Orange", code="none"), limit=50)
    detail = await inventory.device(ana, "D-3")
    hits = await inventory.search(ana, "4321")

It needs the database only, so it works while Temporal and the workers are down.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from models.csv_text import csv_text
from models.fleet.details import DeviceDetail, HistoryEntry, SimDetail, SlotDetail, WhyNot
from models.fleet.grid import InventoryQuery
from models.fleet.inventory import SimKind, SimState
from models.fleet.offers import fitting, offers
from models.fleet.rows import Choices, Count, GridRow, HitKind, SearchHit
from models.orders.rules import SLOTS
from models.paging import Page, Position, Wanted
from models.people.callers import PERMISSIONS, Caller, OfAccount, Permission
from starter.fleet.desk import names_sim
from store import lookups
from store.fleet import bulk, choices, grid, grid_details, search, views
from store.orders.facts import device_facts, line_facts, sim_facts
from store.session import Database

_SEEN_WITH = {
    HitKind.ORDER: Permission.VIEW_ORDERS,
    HitKind.JOB: Permission.RUN_JOBS,
    HitKind.USER: Permission.VIEW_PEOPLE,
}
ROWS_OF_CSV = 1_000
"""Rows that a CSV is read by."""


async def account_of(connection: AsyncConnection, caller: Caller, account: str | None) -> OfAccount:
    """The one account whose inventory is meant. Raises `NotFound`, `Refused` (`account_needed`)."""
    if account is None and isinstance(caller.scope, OfAccount):
        return caller.scope
    found = await lookups.find_account(connection, caller.scope, account)
    return caller.of_account(found.id)


class InventoryDesk:
    """Reads the inventory of one account: the caller's, or the one that is named."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def _looking(
        self, caller: Caller, account: str | None
    ) -> AsyncIterator[tuple[AsyncConnection, OfAccount]]:
        """A connection for who may see the inventory of the account."""
        async with self._database.reading() as connection:
            scope = await account_of(connection, caller, account)
            caller.require(Permission.VIEW_INVENTORY)
            yield connection, scope

    async def rows(
        self,
        caller: Caller,
        query: InventoryQuery,
        account: str | None = None,
        *,
        limit: int | None = None,
        after: Position | None = None,
    ) -> Page[GridRow]:
        """The rows that fulfil the filter, in its sort. Raises `Refused` (`page_cursor_invalid`)."""
        async with self._looking(caller, account) as (connection, scope):
            return await grid.rows(connection, scope, query, query.sort, Wanted(limit, after))

    async def row(self, caller: Caller, name: str, account: str | None = None) -> GridRow:
        """One row by its name (`L-42`, `S-7`). Raises `NotFound` (`unknown_rows`)."""
        async with self._database.reading() as connection:
            scope = await account_of(connection, caller, account)
            found = await bulk.rows(connection, scope, bulk.ids_of([name]))
            caller.require(Permission.VIEW_INVENTORY)
            return found[0]

    async def counted(
        self,
        caller: Caller,
        query: InventoryQuery,
        account: str | None = None,
        *,
        limit: int | None = None,
        after: Position | None = None,
    ) -> tuple[Page[GridRow], Count]:
        """The same, and how many rows fulfil the filter: up to a thousand, else "more"."""
        async with self._looking(caller, account) as (connection, scope):
            return await grid.counted(connection, scope, query, query.sort, Wanted(limit, after))

    async def choices(self, caller: Caller, account: str | None = None) -> Choices:
        """The names that the filters offer: providers, management groups and distributors of the account."""
        async with self._looking(caller, account) as (connection, scope):
            return await choices.choices(connection, scope)

    async def csv(
        self, caller: Caller, query: InventoryQuery, account: str | None = None
    ) -> AsyncIterator[str]:
        """All rows that fulfil the filter, in the chosen columns, as parts of a CSV file: no connection is
        held while a part is sent. Raises like `rows` before the first part.
        """
        first = await self.rows(caller, query, account, limit=ROWS_OF_CSV)

        async def parts() -> AsyncIterator[str]:
            page = first
            yield csv_text(query.columns, _cells(query, page))
            while page.following is not None:
                page = await self.rows(caller, query, account, limit=ROWS_OF_CSV, after=page.following)
                yield csv_text(query.columns, _cells(query, page)).partition("\r\n")[2]

        return parts()

    async def device(self, caller: Caller, device: str) -> DeviceDetail:
        """A device by id (`D-3`) or name with slots 1 to 3: the line, its SIMs, the offered actions, and what
        there is of its QR code. Raises `NotFound` (`unknown_device`).
        """
        async with self._database.reading() as connection:
            found = await grid_details.find_device(connection, caller.scope, device)
            caller.require(Permission.VIEW_INVENTORY)
            scope = OfAccount(found.account_id)
            lines = await views.lines(connection, scope, device=found.name)
            facts = {}
            if caller.user_id is not None:
                facts = await device_facts(connection, found.id, caller.user_id)
            esims = [line.sim.id for line in lines if line.sim and line.sim.kind is SimKind.ESIM]
            codes = await grid_details.codes_of(connection, scope, esims)
            name = await lookups.find_account(connection, scope, None)
        slots = {line.slot: line for line in lines}
        details = []
        for slot in SLOTS:
            line = slots.get(slot)
            known = facts.get(line.id) if line is not None else None
            offered = offers(known, caller.permissions) if known else []
            fits = fitting(known) if known else None
            details.append(
                SlotDetail(
                    slot=slot,
                    line=line,
                    actions=tuple(offer.action for offer in offered if offer.offered),
                    why_not=next((offer.refusals for offer in offered if offer.action is fits), ()),
                    code=codes.get(line.sim.id) if line is not None and line.sim is not None else None,
                )
            )
        return DeviceDetail(id=found.id, account=name.name, name=found.name, slots=tuple(details))

    async def sim(self, caller: Caller, sim: str) -> SimDetail:
        """A SIM by id (`S-7`) or ICCID, also one without a slot or a discarded one, with the line that it
        serves.
        """
        async with self._database.reading() as connection:
            key = await lookups.find_sim(connection, caller.scope, sim)
            caller.require(Permission.VIEW_INVENTORY)
            scope = caller.of_account(key.account_id)
            found = await views.sim(connection, scope, key.id)
            codes = await grid_details.codes_of(connection, scope, [key.id])
            kind, _, number = (key.holder or "").partition(":")
            line = await views.line(connection, scope, int(number)) if kind == "line" else None
            discarded_by, line_id = None, None
            if found.state is SimState.DISCARDED:
                discarded_by, line_id = await grid_details.discarded_by(connection, scope, key.id)
            former = await views.line(connection, scope, line_id) if line_id else None
        code = codes[key.id] if found.kind is SimKind.ESIM else None
        return SimDetail(sim=found, line=line, former=former, discarded_by=discarded_by, code=code)

    async def history(
        self, caller: Caller, target: str, *, limit: int | None = None, after: Position | None = None
    ) -> Page[HistoryEntry]:
        """What happened to a device (`D-3`) with its lines and SIMs, or to a SIM (`S-7`), newest first."""
        async with self._database.reading() as connection:
            if names_sim(target):
                key = await lookups.find_sim(connection, caller.scope, target)
                caller.require(Permission.VIEW_INVENTORY)
                scope, lines, sims = caller.of_account(key.account_id), [], [key.id]
            else:
                device = await grid_details.find_device(connection, caller.scope, target)
                caller.require(Permission.VIEW_INVENTORY)
                scope, sims = caller.of_account(device.account_id), []
                lines = list(await views.lines(connection, scope, device=device.name))
            return await grid_details.history(connection, scope, lines, sims, Wanted(limit, after))

    async def why_not(self, caller: Caller, target: str, user: str) -> WhyNot:
        """An administrator asks which actions a user is offered on a line or a SIM, and why not (P5)."""
        async with self._database.reading() as connection:
            if names_sim(target):
                sim = await lookups.find_sim(connection, caller.scope, target)
                account_id = sim.account_id
            else:
                line = await lookups.find_line(connection, caller.scope, target)
                account_id = line.account_id
            asked = await lookups.find_user(connection, OfAccount(account_id), user)
            caller.require(Permission.MANAGE_PROFILES)
            if names_sim(target):
                facts = await sim_facts(connection, sim.id, asked.id)
            else:
                facts, _ = await line_facts(connection, line.id, asked.id)
        return WhyNot(
            user=f"{asked.name} <{asked.email}>",
            profile=asked.profile,
            offers=tuple(offers(facts, PERMISSIONS[asked.role])),
        )

    async def search(self, caller: Caller, text: str, account: str | None = None) -> list[SearchHit]:
        """What has exactly the id that is typed into the search box; else lines, SIMs, orders and people that
        are meant: a few of each, and of what the caller may see (P3).
        """
        async with self._database.reading() as connection:
            scope = await account_of(connection, caller, account)
            caller.require(Permission.VIEW_INVENTORY)
            wanted = InventoryQuery.given({"q": text.strip()[:200]}).q
            if wanted is None:
                return []
            exact = await search.named(connection, scope, wanted)
            if exact is not None and caller.may(_SEEN_WITH.get(exact.kind, Permission.VIEW_INVENTORY)):
                return [exact]
            found = await search.rows(connection, scope, wanted)
            if caller.may(Permission.VIEW_ORDERS):
                found += await search.orders(connection, scope, wanted)
            found += await search.employees(connection, scope, wanted)
            if caller.may(Permission.VIEW_PEOPLE):
                found += await search.users(connection, scope, wanted)
            return found


def _cells(query: InventoryQuery, page: Page[GridRow]) -> list[list[str]]:
    return [[row.cell(column) for column in query.columns] for row in page]
