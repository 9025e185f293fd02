"""Import subscribers (T41); `starter.travel.subscriber_book` reads them."""

import asyncio

from models.imports import ImportReport, Progress
from models.people.callers import Caller, Permission
from models.travel.subscriber_file import parse_subscribers
from starter.codes.new_address import NewAddresses
from starter.connected import ConnectedDesk
from starter.imports import Record
from starter.travel.subscriber_book import SubscriberBook
from store import lookups
from store.staging import importing
from store.travel import subscribers


class SubscriberDesk(ConnectedDesk, SubscriberBook):
    """Imports subscribers, and has what was held for their addresses continue."""

    async def import_subscribers(
        self,
        caller: Caller,
        account: str | None,
        content: bytes,
        dry_run: bool = False,
        progress: Progress | None = None,
        *,
        record: Record | None = None,
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
            if record is not None:
                await record(connection, report)
        if not dry_run:
            addresses = NewAddresses(self._calls, self._database, self._settings)
            await addresses.used(caller, found.id, moved, held)
        return report.model_copy(update={"dry_run": dry_run})
