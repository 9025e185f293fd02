"""Import, read and watch the stock of travel eSIMs.

async with StockDesk.open(Settings()) as desk:
    adam = await callers.user(desk.database, "adam@acme.example")
    await desk.import_stock(adam, None, Path("esims.csv").read_bytes())
    await desk.set_threshold(adam, None, 7, 20)
"""

import asyncio
import contextlib
from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused, Unavailable
from models.imports import ImportReport, Progress
from models.people.callers import Caller, OfAccount, Permission
from models.travel.profiles import LARGEST_PROFILE
from models.travel.stock_file import parse_stock
from models.travel.stock_views import StockEsim, StockProfile, StockState
from starter.codes.workflows import QrWorkflows
from starter.connected import ConnectedDesk
from store import events, lookups
from store.key_ring import KeyRing
from store.locks import keep_account_open
from store.session import Database
from store.staging import importing
from store.travel import stock, stock_discard, stock_views
from store.travel.stock_import import import_stock
from temporal.calls import NoSuchWorkflow
from workflows.messages import Retry

MOST = 1_000_000
"""The highest threshold."""


class StockBook:
    """Reads the stock in the caller's scope, and sets thresholds: needs the database only."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def esims(
        self,
        caller: Caller,
        account: str | None = None,
        *,
        profile: int | None = None,
        state: str | None = None,
        limit: int | None = None,
    ) -> list[StockEsim]:
        """List the whole stock, and whom each eSIM is allocated to (T12); `state` is a `StockState`."""
        async with self._database.reading() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            caller.require(Permission.VIEW_TRAVEL)
            _check_profile(profile)
            return await stock_views.esims(
                connection, scope, profile=profile, state=_state(state), limit=limit
            )

    async def profiles(self, caller: Caller, account: str | None = None) -> list[StockProfile]:
        """List the profiles with what is free, what waits and the threshold."""
        async with self._database.reading() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            caller.require(Permission.VIEW_TRAVEL)
            return list(await stock_views.profiles(connection, scope))

    async def set_threshold(
        self, caller: Caller, account: str | None, profile: int, threshold: int
    ) -> StockProfile:
        """Alert the staff, once, when fewer eSIMs of the profile than this are free (T26); 0: never."""
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.MANAGE_TRAVEL)
            _check_profile(profile)
            if not 0 <= threshold <= MOST:
                raise Refused.because("threshold_invalid", most=MOST)
            await keep_account_open(connection, found.id)
            await stock.lock_profile(connection, found.id, profile)
            await stock_views.set_threshold(connection, found.id, profile, threshold)
            await stock.arrived(connection, found.id, profile)
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
        return seen


class StockDesk(ConnectedDesk, StockBook):
    """Imports stock, and has the orders continue that waited for it; discards eSIMs."""

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


def _check_profile(profile: int | None) -> None:
    if profile is not None and not 1 <= profile <= LARGEST_PROFILE:
        raise Refused.because("profile_invalid", most=LARGEST_PROFILE)


def _state(text: str | None) -> StockState | None:
    if text is None:
        return None
    try:
        return StockState(text.strip().lower().replace("-", "_"))
    except ValueError:
        raise Refused.because("unknown_stock_state", states=", ".join(StockState)) from None
