"""Read and import the fleet: lines, SIMs, and the actions that are offered on them.

    fleet = FleetDesk(database := Database(settings.database_url))
    ana = await callers.user(database, "ana@acme.example")
    for offer in await fleet.actions(ana, "+33612345678"):
        print(offer.label, offer.offered)

It needs the database only, so it works while Temporal and the workers are down.
"""

import asyncio
import re

from models.files.table import SentFile
from models.fleet.file import parse_fleet
from models.fleet.inventory import DeviceView, LineView, SimKind, SimState, SimView
from models.fleet.offers import ActionOffer, offers
from models.identifiers import ICCID_DIGITS
from models.imports import ImportReport, Progress
from models.language import Language
from models.paging import Page, Position, Wanted
from models.people.api_keys import Mode
from models.people.callers import Caller, Permission
from starter.imports import FileImport, Record
from store import lookups
from store.fleet import views
from store.fleet.file_import import import_fleet
from store.orders.facts import line_facts, sim_facts
from store.session import Database
from store.staging import importing

_ENDING = re.compile(r"[0-9]{1,20}")
_SIM = re.compile(rf"\s*([Ss]-[0-9]+|{ICCID_DIGITS})\s*")


def names_sim(text: str) -> bool:
    """Whether this names a SIM (`S-12` or an ICCID) rather than a line."""
    return _SIM.fullmatch(text) is not None


class FleetDesk:
    """Reads and imports the lines and SIMs in the caller's scope.

    A line is named by its phone number in E.164 or its id (`L-42`), a SIM by its ICCID or its id (`S-12`).
    What is outside the caller's scope is not found; `account` narrows the scope to one account. `Refused` has
    every reason at once. Edits of lines: `starter.fleet.edits`.
    """

    def __init__(self, database: Database, language: Language = Language.EN, mode: Mode = Mode.LIVE) -> None:
        """`language`, `mode`: of the accounts that an import creates."""
        self._database = database
        self._language = language
        self._mode = mode

    async def import_fleet(
        self,
        caller: Caller,
        content: bytes | SentFile,
        dry_run: bool = False,
        progress: Progress | None = None,
        *,
        account: str | None = None,
        record: Record | None = None,
    ) -> ImportReport:
        """Import a fleet from a file (`models.fleet.file`): all rows or none.

        New accounts get their default profile. A dry run does everything, then rolls back.
        """
        caller.require(Permission.IMPORT_INVENTORY)
        file_import = FileImport(caller, "import_fleet", account, content, dry_run, record)
        table = await file_import.begun(self._database)
        own = await file_import.own(self._database)
        file = await asyncio.to_thread(parse_fleet, table, progress, own)
        async with importing(self._database, dry_run) as connection:
            report = await import_fleet(connection, file, progress, self._language, self._mode)
            return await file_import.done(connection, table, report)

    async def lines(
        self,
        caller: Caller,
        account: str | None = None,
        *,
        group: str | None = None,
        device: str | None = None,
        kind: SimKind | None = None,
        without_code: bool = False,
        limit: int | None = None,
        offset: int = 0,
        after: Position | None = None,
    ) -> Page[LineView]:
        """List lines by account, device and slot, each with the SIM in place and the temporary eSIM (F17).

        `kind`: only lines with such a SIM in place; `without_code`: only lines whose eSIM has no code yet.
        """
        async with self._database.reading() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            caller.require(Permission.VIEW_INVENTORY)
            return await views.lines(
                connection,
                scope,
                group=group,
                device=device,
                kind=kind,
                without_code=without_code,
                wanted=Wanted(limit, after),
                offset=offset,
            )

    async def sims(
        self,
        caller: Caller,
        account: str | None = None,
        *,
        state: SimState | None = None,
        kind: SimKind | None = None,
        ending: str | None = None,
        limit: int | None = None,
        after: Position | None = None,
    ) -> Page[SimView]:
        """List SIMs in any state, newest first. `ending`: only those whose ICCID ends with these digits."""
        async with self._database.reading() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            caller.require(Permission.VIEW_INVENTORY)
            if ending is not None and not _ENDING.fullmatch(ending):
                return Page()
            return await views.sims(
                connection, scope, state=state, kind=kind, ending=ending, wanted=Wanted(limit, after)
            )

    async def devices(
        self,
        caller: Caller,
        account: str | None = None,
        *,
        limit: int | None = None,
        after: Position | None = None,
    ) -> Page[DeviceView]:
        """List devices by name, with the number of their lines."""
        async with self._database.reading() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            caller.require(Permission.VIEW_INVENTORY)
            return await views.devices(connection, scope, Wanted(limit, after))

    async def line(self, caller: Caller, line: str) -> LineView:
        """One line with its SIMs."""
        async with self._database.reading() as connection:
            key = await lookups.find_line(connection, caller.scope, line)
            caller.require(Permission.VIEW_INVENTORY)
            return await views.line(connection, caller.scope, key.id)

    async def sim(self, caller: Caller, sim: str) -> SimView:
        """One SIM by its id (`S-12`) or ICCID, discarded ones too."""
        async with self._database.reading() as connection:
            key = await lookups.find_sim(connection, caller.scope, sim)
            caller.require(Permission.VIEW_INVENTORY)
            return await views.sim(connection, caller.scope, key.id)

    async def actions(self, caller: Caller, target: str) -> list[ActionOffer]:
        """The three actions on a line or a SIM: whether each is offered to this user, and if not, why."""
        async with self._database.reading() as connection:
            if names_sim(target):
                sim = await lookups.find_sim(connection, caller.scope, target)
                caller.require(Permission.VIEW_INVENTORY)
                return offers(await sim_facts(connection, sim.id, caller.user), caller.permissions)
            line = await lookups.find_line(connection, caller.scope, target)
            caller.require(Permission.VIEW_INVENTORY)
            facts, _ = await line_facts(connection, line.id, caller.user)
            return offers(facts, caller.permissions)
