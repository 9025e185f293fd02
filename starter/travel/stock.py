"""Import the stock of travel eSIMs, set its thresholds, discard eSIMs.

async with StockDesk.open(Settings()) as desk:
    adam = await callers.user(desk.database, "adam@acme.example")
    await desk.import_stock(adam, None, Path("esims.csv").read_bytes())
    await desk.set_threshold(adam, None, 7, 20)
"""

import asyncio
import contextlib
from collections.abc import Iterable, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused, Unavailable
from models.files.table import SentFile
from models.imports import ImportReport, Progress
from models.people.callers import Caller, OfAccount, Permission
from models.travel.stock_file import parse_stock
from models.travel.stock_views import StockProfile
from starter.codes.workflows import QrWorkflows
from starter.connected import ConnectedDesk
from starter.imports import FileImport, Record
from starter.travel.stock_book import StockBook, check_profile
from store import events, lookups
from store.key_ring import KeyRing
from store.locks import keep_account_open
from store.staging import importing
from store.travel import stock, stock_discard, stock_views
from store.travel.stock_discard import Discarded
from store.travel.stock_import import import_stock
from temporal.calls import NoSuchWorkflow
from temporal.connection import answered
from temporal.travel.alerts import StaffAlerts
from workflows.messages import BY_SYSTEM

MOST = 1_000_000
"""The highest threshold."""


class StockDesk(ConnectedDesk, StockBook):
    """Imports stock, and has the orders continue that waited for it; sets thresholds; discards eSIMs."""

    async def import_stock(
        self,
        caller: Caller,
        account: str | None,
        content: bytes | SentFile,
        dry_run: bool = False,
        progress: Progress | None = None,
        *,
        record: Record | None = None,
    ) -> ImportReport:
        """Import eSIMs from a file (`models.travel.stock_file`): all rows or none (T37). Orders that wait
        for these profiles get them, oldest first, and continue (T17).
        """
        async with self._database.reading() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
        caller.require(Permission.MANAGE_TRAVEL)
        file_import = FileImport(caller, "import_travel_stock", account, content, dry_run, record)
        table = await file_import.begun(self._database)
        rows = await asyncio.to_thread(parse_stock, table, progress)
        keys = KeyRing(self._settings.secret_keys)
        async with importing(self._database, dry_run) as connection:
            report, settled = await import_stock(
                connection, keys, found.id, rows, caller.by, progress=progress
            )
            report = await file_import.done(connection, table, report)
        if not dry_run:
            await self._wake(settled.served)
            await self._alert(settled.alerts)
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
            done = await self._discard(connection, caller, esim)
        await QrWorkflows(self._calls, self._database, self._settings).signal_imported(done.request)
        await self._alert(done.alerts)

    async def set_threshold(
        self, caller: Caller, account: str | None, profile: int, threshold: int
    ) -> StockProfile:
        """Alert the staff, once, when fewer eSIMs of the profile than this are free (T26), at once if that is
        so now; 0: never.
        """
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.MANAGE_TRAVEL)
            check_profile(profile)
            if not 0 <= threshold <= MOST:
                raise Refused.because("threshold_invalid", most=MOST)
            await keep_account_open(connection, found.id)
            await stock.lock_profile(connection, found.id, profile)
            await stock_views.set_threshold(connection, found.id, profile, threshold)
            settled = await stock.changed(connection, found.id, profile)
            happened = ("stock.threshold_set", {"profile": profile, "threshold": threshold})
            await events.append(
                connection,
                found.id,
                (f"stock:{profile}",),
                caller.actor,
                happened,
                origin_id=caller.origin_id,
            )
            (seen,) = await stock_views.profiles(connection, OfAccount(found.id), profile=profile)
        await self._wake(settled.served)
        await self._alert(settled.alerts)
        return seen

    @staticmethod
    async def _discard(connection: AsyncConnection, caller: Caller, esim: str) -> Discarded:
        found = await stock_discard.find(connection, caller.scope, esim)
        caller.require(Permission.MANAGE_TRAVEL)
        return await stock_discard.discard(connection, found, caller.by)

    async def _alert(self, notice_ids: Sequence[str]) -> None:
        """Alert the staff of these notices at once; what cannot be reached now, the sweep sends later."""
        settings = self._settings
        given_up_after = settings.notification_given_up_after
        alerts = StaffAlerts(self._calls.client, self._database, settings.task_queue, given_up_after)
        with contextlib.suppress(Unavailable), answered():
            await alerts(notice_ids)

    async def _wake(self, order_ids: Iterable[str]) -> None:
        """Have these orders continue. The eSIMs are theirs already: what cannot be reached now, the sweep of
        the stock wakes later.
        """
        with contextlib.suppress(Unavailable):
            for order_id in order_ids:
                with contextlib.suppress(NoSuchWorkflow):
                    await self._calls.signal(order_id, "retry", BY_SYSTEM)
