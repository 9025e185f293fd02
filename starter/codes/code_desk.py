"""Import and show the QR codes of SIMs, and notify people of them.

Only notifications need Temporal. After an import the request's workflow is signalled; if the signal is lost,
the workflow finds the code when it next looks at the database.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio.client import Client

from models.codes.confirmation import parse_confirmation_code
from models.codes.reading import ReadCode, read_code
from models.codes.requests import Imported, LinkView, NotificationView, Notified, QrVersionView
from models.codes.shown import ShownCode
from models.errors import Refused
from models.events import sim_references
from models.identifiers import mark_of_key, qr_notification_id
from models.orders.rules import import_refusals
from models.people.callers import Caller, Permission
from qr.intake import read_upload
from settings import Settings
from starter.codes.workflows import QrWorkflows
from starter.connected import ConnectedDesk
from starter.keys import checked_key
from starter.people.users import email_address
from store import events, lookups
from store.codes import codes, imports, link_ends, notifications
from store.codes.code_locks import lock_sim
from store.codes.managers import manager_of
from store.codes.recipients import needed_for, recipient_of
from store.key_ring import KeyRing
from store.lookups import SimKey
from store.orders.facts import sim_facts
from store.session import Database


@dataclass(frozen=True)
class Brought:
    """A code that was read, with the picture that it came from, if any. Its `repr` is redacted."""

    read: ReadCode
    file_type: str = "typed"
    original: bytes | None = field(default=None, repr=False)


class CodeDesk(ConnectedDesk):
    """Imports and shows codes, and sends notifications. A user's profile must allow it; an operator has none.

    One desk for a whole process; safe for concurrent use.
    """

    def __init__(self, client: Client, database: Database, settings: Settings) -> None:
        super().__init__(client, database, settings)
        self.settings = settings
        self.workflows = QrWorkflows(self._calls, database, settings)

    @property
    def client(self) -> Client:
        """The Temporal client; it connects at its first call."""
        return self._calls.client

    @property
    def keys(self) -> KeyRing:
        """The keys that codes and files are encrypted with. Raises `Refused` if none are configured."""
        return KeyRing(self.settings.secret_keys)

    async def check_import(self, caller: Caller, sim: str) -> None:
        """Raise `NotFound` or `Refused` if this caller may not import a code for this SIM, before its file of
        megabytes is read.
        """
        await self._allowed(caller, sim, Permission.IMPORT_QR_CODES)

    async def import_file(
        self,
        caller: Caller,
        sim: str,
        content: bytes,
        filename: str,
        confirmation_code: str | None = None,
    ) -> Imported:
        """Read the code from a file and give it to the SIM (F34, F35, F57, F62), with the confirmation code
        that the phone asks for besides, where that is known.

        If the file or the code is refused, the previous version stays.
        """
        key = await self._allowed(caller, sim, Permission.IMPORT_QR_CODES)
        async with self._refusals_noted(caller, key):
            asked = _confirmation(confirmation_code)
            found = await read_upload(content, filename)
            read = ReadCode(found.code, asked or found.confirmation_code)
            return await self._import(caller, key, Brought(read, found.type.value, content))

    async def import_code(
        self, caller: Caller, sim: str, code: str, confirmation_code: str | None = None
    ) -> Imported:
        """Give the SIM a code that was typed in, as whatever text it came (`models.codes.reading`), with its
        confirmation code where that is known.
        """
        key = await self._allowed(caller, sim, Permission.IMPORT_QR_CODES)
        async with self._refusals_noted(caller, key):
            asked = _confirmation(confirmation_code)
            read = read_code(code)
            brought = Brought(ReadCode(read.code, asked or read.confirmation_code))
            return await self._import(caller, key, brought)

    async def import_read(
        self, caller: Caller, sim: str, brought: Brought | Refused, *, dry_run: bool = False
    ) -> Imported:
        """Give the SIM a code that was read before, one of many (R13), or note why none could be read.
        `dry_run`: answer what the import would change, and change nothing.
        """
        key = await self._allowed(caller, sim, Permission.IMPORT_QR_CODES)
        if dry_run:
            return await self._import(caller, key, _read(brought), dry_run=True)
        async with self._refusals_noted(caller, key):
            return await self._import(caller, key, _read(brought))

    async def show(self, caller: Caller, sim: str) -> ShownCode:
        """Show the SIM's current code with its confirmation code, unless the SIM is discarded. An event
        records who saw it.
        """
        key = await self._allowed(caller, sim, Permission.VIEW_QR_CODES)
        async with self.database.transaction() as connection:
            await lock_sim(connection, key.id)
            await _check_profile(connection, caller, key)
            shown = await codes.current(connection, caller.scope, self.keys, key.id)
            happened = ("qr.shown", {"version": shown.version.number})
            about = sim_references(key.id)
            await events.append(
                connection, key.account_id, about, caller.actor, happened, origin_id=caller.origin_id
            )
            return shown

    # --- notifications --------------------------------------------------------------------------------

    async def notify(
        self, caller: Caller, sim: str, to: str | None = None, *, key: str | None = None
    ) -> Notified:
        """Mail a link that shows the SIM's current code until the link expires (F38), to the address `to`.

        Without `to` it goes to the manager: the user who requested the code, else the account's contact
        address, else the user who imported it (F37, F65). The code of a number's eSIM goes to its agent; to
        send it elsewhere needs the permission to assign licences. Raises `Refused` (`email_invalid`;
        `no_manager` if there is none of these; `key_reused` if another `to`, or none, came with its key).
        """
        found = await self._allowed(caller, sim, Permission.NOTIFY_QR_CODES)
        address = None if to is None else email_address(to)
        account_id, key = found.account_id, checked_key(key)
        notification_id = qr_notification_id(account_id, key)
        made_as = mark_of_key(account_id, f"{key}\0{address or ''}")
        async with self.database.transaction() as connection:
            await lock_sim(connection, found.id)
            if address is not None:
                await _check_address(connection, caller, found, address)
            version = await codes.current_version(connection, caller.scope, found.id)
            known = await notifications.find(connection, caller.scope, notification_id)
            if known is not None and address is None:
                address = known.address  # the manager of that time
            notification = await notifications.create(
                connection,
                notification_id=notification_id,
                account_id=account_id,
                sim_id=found.id,
                version_id=version.id,
                address=address or await _manager(connection, version),
                by=caller.by,
                made_as=made_as,
            )
        await self.workflows.start_notification(notification, account_id, version.request_id)
        return Notified(**notification.model_dump(), replayed=known is not None)

    async def manager(self, caller: Caller, sim: str) -> str | None:
        """The address that a notification of the SIM's code goes to where none is entered (F37, F65); None if
        there is none. Raises `NotFound` (`no_qr_code_yet`).
        """
        found = await self._allowed(caller, sim, Permission.NOTIFY_QR_CODES)
        async with self.database.reading() as connection:
            version = await codes.current_version(connection, caller.scope, found.id)
            return await manager_of(
                connection, found.id, imported_by=version.imported_by, request_id=version.request_id
            )

    async def revoke(self, caller: Caller, notification_id: str) -> NotificationView:
        """Revoke a notification: its links show nothing any more."""
        async with self.database.transaction() as connection:
            await notifications.notification(connection, caller.scope, notification_id)
            caller.require(Permission.NOTIFY_QR_CODES)
            await notifications.revoke(connection, notification_id, caller.by)
            return await notifications.notification(connection, caller.scope, notification_id)

    async def revoke_link(self, caller: Caller, link_id: int) -> LinkView:
        """Revoke one link of a request or a notification; the request or notification itself stays."""
        async with self.database.transaction() as connection:
            await link_ends.find(connection, caller.scope, link_id)
            caller.require(Permission.NOTIFY_QR_CODES)
            await link_ends.revoke(connection, link_id, caller.by)
            return await link_ends.find(connection, caller.scope, link_id)

    # --------------------------------------------------------------------------------------------------

    async def _allowed(self, caller: Caller, sim: str, permission: Permission) -> SimKey:
        """The SIM, if it is in the scope, and role and profile allow this. Raises `NotFound`, `Refused`."""
        async with self.database.reading() as connection:
            key = await lookups.find_sim(connection, caller.scope, sim)
            caller.require(permission)
            await _check_profile(connection, caller, key)
            return key

    async def _import(
        self, caller: Caller, sim: SimKey, brought: Brought, *, dry_run: bool = False
    ) -> Imported:
        async with self.database.transaction() as connection:
            attempt = await connection.begin_nested() if dry_run else None
            await _check_profile(connection, caller, sim)
            imported = await imports.take(
                connection,
                self.keys,
                sim_id=sim.id,
                code=brought.read.code,
                file_type=brought.file_type,
                original=brought.original,
                by=caller.by,
                request_id=None,
                confirmation_code=brought.read.confirmation_code,
            )
            if attempt is not None:
                await attempt.rollback()
        if not dry_run:
            await self.workflows.signal_imported(imported.ended_request or imported.version.request_id)
        return imported

    @asynccontextmanager
    async def _refusals_noted(self, caller: Caller, sim: SimKey) -> AsyncIterator[None]:
        try:
            yield
        except Refused as refused:
            async with self.database.transaction() as connection:
                await imports.note_refused(connection, sim.id, caller.by, refused)
            raise


def brought_text(text: str, confirmation_code: str | None) -> Brought | Refused:
    """The code in a text, or why there is none, for `import_read`."""
    try:
        asked, read = _confirmation(confirmation_code), read_code(text)
    except Refused as refused:
        return refused
    return Brought(ReadCode(read.code, asked or read.confirmation_code))


def _read(brought: Brought | Refused) -> Brought:
    if isinstance(brought, Refused):
        raise brought
    return brought


def _confirmation(code: str | None) -> str | None:
    return None if code is None else parse_confirmation_code(code)


async def _check_address(connection: AsyncConnection, caller: Caller, sim: SimKey, address: str) -> None:
    """Refuse an address that the caller may not notify of this SIM's code."""
    needed = needed_for(sim.holder, await recipient_of(connection, sim.id), address)
    if needed is not None:
        caller.require(needed)


async def _manager(connection: AsyncConnection, version: QrVersionView) -> str:
    found = await manager_of(
        connection, version.sim_id, imported_by=version.imported_by, request_id=version.request_id
    )
    if found is None:
        raise Refused.because("no_manager")
    return found


async def _check_profile(connection: AsyncConnection, caller: Caller, sim: SimKey) -> None:
    if caller.user_id is None:
        return
    reasons = import_refusals(await sim_facts(connection, sim.id, caller.user_id))
    if reasons:
        raise Refused(*reasons)
