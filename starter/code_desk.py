"""The QR codes of SIMs: taken in, shown, and told to whoever may have them.

It needs no Temporal but to send a notification. A request's workflow is told afterwards that the code is
there, and looks by itself where it could not be told.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio.client import Client

from models.activation import ActivationCode, ActivationCodeInvalid, parse_activation_code
from models.addresses import parse_email
from models.errors import PartAway, Refused
from models.identifiers import qr_notification_id
from models.qr import Imported, NotificationView, QrHistory, QrVersionView
from models.rules import import_refusals
from qr.intake import read_upload
from settings import Settings
from starter.calls import Calls, NoSuchWorkflow, checked_actor, checked_key
from starter.temporal import connect
from store import lookups, qr_codes, qr_events, qr_notifications, qr_request_views
from store.facts import sim_facts
from store.lookups import SimKey
from store.secrets import KeyRing
from store.session import Database
from workflows.messages import OPERATOR, NotifyOfQrCode
from workflows.qr_notification import EsimQrNotification
from workflows.qr_request import EsimQrRequest
from workflows.search_attributes import notification_labels

_LONGEST_TELLING = 3.0
"""Seconds: what is done already is not kept from whoever did it by a Temporal that does not answer."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ShownCode:
    """A code for the eyes of whoever may use it."""

    code: ActivationCode
    version: QrVersionView


@dataclass(frozen=True)
class _Caller:
    """Who wants something of which SIM: a user of its account, or an operator."""

    actor: str
    user_id: int | None
    sim: SimKey


