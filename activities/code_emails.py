"""The e-mails about QR codes: contacts, requesters and managers are notified.

Each step raises what `Outbox.send` raises. No e-mail is sent once a request has ended or a notification is
revoked.
"""

from collections.abc import Sequence
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from models.orders.placement import Reminded
from models.people.callers import AllAccounts
from outbox import codes
from outbox.links import Links
from outbox.sender import Outbox, Outgoing, ReadableCode
from store.codes import codes as stored_codes
from store.codes import emails, notification_emails
from store.codes.emails import RoundMails
from store.codes.notification_emails import NotificationMail
from store.key_ring import KeyRing
from store.mail_subjects import AboutNotification
from store.session import Database
from store.travel.revealed import reveal
from workflows.codes.messages import RemindOfCode, SendNotification, SendQrMails
from workflows.codes.steps import QrMailSteps


class NotificationMails:
    """Sends the e-mails of notifications: with a link that shows the code, or with the code itself."""

    def __init__(self, database: Database, outbox: Outbox, links: Links, keys: KeyRing) -> None:
        self._database = database
        self._outbox = outbox
        self._links = links
        self._keys = keys

    async def send(self, notification_id: str, retries: int) -> None:
        """Send the e-mail of this notification, unless it is sent or revoked."""
        async with self._database.reading() as connection:
            found = await notification_emails.notification_mail(connection, notification_id)
        valid = partial(self._valid, about=found.about)
        outgoing = codes.notification(found, self._links, partial(self._code, found=found))
        await self._outbox.send(found.about, outgoing, retries, valid)

    async def _valid(self, connection: AsyncConnection, about: AboutNotification) -> bool:
        """Whether it is to be sent. From then on the code counts as revealed: its recipient gets a link."""
        if not await notification_emails.is_valid(connection, about):
            return False
        await reveal(connection, about.sim_id)
        return True

    async def _code(self, connection: AsyncConnection, found: NotificationMail) -> ReadableCode:
        shown = await stored_codes.version(connection, AllAccounts(), self._keys, found.version_id)
        return ReadableCode(shown.code, shown.confirmation_code)


class QrMails(QrMailSteps):
    """Sends the e-mails about QR codes."""

    def __init__(self, database: Database, outbox: Outbox, links: Links, keys: KeyRing) -> None:
        self._database = database
        self._outbox = outbox
        self._links = links
        self._notifications = NotificationMails(database, outbox, links, keys)

    async def ask_for_code(self, step: SendQrMails) -> None:
        """Ask the contacts of this round for the code, and send the copies."""
        found = await self._round(step)
        await self._send(found, codes.requests(found, self._links, step.round), step.retries)

    async def remind_of_code(self, step: RemindOfCode) -> Reminded:
        """Remind the contacts of this round, if they have not answered for `silent_for`."""
        async with self._database.reading() as connection:
            left = await emails.reminder_due_in(connection, step.request_id, step.round, step.silent_for)
        if left is not None or step.number is None:
            return Reminded(due_in=left)
        found = await self._round(step)
        reminders = codes.reminders(found, self._links, step.round, step.number)
        await self._send(found, reminders, step.retries)
        return Reminded()

    async def report_no_code(self, step: SendQrMails) -> None:
        """Notify the user who requested the code that none came, and say what to do."""
        found = await self._round(step)
        await self._send(found, codes.no_code(found, step.round, step.number), step.retries)

    async def send_notification(self, step: SendNotification) -> None:
        """Send the link that shows the code, to an agent or subscriber with the code itself."""
        await self._notifications.send(step.notification_id, step.retries)

    async def _round(self, step: SendQrMails | RemindOfCode) -> RoundMails:
        async with self._database.reading() as connection:
            return await emails.round_mails(connection, step.request_id, step.round)

    async def _send(self, found: RoundMails, outgoing: Sequence[Outgoing], retries: int) -> None:
        still_open = partial(emails.is_open, about=found.about)
        await self._outbox.send(found.about, outgoing, retries, still_open)
