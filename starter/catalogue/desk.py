"""Read and import the catalogue: order packs, and the shop of a line.

    catalogue = CatalogueDesk(database)
    shop = await catalogue.shop(ana, "+33612345678")

It needs the database only, so it works while Temporal and the workers are down.
"""

import asyncio

from models.catalogue.file import parse_catalogue
from models.catalogue.views import CatalogueItem
from models.files.table import SentFile
from models.fleet.offers import Shop, shop
from models.imports import ImportReport, Progress
from models.orders.rules import Action
from models.paging import Page, Position, Wanted
from models.people.callers import Caller, Permission
from models.people.views import ContactView
from starter.imports import FileImport, Record
from store import lookups
from store.catalogue import views
from store.catalogue.file_import import import_catalogue
from store.catalogue.views import CatalogueFilter
from store.orders.facts import line_facts
from store.people import references as people
from store.session import Database
from store.staging import importing


class CatalogueDesk:
    """Reads and imports the order packs of the accounts in the caller's scope."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def import_catalogue(
        self,
        caller: Caller,
        content: bytes | SentFile,
        dry_run: bool = False,
        progress: Progress | None = None,
        *,
        account: str | None = None,
        record: Record | None = None,
    ) -> ImportReport:
        """Import order packs and order contacts from a file (`models.catalogue.file`)."""
        caller.require(Permission.EDIT_CATALOGUE)
        file_import = FileImport(caller, "import_catalogue", account, content, dry_run, record)
        table = await file_import.begun(self._database)
        own = await file_import.own(self._database)
        file = await asyncio.to_thread(parse_catalogue, table, progress, own)
        async with importing(self._database, dry_run) as connection:
            report = await import_catalogue(connection, file.rows, file.warnings, caller.by, progress)
            return await file_import.done(connection, table, report)

    async def catalogue(
        self,
        caller: Caller,
        account: str | None = None,
        *,
        provider: str | None = None,
        distributor: str | None = None,
        available: bool | None = None,
        limit: int | None = None,
        after: Position | None = None,
    ) -> Page[CatalogueItem]:
        """List the items of all order packs, withdrawn ones too, with the contacts orders are sent to: of a
        provider, of a distributor, only those that can be ordered or only withdrawn ones.
        """
        async with self._database.reading() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            caller.require(Permission.VIEW_CATALOGUE)
            chosen = CatalogueFilter(provider, distributor, available)
            items = await views.items(connection, scope, Wanted(limit, after), chosen)
            contacts = await people.order_contacts(connection, scope, {item.distributor for item in items})
        of_distributor: dict[tuple[str, str], list[ContactView]] = {}
        for contact in contacts:
            of_distributor.setdefault((contact.account, contact.distributor), []).append(contact)
        return items.of(
            lambda item: CatalogueItem(
                **item.model_dump(),
                order_contacts=tuple(of_distributor.get((item.account, item.distributor), ())),
            )
        )

    async def shop(self, caller: Caller, line: str, wanted: Action | None = None) -> Shop:
        """The shop for a line: only eSIMs of its provider; if there is only one, it is chosen (F8, F10)."""
        async with self._database.transaction() as connection:
            key = await lookups.find_line(connection, caller.scope, line)
            caller.require(Permission.PLACE_ORDERS)
            facts, _ = await line_facts(connection, key.id, caller.user)
            packs = await lookups.eligible_packs(connection, caller.scope, key.id)
            return shop(key.id, facts, packs, wanted)
