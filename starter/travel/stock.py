"""Import the stock of travel eSIMs.

async with StockDesk.open(Settings()) as desk:
    adam = await callers.user(desk.database, "adam@acme.example")
    await desk.import_stock(adam, None, Path("esims.csv").read_bytes())
    await desk.set_threshold(adam, None, 7, 20)
"""

import asyncio
import contextlib
from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Unavailable
from models.imports import ImportReport, Progress
from models.people.callers import Caller, Permission
from models.travel.stock_file import parse_stock
from starter.codes.workflows import QrWorkflows
from starter.connected import ConnectedDesk
from starter.imports import Record
from starter.travel.stock_book import StockBook
from store import lookups
from store.key_ring import KeyRing
from store.staging import importing
from store.travel import stock_discard
from store.travel.stock_import import import_stock
from temporal.calls import NoSuchWorkflow
from workflows.messages import Retry


class StockDesk(ConnectedDesk, StockBook):
    """Imports stock, and has the orders continue that waited for it; discards eSIMs."""

    async def import_stock(
        self,
        caller: Caller,
        account: str | None,
        content: bytes,
        dry_run: bool = False,
        progress: Progress | None = None,
        *,
        record: Record | None = None,
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
            warnings = (*odd.warnings(), *report.warnings)
            report = report.model_copy(update={"dry_run": dry_run, "warnings": warnings})
            if record is not None:
                await record(connection, report)
        if not dry_run:
            await self._wake(woken)
        return report

    async def check_discard(self, caller: Caller, esim: str) -> None:
        """Raise `Refused` if `discard` would be refused now. Nothing is changed."""
        async with self._database.dry_run() as connection:
            await self._discard(connection, caller, esim)

    async def discard(self, caller: Caller, esim: str) -> None:
        """Discard an eSIM that lies in stock, by its ICCID or id (`S-12`), such as one whose code was shown:
        it cannot be brought back. Idempotent. Raises `Refused` (`stock_esim_used`).
        """
        async with self._database.transaction() as connection:
            request = await self._discard(connection, caller, esim)
        await QrWorkflows(self._calls, self._database, self._settings).signal_imported(request)

    @staticmethod
    async def _discard(connection: AsyncConnection, caller: Caller, esim: str) -> str | None:
        found = await stock_discard.find(connection, caller.scope, esim)
        caller.require(Permission.MANAGE_TRAVEL)
        return await stock_discard.discard(connection, found, caller.by)

    async def _wake(self, order_ids: Iterable[str]) -> None:
        """Have these orders continue. The eSIMs are theirs already: what cannot be reached now, the sweep of
        the stock wakes later.
        """
        with contextlib.suppress(Unavailable):
            for order_id in order_ids:
                with contextlib.suppress(NoSuchWorkflow):
                    await self._calls.signal(order_id, "retry", Retry())