class CodeDesk:
    """Where codes come in and go out. A user must be authorised; without one an operator is meant, whom no
    profile rules. One desk for a whole process; safe for concurrent use.
    """

    def __init__(self, client: Client, database: Database, settings: Settings) -> None:
        self.database = database
        self.settings = settings
        self._calls = Calls(client, settings)

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: Settings) -> AsyncIterator[Self]:
        """Connect to the configured database, and to Temporal once something needs it."""
        database = Database(settings.database_url, settings.database_pool_size)
        try:
            yield cls(await connect(settings, lazy=True), database, settings)
        finally:
            await database.close()

    @property
    def client(self) -> Client:
        """The connection to Temporal, which may not have been needed yet."""
        return self._calls.client

    @property
    def keys(self) -> KeyRing:
        """What codes and files are sealed with. Raises `Refused` where none are configured."""
        return KeyRing(self.settings.secret_keys)

    async def import_file(self, sim: str, content: bytes, filename: str, user: str | None = None) -> Imported:
        """Take the code out of a file and give it to the SIM (F34, F35, F57, F62).

        Where the file or the code is refused, the version before it stays.
        """
        caller = await self._caller(sim, user)
        async with self._refusals_noted(caller):
            found = await read_upload(content, filename)
            return await self._import(caller, found.code, found.type.value, content)

    async def import_code(self, sim: str, code: str, user: str | None = None) -> Imported:
        """Give the SIM a code that was typed in."""
        caller = await self._caller(sim, user)
        async with self._refusals_noted(caller):
            return await self._import(caller, read_typed(code), "typed", None)

    async def show(self, sim: str, user: str | None = None) -> ShownCode:
        """The code that the SIM has now. It is recorded who saw it."""
        caller = await self._caller(sim, user)
        async with self.database.transaction() as connection:
            shown = ShownCode(*await qr_codes.current(connection, self.keys, caller.sim.id))
            happened = ("qr.shown", {"version": shown.version.number})
            await qr_events.append(connection, caller.sim.id, caller.actor, happened)
            return shown

    async def history(self, sim: str, user: str | None = None) -> QrHistory:
        """Versions, requests, notifications and everything that happened. The code is not in it."""
        async with self.database.reading() as connection:
            account_id = None if user is None else (await lookups.find_user(connection, user)).account_id
            key = await lookups.find_sim(connection, sim, account_id)
            return await qr_codes.history(connection, key.id)

    # --- telling people -------------------------------------------------------------------------------

    async def notify(
        self, sim: str, to: str, *, user: str | None = None, key: str | None = None
    ) -> NotificationView:
        """Mail somebody a link that shows the SIM's present code until it expires (F38)."""
        try:
            address = parse_email(to)
        except ValueError:
            raise Refused.because("email_invalid") from None
        caller = await self._caller(sim, user)
        account_id = caller.sim.account_id
        async with self.database.transaction() as connection:
            version = await qr_codes.current_version(connection, caller.sim.id)
            notification = await qr_notifications.create(
                connection,
                notification_id=qr_notification_id(account_id, checked_key(key)),
                account_id=account_id,
                sim_id=caller.sim.id,
                version_id=version.id,
                address=address,
                actor=caller.actor,
            )
        await self.start_notification(notification, account_id, version.request_id)
        return notification

    async def start_notification(
        self, notification: NotificationView, account_id: int, request_id: str | None
    ) -> None:
        """Have a notification sent that is written down; once, however often it is asked for."""
        async with self.database.reading() as connection:
            _, provider, _ = await qr_request_views.start_facts(connection, notification.sim_id)
        start = NotifyOfQrCode(
            notification_id=notification.id,
            sim_id=notification.sim_id,
            account_id=account_id,
            provider=provider,
            given_up_after=self.settings.notification_given_up_after,
        )
        await self._calls.start(EsimQrNotification.run, start, notification.id, notification_labels(start))
        await self._tell(request_id, EsimQrRequest.notified)

    async def notification(self, notification_id: str) -> NotificationView:
        """One notification as the database has it."""
        async with self.database.reading() as connection:
            return await qr_notifications.notification(connection, notification_id)

    async def revoke(self, notification_id: str, *, actor: str = OPERATOR) -> NotificationView:
        """The notification's link shows nothing any more."""
        async with self.database.transaction() as connection:
            await qr_notifications.revoke(connection, notification_id, checked_actor(actor))
            return await qr_notifications.notification(connection, notification_id)

    async def tell_imported(self, request_id: str | None) -> None:
        """Let a request's workflow see at once that its code is there; else it looks within a day."""
        await self._tell(request_id, EsimQrRequest.look)

    async def _tell(self, request_id: str | None, signal: Any) -> None:
        if request_id is None:
            return
        try:
            async with asyncio.timeout(_LONGEST_TELLING):
                await self._calls.signal(request_id, signal)
        except NoSuchWorkflow:
            return  # it has ended, and with it its need to know
        except (PartAway, TimeoutError):
            _log.warning("%s could not be told; it looks by itself.", request_id)

    # --------------------------------------------------------------------------------------------------

    async def _caller(self, sim: str, user: str | None) -> _Caller:
        """Whoever this is, and the SIM in their account. Raises `Refused` where they are not authorised."""
        async with self.database.reading() as connection:
            if user is None:
                return _Caller(OPERATOR, None, await lookups.find_sim(connection, sim, None))
            who = await lookups.find_user(connection, user)
            key = await lookups.find_sim(connection, sim, who.account_id)
            caller = _Caller(f"user:{who.id}", who.id, key)
            await _check_allowed(connection, caller)
            return caller

    async def _import(
        self, caller: _Caller, code: ActivationCode, file_type: str, original: bytes | None
    ) -> Imported:
        async with self.database.transaction() as connection:
            await _check_allowed(connection, caller)
            imported = await qr_codes.take(
                connection,
                self.keys,
                sim_id=caller.sim.id,
                code=code,
                file_type=file_type,
                original=original,
                actor=caller.actor,
                request_id=None,
            )
        await self.tell_imported(imported.ended_request or imported.version.request_id)
        return imported

    @asynccontextmanager
    async def _refusals_noted(self, caller: _Caller) -> AsyncIterator[None]:
        try:
            yield
        except Refused as refused:
            async with self.database.transaction() as connection:
                await qr_codes.note_refused(connection, caller.sim.id, caller.actor, refused)
            raise


def read_typed(code: str) -> ActivationCode:
    """A code that was typed in. Raises `Refused` (`activation_code_invalid`)."""
    try:
        return parse_activation_code(code)
    except ActivationCodeInvalid as invalid:
        raise Refused.because("activation_code_invalid", rule=invalid.rule) from None


async def _check_allowed(connection: AsyncConnection, caller: _Caller) -> None:
    if caller.user_id is None:
        return
    reasons = import_refusals(await sim_facts(connection, caller.sim.id, caller.user_id))
    if reasons:
        raise Refused(*reasons)
