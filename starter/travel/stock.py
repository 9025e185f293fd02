"""Import the stock of travel eSIMs.

async with StockDesk.open(Settings()) as desk:
    adam = await callers.user(desk.database, "adam@acme.example")
    await desk.import_stock(adam, None, Path("esims.csv").read_bytes())
    await desk.set_threshold(adam, None, 7, 20)
"""

import asyncio
import contextlib
from collections.abc import Iterable

from models.errors import Unavailable
from models.imports import ImportReport, Progress
from models.people.callers import Caller, Permission
from models.travel.stock_file import parse_stock
from starter.connected import ConnectedDesk
from starter.travel.stock_book import StockBook
from store import lookups
from store.key_ring import KeyRing
from store.staging import importing
from store.travel.stock_import import import_stock
from temporal.calls import NoSuchWorkflow
from workflows.messages import Retry


class StockDesk(ConnectedDesk, StockBook):
    """Imports stock, and has the orders continue that waited for it."""

    async def import_stock(
        self,
        caller: Caller,
        account: str | None,
        content: bytes,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> ImportReport:
        """Import eSIMs from a CSV file (`models.travel.stock_file`): all rows or none (T37). Orders that wait
        for these profiles get them, oldest first, and continue (T17).
        """
        async with self._database.reading() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
        caller.require(Permission.MANAGE_TRAVEL)
        rows, odd = await asyncio.to_thread(parse_stock, content, progress)
        keys = KeyRing(self._settings.secret_keys)
        async with importing(self._database, dry_run) as connection:
            report, woken = await import_stock(connection, keys, found.id, rows, caller.by, progress=progress)
        if not dry_run:
            await self._wake(woken)
        warnings = (*odd.warnings(), *report.warnings)
        return report.model_copy(update={"dry_run": dry_run, "warnings": warnings})

    async def _wake(self, order_ids: Iterable[str]) -> None:
        """Have these orders continue. The eSIMs are theirs already: what cannot be reached now, the sweep of
        the stock wakes later.
        """
        with contextlib.suppress(Unavailable):
            for order_id in order_ids:
                with contextlib.suppress(NoSuchWorkflow):
                    await self._calls.signal(order_id, "retry", Retry())
