"""Import, add and edit subscribers (T41); `starter.travel.subscriber_book` reads them."""

import asyncio
from collections.abc import Collection
from typing import Any, Literal

from models.files.table import SentFile
from models.imports import ImportReport, Progress
from models.people.callers import Caller, Permission
from models.travel.subscriber_file import parse_fields, parse_subscribers
from models.travel.subscriber_views import SubscriberProfile
from starter.codes.new_address import NewAddresses
from starter.connected import ConnectedDesk
from starter.imports import FileImport, Record
from starter.keys import checked_key
from starter.people.users import email_address
from starter.travel.subscriber_book import SubscriberBook
from store import lookups
from store.staging import importing
from store.travel import subscriber_changes
from store.travel.subscribers import find_subscriber

Removable = Literal["email", "language"]
REMOVABLE: tuple[Removable, ...] = ("email", "language")
"""What of a subscriber can be removed, as by an empty cell of an import."""


class SubscriberDesk(ConnectedDesk, SubscriberBook):
    """Imports, adds and edits subscribers, and has what was held for their addresses continue."""

    async def import_subscribers(
        self,
        caller: Caller,
        account: str | None,
        content: bytes | SentFile,
        dry_run: bool = False,
        progress: Progress | None = None,
        *,
        record: Record | None = None,
    ) -> ImportReport:
        """Create and change subscribers by a file (`models.travel.subscriber_file`): all rows or none.
        Subscribers whom the file does not name stay.

        What is held for an address continues with it. E-mails with the code of an eSIM that is on no phone
        yet are revoked with their links at the address before; those that were not sent, or whose link was
        valid, are sent to the new one. After `Unavailable` the subscribers are changed; the same call again
        continues and sends these.
        """
        async with self._database.reading() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
        caller.require(Permission.MANAGE_TRAVEL)
        file_import = FileImport(caller, "import_subscribers", account, content, dry_run, record)
        table = await file_import.begun(self._database)
        file = await asyncio.to_thread(parse_subscribers, table, progress)
        async with importing(self._database, dry_run) as connection:
            report, moved, held = await subscriber_changes.import_subscribers(
                connection, found.id, file, caller.by
            )
            report = await file_import.done(connection, table, report)
        if not dry_run:
            await self._addresses().used(caller, found.id, moved, held)
        return report

    async def add_subscriber(
        self,
        caller: Caller,
        account: str | None,
        name: str,
        phone: str,
        plan: str,
        *,
        email: str | None = None,
        bundles: int | None = None,
        language: str | None = None,
        key: str | None = None,
    ) -> SubscriberProfile:
        """Add one subscriber by the rules of the import, once per key. Unlike an import, it changes no
        subscriber who has the phone number already. Raises `Refused` (`subscriber_invalid`,
        `subscriber_exists`, `key_reused`).

        It needs the permission of the import: plan and bundles say how many complimentary eSIMs the support
        staff may give (T2).
        """
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.MANAGE_TRAVEL)
            fields = _fields(
                name=name, phone=phone, plan=plan, email=email, bundles=bundles or 0, language=language
            )
            checked = None if key is None else checked_key(key)
            return await subscriber_changes.add(connection, found.id, caller.by, fields, checked)

    async def edit_subscriber(
        self,
        caller: Caller,
        subscriber: str,
        *,
        name: str | None = None,
        phone: str | None = None,
        plan: str | None = None,
        email: str | None = None,
        bundles: int | None = None,
        language: str | None = None,
        remove: Collection[Removable] = (),
    ) -> SubscriberProfile:
        """Edit one subscriber by the rules of the import; None leaves a field as it is, `remove` empties it.
        What a new address does, and a call after `Unavailable`: as with an import. Raises `Refused`
        (`subscriber_invalid`, `subscriber_exists`, `subscriber_erased`, `subscriber_changed`).
        """
        async with self._database.transaction() as connection:
            found = await find_subscriber(connection, caller.scope, subscriber)
            caller.require(Permission.MANAGE_TRAVEL)
            fields = _fields(
                name=name, phone=phone, plan=plan, email=email, bundles=bundles, language=language
            )
            fields |= dict.fromkeys(remove)
            edited, moved, held = await subscriber_changes.edit(connection, found, caller.by, fields)
        await self._addresses().used(caller, found.account_id, moved, held)
        return edited

    def _addresses(self) -> NewAddresses:
        return NewAddresses(self._calls, self._database, self._settings)


def _fields(**entered: str | int | None) -> dict[str, Any]:
    """What was entered, as it is stored; what is None is left out."""
    email = str(entered["email"] or "")
    if not email.isprintable():  # a cell may have a tab or a line break around it, an entry may not
        email_address(email)
    return parse_fields({column: str(value) for column, value in entered.items() if value is not None})
