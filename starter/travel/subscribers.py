"""Subscribers: found, read with their eSIM lines, imported (T13, T41).

A subscriber is named by the id (`SB-4`), the phone number, the e-mail address or the full name.
"""

import asyncio

from models.identifiers import storable
from models.imports import ImportReport, Progress
from models.people.callers import Caller, Permission
from models.travel.subscriber_file import parse_subscribers
from models.travel.subscriber_views import SubscriberProfile, SubscriberView
from starter.codes.new_address import NewAddresses
from starter.connected import ConnectedDesk
from store import lookups
from store.session import Database
from store.staging import importing
from store.travel import subscribers
from store.travel.subscribers import find_subscriber


class SubscriberBook:
    """Reads the subscribers in the caller's scope: needs the database only. Subscribers are no users (T1)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def subscribers(
        self, caller: Caller, account: str | None = None, *, find: str | None = None, limit: int | None = None
    ) -> list[SubscriberView]:
        """List subscribers; `find`: only those of whose name, e-mail address or phone number it is a part."""
        async with self._database.transaction() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            caller.require(Permission.VIEW_TRAVEL)
            if find is not None and not (storable(find) and find.strip()):
                return []
            chosen = () if find is None else (subscribers.searched(find),)
            return await subscribers.subscribers(connection, scope, chosen=chosen, limit=limit)

    async def subscriber(self, caller: Caller, subscriber: str) -> SubscriberProfile:
        """One subscriber with their eSIM lines, the plans on these and their states, and the complimentary
        eSIMs that they have. Raises `Refused` (`subscriber_ambiguous`).
        """
        async with self._database.transaction() as connection:
            found = await find_subscriber(connection, caller.scope, subscriber)
            caller.require(Permission.VIEW_TRAVEL)
            return await subscribers.subscriber(connection, found.id)


class SubscriberDesk(ConnectedDesk, SubscriberBook):
    """Imports subscribers, and has what was held for their addresses continue."""

    async def import_subscribers(
        self,
        caller: Caller,
        account: str | None,
        content: bytes,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> ImportReport:
        """Create and change subscribers by a CSV file (`models.travel.subscriber_file`): all rows or none.
        Subscribers whom the file does not name stay.

        What is held for an address continues with it. E-mails with the code of an eSIM that is on no phone
        yet are revoked with their links at the address before; those that were not sent, or whose link was
        valid, are sent to the new one. After `Unavailable` the subscribers are changed; the same call again
        continues and sends these.
        """
        async with self._database.reading() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
        caller.require(Permission.MANAGE_TRAVEL)
        file = await asyncio.to_thread(parse_subscribers, content, progress)
        async with importing(self._database, dry_run) as connection:
            report, moved, held = await subscribers.import_subscribers(connection, found.id, file, caller.by)
        if not dry_run:
            addresses = NewAddresses(self._calls, self._database, self._settings)
            await addresses.used(caller, found.id, moved, held)
        return report.model_copy(update={"dry_run": dry_run})
